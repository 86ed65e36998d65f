import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { incarnationsPerRun, loadIdentity, readMachineId } from '../../src/mesh/identity.ts'
import { fill, mount, mountReadOnly, scratch } from '../host/disk.ts'
import { quiet } from './host.ts'

const here = '0123456789abcdef0123456789abcdef'
const elsewhere = 'fedcba9876543210fedcba9876543210'

const stateDirOf = async (t: TestContext): Promise<string> => join(await scratch(t), 'state')

const load = (stateDir: string, machineId: string | null = here): ReturnType<typeof loadIdentity> => loadIdentity({ stateDir, machineId, spareDir: `${stateDir}-spare`, besides: {} }, { log: quiet })

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

test('where the state directory cannot be written, the identity that can be read there goes on beside it, further on', async (t) => {
  const stateDir = await stateDirOf(t)
  const before = await load(stateDir)
  mountReadOnly(stateDir)
  const lent = await load(stateDir)
  assert.deepEqual([lent.id, lent.origin, lent.dir], [before.id, 'kept', `${stateDir}-spare`])
  assert.match(lent.fault ?? '', /EROFS/)
  assert(lent.incarnation > before.incarnation)
  const again = await load(stateDir)
  assert.deepEqual([again.id, again.incarnation], [before.id, lent.incarnation + incarnationsPerRun])
})

test('where it cannot be made either, a new identity is kept beside it; where nothing can be written, that is the fault', async (t) => {
  const stateDir = await stateDirOf(t)
  await writeFile(stateDir, 'a file')
  const first = await load(stateDir)
  assert.match(first.fault ?? '', /EEXIST|ENOTDIR/)
  assert.equal((await load(stateDir)).id, first.id)
  await rm(`${stateDir}-spare`, { recursive: true })
  await writeFile(`${stateDir}-spare`, 'a file')
  await assert.rejects(load(stateDir), { code: 'DIRECTORY_UNUSABLE' })
})

test('on a full disk it is the last good file that stays', async (t) => {
  const stateDir = await stateDirOf(t)
  await mkdir(stateDir)
  mount(stateDir, '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')
  const before = await load(stateDir)
  const text = await readFile(join(stateDir, 'identity.json'), 'utf8')
  await fill(join(stateDir, 'ballast'))
  const lent = await load(stateDir)
  assert.match(lent.fault ?? '', /ENOSPC/)
  assert.equal(lent.id, before.id)
  assert.equal(await readFile(join(stateDir, 'identity.json'), 'utf8'), text)
  assert.deepEqual((await readdir(stateDir)).toSorted(), ['ballast', 'identity.json'])
})

for (const [what, place] of Object.entries({
  'a directory': (path: string) => mkdir(path),
  'a symbolic link': (path: string) => symlink('/etc/passwd', path),
  'a file of another user': async (path: string) => {
    await writeFile(path, '{}')
    await chown(path, 65534, 65534)
  }
})) {
  test(`${what} in place of the identity: a new one, and that is kept aside`, async (t) => {
    const stateDir = await stateDirOf(t)
    await load(stateDir)
    await rm(join(stateDir, 'identity.json'))
    await place(join(stateDir, 'identity.json'))
    assert.deepEqual([(await load(stateDir)).origin, (await load(stateDir)).origin], ['new', 'kept'])
    assert.deepEqual((await readdir(stateDir)).toSorted(), ['identity.json', 'identity.json.stray'])
  })
}

test('a machine id is 32 hex digits or none', async (t) => {
  const path = await stateDirOf(t)
  assert.equal(await readMachineId(path), null)
  for (const [text, id] of [[`${here}\n`, here], ['', null], ['uninitialized\n', null]] as const) {
    await writeFile(path, text)
    assert.equal(await readMachineId(path), id)
  }
})
