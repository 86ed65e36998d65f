/** A directory of our own, whatever somebody has put there before. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readFile, readdir, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownDirectory, tryWriting, type Kind } from '../../src/host/own-directory.ts'
import { readPlain, writePlain } from '../../src/host/plain-file.ts'
import { fill, mount, mountReadOnly, scratch } from './disk.ts'

const NOBODY = 65534
const NAMES: Readonly<Record<string, Kind>> = { 'a.json': 'file', 'b.fifo': 'fifo', 'c.sock': 'socket', d: 'directory' }

test('it is made, and narrowed to us alone', async (t) => {
  const path = join(await scratch(t), 'one', 'two')
  assert.deepEqual(await ownDirectory(path, NAMES), [])
  assert.equal((await stat(path)).mode & 0o777, 0o700)
  await chmod(path, 0o777)
  await chown(path, NOBODY, NOBODY)
  await ownDirectory(path, NAMES)
  assert.deepEqual([(await stat(path)).mode & 0o777, (await stat(path)).uid], [0o700, 0])
})

test('what is ours stays; what is of another kind, a link, or of another user is put aside, each told', async (t) => {
  const path = await scratch(t)
  await writeFile(join(path, 'a.json'), 'ours')
  execFileSync('mkfifo', [join(path, 'b.fifo')])
  await mkdir(join(path, 'd'))
  assert.deepEqual(await ownDirectory(path, NAMES), [])
  const other = join(path, 'elsewhere')
  await writeFile(other, 'theirs')
  for (const name of Object.keys(NAMES)) {
    execFileSync('rm', ['-rf', join(path, name)])
    await symlink(other, join(path, name))
  }
  const strays = await ownDirectory(path, NAMES)
  assert.deepEqual(strays.map(({ path: at, found }) => [at, found]), Object.keys(NAMES).map((name) => [join(path, name), 'a symbolic link']))
  assert.equal(await readlink(join(path, 'd.stray')), other)
  await writeFile(join(path, 'a.json'), 'theirs')
  await chown(join(path, 'a.json'), NOBODY, NOBODY)
  assert.deepEqual(await ownDirectory(path, NAMES), [{ path: join(path, 'a.json'), found: `a file of user ${NOBODY}`, keptAs: join(path, 'a.json.stray') }])
  assert.equal(await readFile(other, 'utf8'), 'theirs')
})

test('a link to it is followed when root has laid it, and only then; a directory of many programs is not taken', async (t) => {
  const path = await scratch(t)
  await mkdir(join(path, 'real'))
  await symlink('real', join(path, 'link'))
  await ownDirectory(join(path, 'link'), NAMES)
  assert.equal((await stat(join(path, 'real'))).mode & 0o777, 0o700)
  execFileSync('chown', ['-h', String(NOBODY), join(path, 'link')])
  await assert.rejects(ownDirectory(join(path, 'link'), NAMES), { code: 'DIRECTORY_UNUSABLE', message: /a symbolic link of user 65534/ })
  const { mode } = await stat('/var/lib')
  await assert.rejects(ownDirectory('/var/lib', NAMES), { message: /not for keepalived-mesh alone/ })
  assert.equal((await stat('/var/lib')).mode, mode)
})

test('a directory that was there and holds anything else is left as it is, whoever owns it', async (t) => {
  const path = await scratch(t)
  for (const [owner, mode] of [[0, 0o755], [NOBODY, 0o700], [0, 0o700]] as const) {
    const dir = join(path, `${owner}-${mode}`)
    await mkdir(dir)
    await writeFile(join(dir, 'theirs'), '')
    await chown(dir, owner, owner)
    await chmod(dir, mode)
    await assert.rejects(ownDirectory(dir, NAMES), { code: 'DIRECTORY_UNUSABLE', message: /not for keepalived-mesh alone \(it holds theirs\)/ })
    const { uid, mode: after } = await stat(dir)
    assert.deepEqual([uid, after & 0o7777], [owner, mode])
  }
})

test('one that was made ours stays so, whatever somebody puts there; and what we put aside there is ours', async (t) => {
  const path = join(await scratch(t), 'dir')
  await ownDirectory(path, NAMES)
  for (const name of ['a.json', 'a.json.next', 'd.stray', 'a.json.corrupt', 'lost+found']) await writeFile(join(path, name), '')
  await chmod(path, 0o755)
  await ownDirectory(path, NAMES)
  assert.equal((await stat(path)).mode & 0o777, 0o700)
  await writeFile(join(path, 'of the operator'), '')
  await ownDirectory(path, NAMES)
})

test('whether it can be written is tried, and nothing is left of that', async (t) => {
  const path = join(await scratch(t), 'dir')
  await mkdir(path)
  mount(path, '-t', 'tmpfs', '-o', 'size=128k', 'tmpfs')
  await tryWriting(path)
  await fill(join(path, 'ballast'))
  await assert.rejects(tryWriting(path), { code: 'DIRECTORY_UNUSABLE', isFull: true })
  assert.deepEqual(await readdir(path), ['ballast'])
  mountReadOnly(path)
  await assert.rejects(tryWriting(path), { code: 'DIRECTORY_UNUSABLE', isFull: false, message: /EROFS/ })
})

test('a file is written whole, for us alone, over whatever a crash or somebody has left there', async (t) => {
  const path = await scratch(t)
  const [file, other] = [join(path, 'a.json'), join(path, 'elsewhere')]
  await writeFile(other, 'theirs')
  await writeFile(`${file}.next`, 'half of wh', { mode: 0o400 })
  await writePlain(file, 'first', 0o600)
  await symlink(other, `${file}.next`)
  await writePlain(file, 'second', 0o600)
  assert.deepEqual([await readPlain(file), await readFile(other, 'utf8'), (await lstat(file)).mode & 0o777], ['second', 'theirs', 0o600])
  assert.deepEqual((await readdir(path)).toSorted(), ['a.json', 'elsewhere'])
})

test('nothing but a plain file is read, and none without a bound', async (t) => {
  const path = await scratch(t)
  const at = (name: string): string => join(path, name)
  await symlink('/etc/passwd', at('link'))
  execFileSync('mkfifo', [at('fifo')])
  await mkdir(at('directory'))
  execFileSync('truncate', ['-s', '1G', at('huge')])
  assert.equal(await readPlain(at('none')), null)
  await assert.rejects(readPlain(at('link')), { code: 'ELOOP' })
  await assert.rejects(readPlain(at('fifo')), { code: 'NOT_PLAIN' })
  await assert.rejects(readPlain(at('directory')), { code: 'EISDIR' })
  await assert.rejects(readPlain(at('huge')), { code: 'NOT_PLAIN' })
})
