/**
 * Reads keepalived.conf back into its tree, as far as keepalived's own parser goes for such files: a line is a
 * directive with words; `{` opens a block, `}` closes it; `#` and `!` begin a comment outside quotes. No includes,
 * definitions or conditions: those are only in files that others write.
 */

export interface Directive {
  readonly name: string
  /** Words after the name; a quoted string is one word, without its quotes. */
  readonly words: readonly string[]
  /** Null: no block. */
  readonly block: readonly Directive[] | null
}

/** The directives of the file, or null when its braces or quotes do not match. */
export function confTreeOf (text: string): readonly Directive[] | null {
  const root: Directive[] = []
  const open: Directive[][] = [root]
  for (const line of text.split('\n')) {
    const words = wordsOf(line)
    if (words === null) return null
    if (!take(words, open)) return null
  }
  return open.length === 1 ? root : null
}

/** Takes one line in; false when it closes what is not open. */
function take (words: readonly string[], open: Directive[][]): boolean {
  if (words.length === 0) return true
  if (words.length === 1 && words[0] === '}') return open.pop() !== undefined && open.length > 0
  const opens = words.at(-1) === '{'
  const [name = '', ...rest] = opens ? words.slice(0, -1) : words
  if (rest.includes('{') || rest.includes('}')) return false
  const block: Directive[] | null = opens ? [] : null
  open.at(-1)?.push({ name, words: rest, block })
  if (block !== null) open.push(block)
  return true
}

/** Words of a line, braces as words of their own; null when a quote is left open. */
function wordsOf (line: string): string[] | null {
  const words: string[] = []
  const token = /\s*(?:([#!].*)|"([^"]*)"|([{}])|([^\s"{}#!]+)|(.))/gy
  for (const [, comment, quoted, brace, word, stray] of line.trimEnd().matchAll(token)) {
    if (comment !== undefined) break
    if (stray !== undefined) return null
    words.push(quoted ?? brace ?? word ?? '')
  }
  return words
}

/** The first directive of that name at this level. */
export function directiveOf (tree: readonly Directive[], name: string): Directive | null {
  return tree.find(directive => directive.name === name) ?? null
}
