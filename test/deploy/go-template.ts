/**
 * Renders the templates of the chart as far as they go: `.Values`, `.Release`, `.Chart` and variables; `if`, `range`, `end`; `quote`, `default`, `printf`, `toYaml`, `nindent`
 * (https://pkg.go.dev/text/template, https://helm.sh/docs/chart_template_guide). Neither Debian nor npm offers helm itself; what this does not know fails, so that no template can use it unseen.
 */
import { stringify } from 'yaml'

type Scope = Readonly<Record<string, unknown>>

interface Piece {
  readonly text: string
  /** Null: plain text. */
  readonly action: string | null
}

export function rendered (template: string, scope: Scope): string {
  const pieces = piecesOf(template)
  const { text, next } = renderFrom(pieces, 0, scope)
  if (next !== pieces.length) throw new SyntaxError('an end that nothing began')
  return text
}

/** `{{-` takes the white space before it away, `-}}` that behind it. */
function piecesOf (template: string): readonly Piece[] {
  const pieces: Piece[] = []
  let rest = template
  for (let match = /\{\{(-?)\s*(.*?)\s*(-?)\}\}/.exec(rest); match !== null; match = /\{\{(-?)\s*(.*?)\s*(-?)\}\}/.exec(rest)) {
    const [whole, before, action = '', behind] = match
    const text = rest.slice(0, match.index)
    pieces.push({ text: before === '-' ? text.trimEnd() : text, action: null }, { text: '', action })
    rest = rest.slice(match.index + whole.length)
    if (behind === '-') rest = rest.trimStart()
  }
  return [...pieces, { text: rest, action: null }]
}

function renderFrom (pieces: readonly Piece[], from: number, scope: Scope): { readonly text: string, readonly next: number } {
  let text = ''
  for (let at = from; at < pieces.length; at++) {
    const { action, text: plain } = pieces[at] ?? { action: null, text: '' }
    const [word = '', ...words] = action?.split(/\s+/) ?? []
    if (action === null) text += plain
    else if (word === 'end') return { text, next: at }
    else if (word === 'if') {
      const block = renderFrom(pieces, at + 1, scope)
      if (isTrue(valueOf(words.join(' '), scope))) text += block.text
      at = block.next
    } else if (word === 'range') {
      const [, key = '', name = '', list = ''] = /^range (\$\w+), (\$\w+) := (\S+)$/.exec(action) ?? []
      const items = Object.entries(valueOf(list, scope) ?? {})
      let next = renderFrom(pieces, at + 1, { ...scope, [key]: '', [name]: '' }).next
      for (const [index, item] of items) {
        const block = renderFrom(pieces, at + 1, { ...scope, [key]: index, [name]: item })
        text += block.text
        next = block.next
      }
      at = next
    } else text += String(valueOf(action, scope))
  }
  return { text, next: pieces.length }
}

const isTrue = (value: unknown): boolean => value !== '' && value !== false && value !== 0 && value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)

/** Of a pipeline: what stands before a bar is the last argument behind it. */
function valueOf (pipeline: string, scope: Scope): unknown {
  let value: unknown
  for (const [i, part] of pipeline.split(' | ').entries()) value = called(wordsOf(part), scope, i === 0 ? [] : [value])
  return value
}

/** Words, of which one may be a text in quotes, or a pipeline in parentheses. */
function wordsOf (text: string): readonly string[] {
  return [...text.matchAll(/\([^)]*\)|"[^"]*"|\S+/g)].map(([word]) => word)
}

function called (words: readonly string[], scope: Scope, last: readonly unknown[]): unknown {
  const [name = '', ...rest] = words
  const given = [...rest.map((word) => operand(word, scope)), ...last]
  switch (name) {
    case 'quote': return JSON.stringify(String(given[0]))
    case 'default': return isTrue(given[1]) ? given[1] : given[0]
    case 'printf': return given.slice(1).reduce<string>((text, value) => text.replace('%s', String(value)), String(given[0]))
    case 'toYaml': return stringify(given[0]).trimEnd()
    case 'nindent': return `\n${String(given[1]).split('\n').map((line) => ' '.repeat(Number(given[0])) + line).join('\n')}`
  }
  if (given.length > 0) throw new SyntaxError(`"${name}" is no function that is known here`)
  return operand(name, scope)
}

function operand (word: string, scope: Scope): unknown {
  if (word.startsWith('"')) return JSON.parse(word)
  if (word.startsWith('(')) return valueOf(word.slice(1, -1), scope)
  if (/^\d+$/.test(word)) return Number(word)
  if (word.startsWith('$')) return scope[word]
  const [, ...path] = word.split('.')
  if (!word.startsWith('.') || path.length === 0) throw new SyntaxError(`"${word}" is nothing that is known here`)
  let value: unknown = scope
  for (const key of path) value = typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined
  return value
}
