/**
 * Texts as they stand in records and confs. Those for people come from anywhere, and are told to others only as one line that can
 * be printed. Lists are sorted, so that two of them that hold the same are equal place by place; they are compared with each
 * step of the core, hence without making anything.
 */

/** Whether both hold the same texts in the same order. */
export function sameTexts (a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]))
}

/** A text of whatever origin as one printable line of that many characters at most, which breaks no log and steers no terminal. */
export function spoken (text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
}
