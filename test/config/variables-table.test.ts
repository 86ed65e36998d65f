/** The README documents exactly the variables that are read. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { variables } from '../../src/config/variables/all.ts'
import { variablesTable } from '../../src/config/variables-table.ts'

const readme = new URL('../../README.md', import.meta.url)

test('each variable has a name of its own and a description of one line', () => {
  assert.equal(new Set(variables.map(({ name }) => name)).size, variables.length)
  for (const { name, description } of variables) assert.match(description, /^[^\n]{10,160}$/, name)
})

test('the table has a row for each', () => {
  assert.equal(variablesTable().split('\n').length, variables.length + 2)
})

test('the README has this very table', () => {
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : ''
  const [, table] = /<!-- variables -->\n+([\s\S]*?)\n+<!-- \/variables -->/.exec(text) ?? []
  assert.equal(table?.trim(), variablesTable(), 'put the output of `node src/config/variables-table.ts` between the markers of README.md')
})
