/**
 * Puts a conf in the place where keepalived reads it, or leaves the last good one there. keepalived may be told to
 * reload at any moment, by anybody, so the file is never half a conf and never an untested one: written beside it,
 * tested, synced, renamed. What the test rejects stays beside it, as `….rejected`, for people to look at.
 *
 * A conf of another user's, or with other rights, is that user's to change once it has been tested: the same bytes are then written
 * anew. So is what stands there and is no file; only a directory is in the way.
 */
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createPlain, errnoOf, movePlain, readOwn } from '../host/plain-file.ts'
import type { ConfTest } from './conf-test.ts'

export interface ConfStoreOptions {
  /** Absolute path of keepalived.conf. Its directory is made when it is missing. */
  readonly file: string
  /** Of the file, such as 0o600. keepalived reads it as root. */
  readonly mode: number
}

export interface ConfStoreDependencies {
  readonly test: ConfTest
}

export type Stored =
  /** `changed`: the file was written: its bytes differ from those before, or anybody may have changed those. */
  | { readonly ok: true, readonly changed: boolean, readonly remarks: readonly string[] }
  | { readonly ok: false, readonly complaints: readonly string[] }

export interface ConfStore {
  /** The stored text; null when there is none of this user's own. @throws {ConfStoreError} */
  readonly read: () => Promise<string | null>
  /** Tests a text and keeps it beside the file, as `….prepared`: to write it later is then a matter of a rename. @throws as `write` */
  readonly prepare: (text: string) => Promise<Stored>
  /** One call at a time. @throws {ConfStoreError} and what the test throws; the file is then as before. */
  readonly write: (text: string) => Promise<Stored>
}

/** The file system refused. `code`: `CONF_NOT_STORED`; `reason`: its errno, such as `EISDIR`, `EROFS` or `ENOSPC`. */
export class ConfStoreError extends Error {
  readonly code = 'CONF_NOT_STORED'
  readonly file: string
  readonly reason: string

  constructor (file: string, cause: unknown) {
    const reason = errnoOf(cause)
    super(`${file} cannot be written or read: received ${reason}, expected a file in a directory of its own, on a disk with room`, { cause })
    this.name = 'ConfStoreError'
    this.file = file
    this.reason = reason
  }
}

export function createConfStore ({ file, mode }: ConfStoreOptions, { test }: ConfStoreDependencies): ConfStore {
  const next = `${file}.next`
  const prepared = `${file}.prepared`

  /** What cannot be read there is as good as nothing. */
  const readPrepared = async (): Promise<string | null> => await readOwn(prepared, mode).catch(() => null)

  async function write (text: string): Promise<Stored> {
    if (await readAt(file, mode) === text) return { ok: true, changed: false, remarks: [] }
    if (await readPrepared() !== text) return await put(text, file)
    await move(prepared, file)
    return { ok: true, changed: true, remarks: [] }
  }

  async function prepare (text: string): Promise<Stored> {
    return await readPrepared() === text ? { ok: true, changed: false, remarks: [] } : await put(text, prepared)
  }

  /** Nothing stands at `path` that was not tested. */
  async function put (text: string, path: string): Promise<Stored> {
    await onDisk(async () => {
      await mkdir(dirname(next), { recursive: true, mode: 0o755 })
      await createPlain(next, text, mode)
    })
    const verdict = await test(next)
    if (!verdict.ok) {
      // For people; if it cannot be kept, why it was rejected is what counts.
      await keepRejected()
      return verdict
    }
    await move(next, path)
    return { ok: true, changed: true, remarks: verdict.remarks }
  }

  async function keepRejected (): Promise<void> {
    try {
      await rename(next, `${file}.rejected`)
    } catch {
      await rm(next, { force: true })
    }
  }

  async function move (from: string, to: string): Promise<void> {
    await onDisk(async () => { await movePlain(from, to) })
  }

  async function onDisk (action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      await rm(next, { force: true }).catch(() => {})
      throw new ConfStoreError(file, error)
    }
  }

  return { read: async () => await readAt(file), prepare, write }
}

/** Null when there is none, or only a link, which is not followed, a fifo or the like: what is written takes its place. */
async function readAt (path: string, mode: number | null = null): Promise<string | null> {
  try {
    return await readOwn(path, mode)
  } catch (error) {
    if (['ELOOP', 'ENXIO', 'NOT_PLAIN'].includes(errnoOf(error))) return null
    throw new ConfStoreError(path, error)
  }
}
