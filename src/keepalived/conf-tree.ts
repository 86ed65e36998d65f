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
  const { root, isWhole } = read(text)
  return isWhole ? root : null
}

/** The directives of the file as far as they can be told: a stray brace or an open quote ends a line, and no more. */
export function looseTreeOf (text: string): readonly Directive[] {
  return read(text).root
}

function read (text: string): { readonly root: readonly Directive[], readonly isWhole: boolean } {
  const root: Directive[] = []
  const open: Directive[][] = [root]
  let isWhole = true
  for (const line of text.split('\n')) {
    const { tokens, isClean } = tokensOf(line)
    isWhole = take(tokens, open) && isClean && isWhole
  }
  return { root, isWhole: isWhole && open.length === 1 }
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
      if (open.length === 1) return false
      open.pop()
    }
  }
  flush(null)
  return true
}

/** Not clean: a quote is left open. */
function tokensOf (line: string): { readonly tokens: readonly Token[], readonly isClean: boolean } {
  const tokens: Token[] = []
  for (const [, comment, quoted, brace, word, stray] of line.trimEnd().matchAll(/\s*(?:([#!].*)|"([^"]*)"|([{}])|([^\s"{}#!]+)|(.))/gy)) {
    if (comment !== undefined) break
    if (stray !== undefined) return { tokens, isClean: false }
    tokens.push({ text: quoted ?? brace ?? word ?? '', isBrace: brace !== undefined })
  }
  return { tokens, isClean: true }
}

/** The first directive of that name at this level. */
export function directiveOf (tree: readonly Directive[], name: string): Directive | null {
  return tree.find(directive => directive.name === name) ?? null
}
