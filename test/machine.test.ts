import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath, report, version } from 'node:process'
import { test } from 'node:test'
import * as z from 'zod'

const root = join(import.meta.dirname, '..')
const { optionalDependencies } = z.object({ optionalDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

test('the tests run on the Node that the project brings; on musl, on one that is new enough', () => {
  const expected = Object.entries(optionalDependencies).find(([name]) => name.startsWith('node-linux-'))?.[1]
  if (isMusl()) assert.ok(Number(version.slice(1).split('.')[0]) >= 24, `${execPath} is ${version}`)
  else assert.equal(version, `v${expected}`, `${execPath} is not the one in node_modules/.bin: is that first on the PATH?`)
})

test('a prepared machine is left as it is', () => {
  assert.equal(execFileSync(execPath, [join(root, 'test/machine.js')], { encoding: 'utf8' }), '')
})

function isMusl (): boolean {
  const { header } = z.object({ header: z.object({ glibcVersionRuntime: z.string().optional() }) }).parse(report.getReport())
  return header.glibcVersionRuntime === undefined
}
