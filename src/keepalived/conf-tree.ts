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

interface Token {
  readonly text: string
  /** An unquoted `{` or `}`. */
  readonly isBrace: boolean
}

/** The directives of the file, or null when its braces or quotes do not match. */
export function confTreeOf (text: string): readonly Directive[] | null {
  const root: Directive[] = []
  const open: Directive[][] = [root]
  for (const line of text.split('\n')) {
    const tokens = tokensOf(line)
    if (tokens === null || !take(tokens, open)) return null
  }
  return open.length === 1 ? root : null
}

/** Takes one line in; false when it closes what is not open. A brace ends a directive as the end of the line does. */
function take (tokens: readonly Token[], open: Directive[][]): boolean {
  let words: string[] = []
  const flush = (block: Directive[] | null) => {
    const [name, ...rest] = words
    words = []
    if (name !== undefined || block !== null) open.at(-1)?.push({ name: name ?? '', words: rest, block })
  }
  for (const { text, isBrace } of tokens) {
    if (!isBrace) {
      words.push(text)
    } else if (text === '{') {
      const block: Directive[] = []
      flush(block)
      open.push(block)
    } else {
      flush(null)
      open.pop()
      if (open.length === 0) return false
    }
  }
  flush(null)
  return true
}

/** Null when a quote is left open. */
function tokensOf (line: string): Token[] | null {
  const tokens: Token[] = []
  for (const [, comment, quoted, brace, word, stray] of line.trimEnd().matchAll(/\s*(?:([#!].*)|"([^"]*)"|([{}])|([^\s"{}#!]+)|(.))/gy)) {
    if (comment !== undefined) break
    if (stray !== undefined) return null
    tokens.push({ text: quoted ?? brace ?? word ?? '', isBrace: brace !== undefined })
  }
  return tokens
}

/** The first directive of that name at this level. */
export function directiveOf (tree: readonly Directive[], name: string): Directive | null {
  return tree.find(directive => directive.name === name) ?? null
}
