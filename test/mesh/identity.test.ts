import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { incarnationsPerRun, loadIdentity, readMachineId, type Identity } from '../../src/mesh/identity.ts'
import { quiet } from './host.ts'

const here = '0123456789abcdef0123456789abcdef'
const elsewhere = 'fedcba9876543210fedcba9876543210'

async function stateDirOf (t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'identity-'))
  t.after(() => rm(directory, { recursive: true }))
  return join(directory, 'state')
}

const load = (stateDir: string, machineId: string | null = here): Promise<Identity> => loadIdentity({ stateDir, machineId }, { log: quiet })

test('made once and kept, in a file that only its owner reads', async (t) => {
  const stateDir = await stateDirOf(t)
  const first = await load(stateDir)
  const second = await load(stateDir)
  assert.equal(first.origin, 'new')
  assert.equal(second.origin, 'kept')
  assert.equal(second.id, first.id)
  assert.match(first.id, /^12D3KooW/)
  assert.equal((await stat(stateDir)).mode & 0o777, 0o700)
  assert.equal((await stat(join(stateDir, 'identity.json'))).mode & 0o777, 0o600)
  assert.doesNotMatch(await readFile(join(stateDir, 'identity.json'), 'utf8'), new RegExp(here))
})

test('rights that were widened are narrowed again', async (t) => {
  const stateDir = await stateDirOf(t)
  await load(stateDir)
  await chmod(stateDir, 0o755)
  await chmod(join(stateDir, 'identity.json'), 0o644)
  await load(stateDir)
  assert.equal((await stat(stateDir)).mode & 0o777, 0o700)
  assert.equal((await stat(join(stateDir, 'identity.json'))).mode & 0o777, 0o600)
})

test('each start has incarnations of its own, above all of the one before', async (t) => {
  const stateDir = await stateDirOf(t)
  let last = 0
  for (let start = 0; start < 4; start++) {
    const { incarnation } = await load(stateDir)
    assert(start === 0 ? incarnation === 1 : incarnation >= last + incarnationsPerRun)
    last = incarnation
  }
})

test('a copied disk makes a new identity and keeps the old file aside; a machine id that is missing proves nothing', async (t) => {
  const stateDir = await stateDirOf(t)
  const original = await load(stateDir)
  assert.equal((await load(stateDir, null)).id, original.id)
  assert.equal((await load(stateDir, here)).id, original.id)
  const copy = await load(stateDir, elsewhere)
  assert.equal(copy.origin, 'otherMachine')
  assert.notEqual(copy.id, original.id)
  assert.deepEqual((await readdir(stateDir)).toSorted(), ['identity.json', 'identity.json.otherMachine'])
  assert.equal((await load(stateDir, elsewhere)).id, copy.id)
})

for (const [what, text] of Object.entries({
  'an empty file': '', 'half a file': '{"schema":1,"machine":null,"seed":"', 'another schema': '{"schema":2}', 'a short seed': '{"schema":1,"machine":null,"seed":"AAAA","incarnation":1}'
})) {
  test(`${what}: a new identity, and the file is kept aside`, async (t) => {
    const stateDir = await stateDirOf(t)
    await load(stateDir)
    await writeFile(join(stateDir, 'identity.json'), text)
    assert.equal((await load(stateDir)).origin, 'corrupt')
    assert.equal(await readFile(join(stateDir, 'identity.json.corrupt'), 'utf8'), text)
    assert.equal((await load(stateDir)).origin, 'kept')
  })
}

test('a state directory that cannot be made is the file system\'s error', async (t) => {
  const stateDir = await stateDirOf(t)
  await assert.rejects(load(join(stateDir.replace(/state$/, ''), '\0')), { code: 'ERR_INVALID_ARG_VALUE' })
  await writeFile(stateDir, 'a file')
  await assert.rejects(load(stateDir), { code: 'EEXIST' })
})

test('a machine id is 32 hex digits or none', async (t) => {
  const path = await stateDirOf(t)
  assert.equal(await readMachineId(path), null)
  for (const [text, id] of [[`${here}\n`, here], ['', null], ['uninitialized\n', null]] as const) {
    await writeFile(path, text)
    assert.equal(await readMachineId(path), id)
  }
})
