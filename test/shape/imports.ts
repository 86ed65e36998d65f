/**
 * The import rule. Imports run one way: main → agent → {mesh, keepalived, host, status} → core, so that the core can be
 * simulated, and so that what talks to other hosts (mesh) can never reach what runs as root on this one (keepalived)
 * but through the core's judgement. What is so of this machine (host) both may know.
 *
 * The core also may use nothing that differs from run to run: no clock, no chance, no I/O. And `process` is the
 * business of main (and of what starts it) alone, or no part could run in a test, or two agents in one process.
 */
import { posix } from 'node:path'
import { lineAt, parse, treeOf, walk } from './source.ts'
import type { Source, SyntaxNode, Violation } from './source.ts'

/** Each area of src, and the areas that it may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  start: ['script'],
  main: ['agent', 'cli', 'mesh', 'keepalived', 'host', 'status', 'config', 'core', 'log'],
  agent: ['mesh', 'keepalived', 'host', 'status', 'config', 'core', 'log', 'lines'],
  cli: ['status', 'config', 'core'],
  mesh: ['host', 'config', 'core', 'log', 'lines'],
  keepalived: ['host', 'config', 'core', 'log'],
  host: ['config', 'core', 'log'],
  status: ['config', 'core', 'log', 'lines'],
  config: ['core'],
  log: ['log-pace'],
  lines: [],
  'log-pace': [],
  script: [],
  core: []
}

/** Files that are processes. */
const ofTheProcess: ReadonlySet<string> = new Set(['main', 'start'])

const impure = [
  'AbortSignal', 'Buffer', 'Date', 'clearInterval', 'clearTimeout', 'console', 'crypto', 'fetch', 'globalThis', 'performance',
  'process', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'
]

/** Every place in `sources` (all of src) that breaks the rule. */
export function importViolations (sources: readonly Source[]): readonly Violation[] {
  return sources.filter(({ path }) => !path.endsWith('.d.ts')).flatMap(violationsIn)
}

function violationsIn (source: Source): readonly Violation[] {
  const area = areaOf(source.path)
  if (mayImport[area] === undefined) return [{ path: source.path, line: 1, rule: `"${area}" is no area that the import rule knows` }]
  return importsOf(source).flatMap(found => judge(source, area, found)).concat(namesIn(source, area))
}

/** `src/main.ts` → main, `src/mesh/node.ts` → mesh. */
function areaOf (path: string): string {
  const [, first = ''] = path.split('/')
  return posix.parse(first).name
}

interface Import {
  readonly specifier: string
  /** What is taken by name from it; empty when that cannot be told. */
  readonly names: readonly string[]
  readonly line: number
}

function importsOf (source: Source): readonly Import[] {
  const { module: { staticImports, staticExports, dynamicImports } } = parse(source)
  const requests = [
    ...staticImports.map(({ moduleRequest, entries }) =>
      ({ specifier: moduleRequest.value, start: moduleRequest.start, names: entries.map(({ importName }) => importName.name ?? '*') })),
    ...staticExports.flatMap(({ entries }) => entries).flatMap(({ moduleRequest }) =>
      moduleRequest === null ? [] : [{ specifier: moduleRequest.value, start: moduleRequest.start, names: [] }]),
    ...[...dynamicImports.map(({ moduleRequest }) => moduleRequest), ...typeImportsOf(source)].map(({ start, end }) =>
      ({ specifier: source.text.slice(start, end).replaceAll(/^['"`]|['"`]$/g, ''), start, names: [] }))
  ]
  return requests.map(({ specifier, start, names }) => ({ specifier, names, line: lineAt(source.text, start) }))
}

/** `import('x').Y` as a type. */
function typeImportsOf (source: Source): ReadonlyArray<{ readonly start: number, readonly end: number }> {
  const found: SyntaxNode[] = []
  walk(treeOf(source), (node, parent, field) => {
    if (parent?.type === 'TSImportType' && (field === 'source' || field === 'argument')) found.push(node)
  })
  return found
}

function judge (source: Source, area: string, { specifier, names, line }: Import): readonly Violation[] {
  const violation = (rule: string): readonly Violation[] => [{ path: source.path, line, rule }]
  if (!specifier.startsWith('.')) {
    if (area === 'core') return violation(`core imports "${specifier}"; it may import nothing but core`)
    // kill is a system call that happens to live there.
    const onlyKills = names.length > 0 && names.every(name => name === 'kill')
    if (/^(node:)?process$/.test(specifier) && !ofTheProcess.has(area) && !onlyKills) return violation(`${area} imports "${specifier}", which is main's`)
    return []
  }
  const target = posix.join(posix.dirname(source.path), specifier)
  if (!target.startsWith('src/')) return violation(`${area} imports "${target}" from outside of src`)
  const targetArea = areaOf(target)
  if (targetArea === area || mayImport[area]?.includes(targetArea) === true) return []
  return violation(`${area} imports ${targetArea} ("${specifier}")`)
}

/** Names of the world that this area may not use; a name that the file gives to something of its own is not that. */
function namesIn (source: Source, area: string): readonly Violation[] {
  if (ofTheProcess.has(area)) return []
  const tree = treeOf(source)
  const own = namesDeclaredIn(tree)
  const banned = new Set((area === 'core' ? impure : ['process']).filter(name => !own.has(name)))
  const found: Violation[] = []
  const note = (node: SyntaxNode, rule: string): void => { found.push({ path: source.path, line: lineAt(source.text, node.start), rule }) }
  walk(tree, (node, parent, field) => {
    if (isReference(node, parent, field) && banned.has(String(node['name']))) note(node, `${area} uses ${String(node['name'])}`)
    if (area === 'core' && /^Math\s*\.\s*random$/.test(source.text.slice(node.start, node.end))) note(node, 'core uses Math.random')
    if (area === 'core' && node.type === 'MetaProperty') note(node, 'core uses import.meta')
  })
  return found
}

/** Whether `node` names a value, not a property, a key or a type. */
function isReference (node: SyntaxNode, parent: SyntaxNode | null, field: string): boolean {
  if (node.type !== 'Identifier' || parent === null) return false
  if (field === 'typeName' || parent.type === 'TSQualifiedName') return false
  return !((field === 'property' || field === 'key') && parent['computed'] !== true)
}

/** Names of variables, parameters and imports, wherever in the file. */
function namesDeclaredIn (tree: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>()
  walk(tree, (node, parent, field) => {
    const declares = (parent?.type === 'VariableDeclarator' && field === 'id') || field === 'params' || field === 'local'
    if (declares) walk(node, (part, holder, place) => { if (isReference(part, holder ?? parent, place)) names.add(String(part['name'])) })
  })
  return names
}
