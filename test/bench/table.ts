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

/** Both cells; empty for a figure that was not measured. */
export function medianAndWorst (values: readonly number[]): readonly [string, string] {
  return values.length === 0 ? ['', ''] : [shownNumber(median(values)), shownNumber(Math.max(...values))]
}

function shownNumber (value: number): string {
  return Number.isInteger(value) || value >= 10 ? value.toFixed(0) : value.toFixed(2)
}

/** The text with what stands between the comments of that name replaced. @throws RangeError when they are not there */
export function between (text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new RangeError(`expected ${begin} and ${end} in the text`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}
