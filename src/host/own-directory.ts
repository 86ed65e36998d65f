/**
 * A directory of our own: made when it is missing, belonging to us, 0700, and holding under our names what we put there.
 * Anything else under such a name (a directory in place of a file, a link that leads elsewhere, a file that somebody else
 * left) is put aside, where people can look at it, and told; so whatever is opened in there later is ours.
 *
 * A link to the directory itself is followed only if root has laid it, as operators do to use another disk.
 *
 * To take a directory that others use would break them, and a list of those is never whole. So one that was there before is made ours
 * alone only if nothing but ours is in it; else it must have been made so already, and hold something of ours. What is looked at, and what
 * is changed, is the directory that was opened, whatever stands at the path by then.
 */
import { lstat, mkdir, open, readdir, realpath, rename, rm, type FileHandle } from 'node:fs/promises'
import { constants, statSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, kindOf } from './plain-file.ts'

export type Kind = 'file' | 'directory' | 'fifo' | 'socket'

/** The directory cannot be used; `reason`: an errno, or what it is. `code`: `DIRECTORY_UNUSABLE`. */
export class DirectoryError extends Error {
  readonly code = 'DIRECTORY_UNUSABLE'
  readonly path: string
  /** There is no room left; all else is well. */
  readonly isFull: boolean

  constructor (path: string, reason: string, cause?: unknown) {
    super(`${path} cannot be used: received ${reason}, expected a directory of this user's alone that can be written`, { cause })
    this.path = path
    this.isFull = reason === 'ENOSPC' || reason === 'EDQUOT'
  }
}

/** What stood under a name of ours and is not ours. */
export interface Stray {
  readonly path: string
  readonly found: string
  /** Null: it could not be moved. */
  readonly keptAs: string | null
}

/** Whom this process acts as (proc(5)). */
const self = statSync('/proc/self').uid

/** For other programs too, though nothing may be in them yet (hier(7)). */
const SHARED = new Set(['/', '/run', '/run/lock', '/var', '/var/cache', '/var/lib', '/var/local', '/var/log', '/var/opt', '/var/spool', '/var/tmp',
  '/etc', '/etc/opt', '/usr', '/usr/local', '/usr/src', '/tmp', '/home', '/root', '/opt', '/srv', '/mnt', '/media', '/dev', '/dev/shm'])

/** What stands beside our files besides themselves: a file on its way or put aside, the check script, and what a file system has at its root. */
const BESIDES = /(?:\.(?:next|stray|corrupt|otherMachine|twin)|^\.trial|^chk_kube_apiserver\.sh|^lost\+found)$/

/** Above what we write there in a week, so that it does not fill up at once. */
const TRIAL_BYTES = 64 * 1024

/** Takes the directory for us. @param names what we keep there. @throws DirectoryError */
export async function ownDirectory (path: string, names: Readonly<Record<string, Kind>>): Promise<readonly Stray[]> {
  try {
    await make(path)
    const link = await lstat(path)
    if (link.isSymbolicLink() && !isOurs(link)) throw new DirectoryError(path, `a symbolic link of user ${link.uid}`)
    const real = await realpath(path)
    await takeAt(real, path, names)
    const strays: Stray[] = []
    for (const [name, kind] of Object.entries(names)) strays.push(...await putAside(join(real, name), kind))
    return strays
  } catch (error) {
    if (error instanceof DirectoryError) throw error
    throw new DirectoryError(path, errnoOf(error), error)
  }
}

/** Node says ENOENT for whatever keeps it from making a path; asked for the last step alone, it says why. */
async function make (path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    await mkdir(path, 0o700)
  }
}

async function takeAt (real: string, path: string, names: Readonly<Record<string, Kind>>): Promise<void> {
  const handle = await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    const { uid, mode, dev, ino } = await handle.stat()
    const other = await othersIn(handle, names, uid === self && (mode & 0o777) === 0o700)
    if (SHARED.has(real) || other !== null) throw new DirectoryError(path, `one that is not for keepalived-mesh alone${other === null ? '' : ` (it holds ${other})`}`)
    if (uid !== self) await handle.chown(self, -1)
    if ((mode & 0o777) !== 0o700) await handle.chmod(0o700)
    // It is ours now, so nobody else can move it away.
    const now = await lstat(real)
    if (now.dev !== dev || now.ino !== ino) throw new DirectoryError(path, 'one that was replaced meanwhile')
  } finally {
    await handle.close()
  }
}

/** Something that is not ours, of a directory that is not ours alone; null when it is, or may be made so. */
async function othersIn (handle: FileHandle, names: Readonly<Record<string, Kind>>, isTaken: boolean): Promise<string | null> {
  const found = await readdir(`/proc/self/fd/${handle.fd}`)
  if (isTaken && found.some((name) => Object.hasOwn(names, name))) return null
  return found.find((name) => !(Object.hasOwn(names, name) || BESIDES.test(name))) ?? null
}

async function putAside (path: string, kind: Kind): Promise<readonly Stray[]> {
  const found = await lstat(path).catch(() => null)
  if (found === null || (isOurs(found) && isOfKind(found, kind))) return []
  const what = isOfKind(found, kind) ? `a ${kind} of user ${found.uid}` : kindOf(found)
  const keptAs = `${path}.stray`
  await rm(keptAs, { recursive: true, force: true }).catch(() => {})
  const isMoved = await rename(path, keptAs).then(() => true, () => false)
  return [{ path, found: what, keptAs: isMoved ? keptAs : null }]
}

function isOurs ({ uid }: Stats): boolean {
  return uid === 0 || uid === self
}

function isOfKind (found: Stats, kind: Kind): boolean {
  if (kind === 'file') return found.isFile()
  if (kind === 'fifo') return found.isFIFO()
  return kind === 'socket' ? found.isSocket() : found.isDirectory()
}

/** Whether the directory takes bytes now. @throws DirectoryError */
export async function tryWriting (path: string): Promise<void> {
  const trial = join(path, '.trial')
  try {
    await rm(trial, { force: true, recursive: true })
    const handle = await open(trial, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
    try {
      await handle.writeFile(Buffer.alloc(TRIAL_BYTES))
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new DirectoryError(path, errnoOf(error), error)
  } finally {
    await rm(trial, { force: true }).catch(() => {})
  }
}
