/** The last good conf stays, whatever happens to the next one. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { createConfStore } from '../../src/keepalived/store.ts'
import { fill, mount, scratch } from '../host/disk.ts'
import type { ConfTest } from '../../src/keepalived/conf-test.ts'

let root = ''
let folder = ''
let file = ''

before(async () => { root = await mkdtemp(join(tmpdir(), 'store-')) })
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  file = join(folder, 'keepalived.conf')
})
after(() => rm(root, { recursive: true }))

/** Takes what does not say "bad". */
const takesGood: ConfTest = async path => (await readFile(path, 'utf8')).includes('bad')
  ? { ok: false, complaints: ['it says bad'] }
  : { ok: true, remarks: ['fine'] }

/** Takes anything, and puts a directory in place of the conf meanwhile. */
const putsDirectory: ConfTest = async () => {
  await rm(file)
  await mkdir(file)
  return { ok: true, remarks: [] }
}

const storeOf = (mode = 0o600, confTest: ConfTest = takesGood) => createConfStore({ file, mode }, { test: confTest })

test('stores, and makes the directory', async () => {
  file = join(folder, 'etc', 'keepalived', 'keepalived.conf')
  const store = storeOf()
  assert.equal(await store.read(), null)
  assert.deepEqual(await store.write('good\n'), { ok: true, changed: true, remarks: ['fine'] })
  assert.equal(await store.read(), 'good\n')
  assert.deepEqual(await readdir(join(folder, 'etc', 'keepalived')), ['keepalived.conf'])
})

test('the same bytes are neither tested nor written', async () => {
  await storeOf().write('good\n')
  const { ino } = await stat(file)
  const untested = storeOf(0o600, () => { throw new Error('tested') })
  assert.deepEqual(await untested.write('good\n'), { ok: true, changed: false, remarks: [] })
  assert.equal((await stat(file)).ino, ino)
})

test('the mode is that which was asked for, whatever was there before', async () => {
  await writeFile(file, 'old\n', { mode: 0o644 })
  await storeOf(0o600).write('good\n')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await storeOf(0o644).write('better\n')
  assert.equal((await stat(file)).mode & 0o777, 0o644)
})

test('what is rejected stays beside the last good one', async () => {
  const store = storeOf()
  await store.write('good\n')
  assert.deepEqual(await store.write('bad\n'), { ok: false, complaints: ['it says bad'] })
  assert.equal(await store.read(), 'good\n')
  assert.equal(await readFile(`${file}.rejected`, 'utf8'), 'bad\n')
  assert.deepEqual((await readdir(folder)).toSorted(), ['keepalived.conf', 'keepalived.conf.rejected'])
})

test('a test that cannot be run leaves the last good one', async () => {
  await storeOf().write('good\n')
  await assert.rejects(storeOf(0o600, () => Promise.reject(new Error('no keepalived'))).write('better\n'), /no keepalived/)
  assert.equal(await readFile(file, 'utf8'), 'good\n')
})

test('what a crash left half written does not matter', async () => {
  await writeFile(`${file}.next`, 'half of a co', { mode: 0o400 })
  await storeOf().write('good\n')
  assert.deepEqual(await readdir(folder), ['keepalived.conf'])
})

test('a directory in place of the file', async () => {
  await mkdir(file)
  await assert.rejects(storeOf().write('good\n'), { code: 'CONF_NOT_STORED', reason: 'EISDIR' })
})

test('a file in place of the directory', async () => {
  await writeFile(join(folder, 'plain'), '')
  file = join(folder, 'plain', 'keepalived.conf')
  await assert.rejects(storeOf().write('good\n'), { code: 'CONF_NOT_STORED', reason: 'ENOTDIR' })
})

for (const name of ['next', 'prepared', 'rejected']) {
  test(`a directory, or a link to a file of somebody's, in place of the .${name} does not matter, and the file stays as it is`, async () => {
    await storeOf().write('good\n')
    const other = join(folder, 'passwd')
    await writeFile(other, 'root\n')
    for (const place of [() => mkdir(`${file}.${name}`), () => symlink(other, `${file}.${name}`)]) {
      await rm(`${file}.${name}`, { recursive: true, force: true })
      await place()
      assert.equal((await storeOf().write('bad\n')).ok, false)
      assert.deepEqual(await storeOf().write(`better, in spite of ${String(place)}\n`), { ok: true, changed: true, remarks: ['fine'] })
    }
    assert.equal(await readFile(other, 'utf8'), 'root\n')
  })
}

test('a link in place of the conf gives way to a file; what it led to stays as it is', async () => {
  const other = join(folder, 'passwd')
  await writeFile(other, 'root\n')
  await symlink(other, file)
  assert.equal(await storeOf().read(), null)
  assert.deepEqual(await storeOf().write('good\n'), { ok: true, changed: true, remarks: ['fine'] })
  assert.ok((await lstat(file)).isFile())
  assert.equal(await readFile(other, 'utf8'), 'root\n')
})

for (const [what, place] of Object.entries({
  'a fifo': () => { execFileSync('mkfifo', [file]) },
  'a device': () => { execFileSync('mknod', [file, 'c', '1', '5']) },
  'a file without end': () => { execFileSync('truncate', ['-s', '1G', file]) }
})) {
  test(`${what} in place of the conf is not waited for, and gives way to a file`, async () => {
    place()
    assert.equal(await storeOf().read(), null)
    assert.deepEqual(await storeOf().write('good\n'), { ok: true, changed: true, remarks: ['fine'] })
    assert.equal(await storeOf().read(), 'good\n')
  })
}

test('a tested text that another user owns, or may write, is tested and written anew, and is ours alone', async () => {
  for (const spoil of [() => chown(file, 65534, 65534), () => chmod(file, 0o666)]) {
    await storeOf().write('good\n')
    await spoil()
    assert.deepEqual(await storeOf().write('good\n'), { ok: true, changed: true, remarks: ['fine'] })
    const { uid, mode } = await stat(file)
    assert.deepEqual([uid, mode & 0o7777], [0, 0o600])
  }
  await chown(file, 65534, 65534)
  assert.equal(await storeOf().read(), null)
})

test('what another user has prepared is tested before it is written', async () => {
  for (const spoil of [() => chown(`${file}.prepared`, 65534, 65534), () => chmod(`${file}.prepared`, 0o666)]) {
    await storeOf().write('good\n')
    await storeOf().prepare('better\n')
    await spoil()
    await assert.rejects(storeOf(0o600, () => { throw new Error('tested') }).write('better\n'), /tested/)
    await storeOf().write('better\n')
    const { uid, mode } = await stat(file)
    assert.deepEqual([uid, mode & 0o7777], [0, 0o600])
  }
})

test('a disk that is full, or read-only, leaves the last good one and no rubbish, and is told by its errno', async (t) => {
  folder = join(await scratch(t), 'etc')
  file = join(folder, 'keepalived.conf')
  await mkdir(folder)
  mount(folder, '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')
  await storeOf().write('good\n')
  await fill(join(folder, 'ballast'))
  await assert.rejects(storeOf().write('better\n'), { code: 'CONF_NOT_STORED', reason: 'ENOSPC' })
  mount(folder, '-o', 'remount,ro')
  await assert.rejects(storeOf().write('better\n'), { code: 'CONF_NOT_STORED', reason: 'EROFS' })
  assert.equal(await readFile(file, 'utf8'), 'good\n')
  assert.deepEqual((await readdir(folder)).toSorted(), ['ballast', 'keepalived.conf'])
})

test('a rename that fails leaves the last good one and no rubbish', async () => {
  await storeOf().write('good\n')
  await assert.rejects(storeOf(0o600, putsDirectory).write('better\n'), { code: 'CONF_NOT_STORED', reason: 'EISDIR' })
  assert.deepEqual(await readdir(folder), ['keepalived.conf'])
})

test('what was prepared is written by a rename, without another test; what was not, is tested as ever', async () => {
  await storeOf().write('good\n')
  assert.deepEqual(await storeOf().prepare('better\n'), { ok: true, changed: true, remarks: ['fine'] })
  assert.equal(await storeOf().read(), 'good\n')
  assert.equal((await stat(`${file}.prepared`)).mode & 0o777, 0o600)
  const untested = storeOf(0o600, () => { throw new Error('tested') })
  assert.deepEqual(await untested.prepare('better\n'), { ok: true, changed: false, remarks: [] })
  await assert.rejects(untested.write('another\n'), /tested/)
  assert.deepEqual(await untested.write('better\n'), { ok: true, changed: true, remarks: [] })
  assert.equal(await storeOf().read(), 'better\n')
  assert.deepEqual(await readdir(folder), ['keepalived.conf', 'keepalived.conf.next'])
})

test('what cannot be prepared leaves both the conf and what was prepared before as they are', async () => {
  await storeOf().write('good\n')
  await storeOf().prepare('better\n')
  assert.deepEqual(await storeOf().prepare('bad\n'), { ok: false, complaints: ['it says bad'] })
  assert.deepEqual([await readFile(file, 'utf8'), await readFile(`${file}.prepared`, 'utf8')], ['good\n', 'better\n'])
})
