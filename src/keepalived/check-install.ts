/**
 * Puts the apiserver check where keepalived may run it. With `enable_script_security` keepalived disables a script that
 * anybody but root could write, at any step of its path, and a check that is disabled, or cannot be executed (a file
 * system mounted noexec), counts as healthy: so the place is made sure of here. Where the usual directory cannot be
 * written, the run directory serves.
 */
import { access, constants, lstat, mkdir, realpath } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { readPlain, writePlain } from '../host/plain-file.ts'
import script from './chk_kube_apiserver.sh'

const NAME = 'chk_kube_apiserver.sh'
export const SCRIPTS_DIR = '/usr/lib/keepalived/scripts'

export type InstallResult =
  | { readonly ok: true, readonly path: string, readonly written: boolean }
  /** No directory would do; `reasons` has one for each. A conf with the check must not be used then. */
  | { readonly ok: false, readonly code: 'NO_SAFE_PLACE', readonly reasons: readonly string[] }

/**
 * Installs the script in the first directory that can be written and is safe. An equal file is left alone, so that
 * keepalived never sees it change without need.
 * @param dirs absolute, in order of preference
 */
export async function installCheck (dirs: readonly string[]): Promise<InstallResult> {
  const reasons: string[] = []
  for (const dir of dirs) {
    const path = join(dir, NAME)
    try {
      await mkdir(dir, { recursive: true, mode: 0o755 })
      const written = await writeIfDifferent(path)
      const fault = await faultOf(path)
      if (fault === null) return { ok: true, path, written }
      reasons.push(fault)
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { ok: false, code: 'NO_SAFE_PLACE', reasons }
}

async function writeIfDifferent (path: string): Promise<boolean> {
  const present = await readPlain(path).catch(() => null)
  const executable = ((await lstat(path).catch(() => null))?.mode ?? 0) & 0o777
  if (present === script && executable === 0o755) return false
  await writePlain(path, script, 0o755)
  return true
}

/** Why keepalived would not run it: it cannot be executed, or some part of the path is not root's, or others may write there. */
async function faultOf (path: string): Promise<string | null> {
  if (!await access(path, constants.X_OK).then(() => true, () => false)) return `${path} cannot be executed; is it on a file system mounted noexec?`
  const { root } = parse(path)
  for (let part = await realpath(path); ; part = dirname(part)) {
    const { uid, mode } = await lstat(part)
    if (uid !== 0) return `${part} belongs to user ${uid}, not to root`
    const isSticky = (mode & 0o1000) !== 0
    if ((mode & 0o022) !== 0 && !isSticky) return `${part} may be written by others than root`
    if (part === root) return null
  }
}
