/**
 * `KEEPALIVED_VAR_RUN`, as the image before this one had it: the directory of keepalived's default pid files is removed
 * before the start, since a pid file left by a container that was killed names some process of the new one. Done
 * only while no keepalived is named there, because its pid files are the only way to find it.
 */
import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ownerOf } from './process.ts'

/** Never removed, whatever the variable says. */
const PRECIOUS = new Set(['/', '/run', '/var', '/var/run', '/etc', '/usr', '/tmp', '/home', '/root'])

export type VarRunResult =
  | { readonly ok: true }
  | { readonly ok: false, readonly code: 'PRECIOUS' | 'IN_USE' | 'FAILED', readonly message: string }

/** Removes the directory with all that is in it; one that is not there is fine. */
export async function clearVarRun (directory: string): Promise<VarRunResult> {
  const path = resolve(directory)
  if (PRECIOUS.has(path)) return { ok: false, code: 'PRECIOUS', message: `${path} is not for keepalived alone and stays` }
  try {
    const names = await readdir(path).catch(() => [])
    const owner = names.map(name => ownerOf(join(path, name))).find(found => found !== null)
    if (owner !== undefined) return { ok: false, code: 'IN_USE', message: `a keepalived (pid ${owner?.pid}) is named in ${path}` }
    await rm(path, { recursive: true, force: true })
    return { ok: true }
  } catch (error) {
    return { ok: false, code: 'FAILED', message: error instanceof Error ? error.message : String(error) }
  }
}
