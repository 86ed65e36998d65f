/** Figures as people read them. */

/** One row in Markdown. */
export function shownRow (cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** The upper one of the two in the middle, where there are two. @throws RangeError for none at all */
export function median (values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
  if (middle === undefined) throw new RangeError('a median of nothing')
  return middle
}
