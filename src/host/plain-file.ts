/**
 * Files that root reads and writes where somebody else may have been before. A symbolic link is never followed, a fifo
 * never waited on, and nothing is read without a bound (open(2): O_NOFOLLOW, O_NONBLOCK). What is written is whole or not
 * there: a fresh file beside it, its bytes and its name on the disk (fsync(2)), then a rename, which takes the place of a
 * link and does not follow it either. What a crash left of the fresh one goes first.
 */
import { constants, type Stats } from 'node:fs'
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

/** The text; null when there is none. @throws NotPlainError, and the file system's errors (`ELOOP`: a symbolic link) */
export async function readPlain (path: string): Promise<string | null> {
  const handle = await open(path, READ).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  })
  if (handle === null) return null
  try {
    const stats = await handle.stat()
    if (!stats.isFile() || stats.size > PLAIN_BYTES_MAX) throw new NotPlainError(path, stats)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
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
