/**
 * The habits that a machine can check (after TigerBeetle's `tidy.zig`): sizes that keep one noun in a file and one
 * thought on a screen, a header that says what a file decides, and names that mean something.
 */
import { posix } from 'node:path'
import { lineAt, parse, treeOf, walk } from './source.ts'
import type { Source, SyntaxNode, Violation } from './source.ts'

export const linesMax = 250

/** One screen; the functions inside of a function are counted for themselves, so that a factory may hold several. */
export const functionLinesMax = 60

/** Twelve of text, and the two that open and close the comment. */
export const headerLinesMax = 14

/** Names that say nothing of what is inside, and the barrel. */
const emptyNames = new Set(['common', 'types', 'util', 'utils', 'helper', 'helpers', 'misc', 'index', 'constants'])

const emptyNouns = /\b(?:class|interface|type|function|const)\s+\w*(?:Manager|Helper|Utils?|Service|Impl)\b/g

/** What belongs to the place where this was written, and not to the product. */
const strayWords = [/\/work\//g, /\/tmp\/brief/g, /\bissue [1-9]\d?\b(?!\d)/gi, /\bhttps?:\/\/(?:localhost|127\.0\.0\.1):\d+\/(?:npm|simple)/g]

/** Every breach in a file of src: all the rules. */
export function sourceViolations (source: Source): readonly Violation[] {
  return [...sizeViolations(source), ...headerViolations(source), ...nameViolations(source), ...exportViolations(source), ...strayViolations(source)]
}

/** Every breach in a file of test, where a suite may be one long function and a table needs no preface. */
export function testViolations (source: Source): readonly Violation[] {
  return [...nameViolations(source), ...exportViolations(source), ...strayViolations(source)]
}

export function strayViolations ({ path, text }: Source): readonly Violation[] {
  return strayWords.flatMap(words => [...text.matchAll(words)].map(({ 0: found, index }) =>
    ({ path, line: lineAt(text, index), rule: `"${found}" means nothing to a reader of the product` })))
}

function sizeViolations (source: Source): readonly Violation[] {
  const found: Violation[] = []
  const lines = source.text.trimEnd().split('\n').length
  if (lines > linesMax) found.push({ path: source.path, line: linesMax, rule: `${lines} lines, expected at most ${linesMax}: look for the second noun` })
  walk(treeOf(source), node => {
    const length = isFunction(node) ? ownLinesOf(node, source.text) : 0
    if (length > functionLinesMax) {
      found.push({ path: source.path, line: lineAt(source.text, node.start), rule: `a function of ${length} lines, expected at most ${functionLinesMax}` })
    }
  })
  return found
}

function isFunction ({ type }: SyntaxNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type)
}

/** Lines of a function without those of the functions inside; what stays of each of these is the line that it is on. */
function ownLinesOf (outer: SyntaxNode, text: string): number {
  let lines = linesOf(outer, text)
  let end = outer.start
  walk(outer, node => {
    if (node === outer || !isFunction(node) || node.start < end) return
    lines -= linesOf(node, text) - 1
    end = node.end
  })
  return lines
}

function linesOf ({ start, end }: SyntaxNode, text: string): number {
  return text.slice(start, end).split('\n').length
}

function headerViolations (source: Source): readonly Violation[] {
  const [first] = parse(source).comments
  const violation = (rule: string): readonly Violation[] => [{ path: source.path, line: 1, rule }]
  if (first === undefined || source.text.slice(0, first.start).trim() !== '') return violation('no header that says what this file decides')
  const lines = first.value.split('\n').length
  return lines > headerLinesMax ? violation(`a header of ${lines} lines, expected at most ${headerLinesMax}`) : []
}

function nameViolations ({ path, text }: Source): readonly Violation[] {
  const { name } = posix.parse(path)
  const file = emptyNames.has(name) ? [{ path, line: 1, rule: `a file named "${name}" says nothing of what is in it` }] : []
  return file.concat([...text.matchAll(emptyNouns)].map(({ 0: found, index }) => ({ path, line: lineAt(text, index), rule: `"${found}" names no thing` })))
}

const unwanted: Readonly<Record<string, string>> = {
  ExportDefaultDeclaration: 'a default export, which every importer names anew',
  ExportAllDeclaration: 'a barrel',
  TSEnumDeclaration: 'an enum, where a union of words does'
}

function exportViolations (source: Source): readonly Violation[] {
  if (source.path.endsWith('.d.ts')) return []
  const found: Violation[] = []
  walk(treeOf(source), (node: SyntaxNode) => {
    const rule = unwanted[node.type]
    if (rule !== undefined) found.push({ path: source.path, line: lineAt(source.text, node.start), rule })
  })
  return found
}
