/** A source file as the shape tests read it: parsed by oxc, so that a rule sees syntax and never a word in a comment. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, visitorKeys } from 'oxc-parser'
import type { ParseResult } from 'oxc-parser'

export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
}

/** What a rule found, where. */
export interface Violation {
  readonly path: string
  readonly line: number
  readonly rule: string
}

/** A node of the syntax tree, as far as these rules look. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export const root = join(import.meta.dirname, '../..')

/** All files of the repository that match one of the patterns; nothing that is installed or built. */
export function sourcesIn (...patterns: readonly string[]): readonly Source[] {
  return globSync([...patterns], { cwd: root, exclude: path => /(^|\/)(node_modules|dist|\.git)$/.test(path) })
    .filter(path => !path.includes('node_modules/'))
    .toSorted()
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** @throws when the text is no TypeScript */
export function parse ({ path, text }: Source): ParseResult {
  const parsed = parseSync(path, text)
  const [error] = parsed.errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  return parsed
}

/** Calls `visit` for each node under `node`, with its parent and the parent's field that holds it. */
export function walk (node: SyntaxNode, visit: (node: SyntaxNode, parent: SyntaxNode | null, field: string) => void): void {
  descend(node, null, '')

  function descend (current: SyntaxNode, parent: SyntaxNode | null, field: string): void {
    visit(current, parent, field)
    for (const key of visitorKeys[current.type] ?? []) {
      for (const child of [current[key]].flat()) if (isNode(child)) descend(child, current, key)
    }
  }
}

function isNode (value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** The root of the syntax tree. @throws when the text is no TypeScript */
export function treeOf (source: Source): SyntaxNode {
  const program: unknown = parse(source).program
  if (!isNode(program)) throw new Error(`${source.path}: no syntax tree`)
  return program
}

/** The line, from 1, of an offset. */
export function lineAt (text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** For a message of an assertion: `path:line: rule`, one a line. */
export function report (violations: readonly Violation[]): string {
  return violations.map(({ path, line, rule }) => `${path}:${line}: ${rule}`).join('\n')
}
