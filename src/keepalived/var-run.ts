/**
 * `KEEPALIVED_VAR_RUN`, as the image before this one had it: the directory of keepalived's default pid files is removed
 * before the start, since a pid file left by a container that was killed names some process of the new one. Done
 * only while no keepalived is named there, because its pid files are the only way to find it.
 */
import { readdir, realpath, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ownerOf } from './process.ts'

/** Never removed, whatever the variable says. */
const PRECIOUS = new Set(['/', '/run', '/var', '/var/run', '/var/lib', '/var/lib/keepalived-mesh', '/etc', '/usr', '/tmp', '/home', '/root'])

export interface Kept {
  /** Paths that must not go with it: neither may hold the other. */
  readonly directories: readonly string[]
  /** Files that must not be in it. */
  readonly files: readonly string[]
}

export type VarRunResult =
  | { readonly ok: true }
  | { readonly ok: false, readonly code: 'PRECIOUS' | 'IN_USE' | 'FAILED', readonly message: string }

/** Removes the directory with all that is in it; one that is not there is fine. */
export async function clearVarRun (directory: string, { directories, files }: Kept): Promise<VarRunResult> {
  try {
    const path = await realpath(directory).catch(() => resolve(directory))
    if (PRECIOUS.has(path)) return { ok: false, code: 'PRECIOUS', message: `${path} is not for keepalived alone and stays` }
    for (const kept of [...directories, ...files]) {
      const real = await realpath(kept).catch(() => resolve(kept))
      if (holds(path, real) || (directories.includes(kept) && holds(real, path))) {
        return { ok: false, code: 'PRECIOUS', message: `${path} stays, because of ${kept}: give keepalived a directory that holds nothing else` }
      }
    }
    const names = await readdir(path).catch(() => [])
    const owner = names.map(name => ownerOf(join(path, name))).find(found => found !== null)
    if (owner !== undefined) return { ok: false, code: 'IN_USE', message: `a keepalived (pid ${owner?.pid}) is named in ${path}` }
    await rm(path, { recursive: true, force: true })
    return { ok: true }
  } catch (error) {
    return { ok: false, code: 'FAILED', message: error instanceof Error ? error.message : String(error) }
  }
}

function holds (outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`)
}
