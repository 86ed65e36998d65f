/** Which keepalived there is, by its own word. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTooOld, parseVersion, versionOf } from '../../src/keepalived/version.ts'

test('the version is in the first line that names it; a distribution may add to it', () => {
  assert.deepEqual(parseVersion('Keepalived v2.2.7 (01/16,2022)\n\nCopyright(C) 2001-2022\n'), [2, 2, 7])
  assert.deepEqual(parseVersion('Keepalived v2.3.4 (04/22,2025), git commit v2.3.4+\n'), [2, 3, 4])
  assert.deepEqual(parseVersion('Keepalived v2.2\n'), [2, 2, 0])
  assert.equal(parseVersion('curl 8.1.2 (x86_64-pc-linux-gnu)'), null)
})

test('2.2 and newer will do', () => {
  assert.deepEqual(([[1, 4, 5], [2, 1, 5], [2, 2, 0], [2, 10, 0], [3, 0, 0]] as const).map(isTooOld), [true, true, false, false, false])
})

test('the one of this machine, and programs that are none', async () => {
  const version = await versionOf('keepalived')
  assert.ok(version !== null && !isTooOld(version))
  assert.equal(await versionOf('/nowhere/keepalived'), null)
  assert.equal(await versionOf('true'), null)
})
