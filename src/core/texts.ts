/**
 * Lists of texts as they stand in records and confs: sorted, so that two of them that hold the same are equal place by
 * place. Compared with each step of the core, hence without making anything.
 */

/** Whether both hold the same texts in the same order. */
export function sameTexts (a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]))
}
