/** DEPENDENCIES.md tells the truth: each package of the production tree, once, with a reason and with whoever brings it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as z from 'zod'
import { root } from './source.ts'

const names = z.record(z.string(), z.string()).default({})
const { packages } = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), dependencies: names, optionalDependencies: names }))
}).parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))

const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? ''

/** Who brings a package, by its name; the product itself is `''`. */
function bringers (): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const [path, { dev, dependencies, optionalDependencies }] of Object.entries(packages)) {
    if (dev === true) continue
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) found.set(name, (found.get(name) ?? new Set()).add(nameOf(path)))
  }
  return found
}

const rows = readFileSync(join(root, 'DEPENDENCIES.md'), 'utf8').split('\n').filter(line => line.startsWith('| `'))
  .map(line => line.split('|').slice(1, -1).map(cell => cell.trim()))

test('every package of the production tree is listed, with a reason, and no other', () => {
  const installed = new Set(Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true).map(([path]) => nameOf(path)))
  assert.deepEqual(rows.map(([name = '']) => name.slice(1, -1)).toSorted(), [...installed].toSorted())
  for (const [name, why = ''] of rows) assert.ok(why.length > 2, `no reason for ${name}`)
})

test('whoever brings it is named; what the product chose itself has a table of its own', () => {
  const known = bringers()
  for (const [name = '', , by] of rows) {
    const expected = known.get(name.slice(1, -1)) ?? new Set()
    if (by === undefined) assert.ok(expected.has(''), `${name} is not chosen by package.json`)
    else assert.deepEqual(by.replaceAll('`', '').split(', '), [...expected].toSorted(), name)
  }
})
