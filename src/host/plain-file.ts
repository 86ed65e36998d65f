/**
 * Files that root reads and writes where somebody else may have been before. A symbolic link is never followed, a fifo
 * never waited on, and nothing is read without a bound (open(2): O_NOFOLLOW, O_NONBLOCK). What is written is whole or not
 * there: a fresh file beside it, its bytes and its name on the disk (fsync(2)), then a rename, which takes the place of a
 * link and does not follow it either. What a crash left of the fresh one goes first.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** More than this is no file of ours. */
export const PLAIN_BYTES_MAX = 8 * 1024 * 1024

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** What stands under the name is no plain file, or too large. */
export class NotPlainError extends Error {
  readonly code: 'EISDIR' | 'NOT_PLAIN'

  constructor (path: string, found: Stats) {
    super(`${path} is ${kindOf(found)}, expected a plain file of at most ${PLAIN_BYTES_MAX} bytes`)
    this.code = found.isDirectory() ? 'EISDIR' : 'NOT_PLAIN'
  }
}

/** Whose the files are that this process makes (proc(5)). */
const self = statSync('/proc/self').uid

/** The text; null when there is none. @throws NotPlainError, and the file system's errors (`ELOOP`: a symbolic link) */
export async function readPlain (path: string): Promise<string | null> {
  return await read(path, () => true)
}

/** The same of a file of this user's own; null where it is somebody else's, or has another mode than the one that is asked for. @throws as `readPlain` */
export async function readOwn (path: string, mode: number | null = null): Promise<string | null> {
  return await read(path, (stats) => stats.uid === self && (mode === null || (stats.mode & 0o7777) === mode))
}

async function read (path: string, accepts: (stats: Stats) => boolean): Promise<string | null> {
  const handle = await open(path, READ).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  })
  if (handle === null) return null
  try {
    const stats = await handle.stat()
    assertPlain(path, stats)
    return accepts(stats) ? await handle.readFile('utf8') : null
  } finally {
    await handle.close()
  }
}

export interface ReadOptions {
  /** A file that the operator keeps, who may have laid links to it (a ConfigMap is one). @default false */
  readonly followsLinks?: boolean
}

/** The same at once, for whom no other turn may come between. @throws as `readPlain`, and `ENOENT` when there is none */
export function readPlainSync (path: string, { followsLinks = false }: ReadOptions = {}): string {
  const fd = openSync(path, followsLinks ? READ & ~constants.O_NOFOLLOW : READ)
  try {
    assertPlain(path, fstatSync(fd))
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

function assertPlain (path: string, stats: Stats): void {
  if (!stats.isFile() || stats.size > PLAIN_BYTES_MAX) throw new NotPlainError(path, stats)
}

/** Replaces what is there, or leaves it as it is. @throws the file system's errors */
export async function writePlain (path: string, text: string, mode: number): Promise<void> {
  const fresh = `${path}.next`
  try {
    await createPlain(fresh, text, mode)
    await movePlain(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {})
    throw error
  }
}

/** A file that was not there before, its bytes on the disk. What had its name is removed, whatever it was. @throws the file system's errors */
export async function createPlain (path: string, text: string, mode: number): Promise<void> {
  await rm(path, { force: true, recursive: true })
  const handle = await open(path, CREATE, mode)
  try {
    await fill(handle, text, mode)
  } finally {
    await handle.close()
  }
}

async function fill (handle: FileHandle, text: string, mode: number): Promise<void> {
  await handle.writeFile(text)
  await handle.chmod(mode) // whatever the umask
  await handle.sync()
}

/** A rename that a loss of power does not take back. @throws the file system's errors */
export async function movePlain (from: string, to: string): Promise<void> {
  await rename(from, to)
  const directory = await open(dirname(to), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

export function errnoOf (error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error'
}

/** What it is, for people. */
export function kindOf (stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link'
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a fifo'
  if (stats.isSocket()) return 'a socket'
  return stats.isFile() ? `a file of ${stats.size} bytes` : 'a device'
}
