/**
 * The files that a conf names, with the check script put where keepalived may run it. Asked for anew with each conf, so
 * that a script that somebody removed is back before keepalived looks for it.
 */
import type { ProcessConfig } from '../config/config.ts'
import { SCRIPTS_DIR, installCheck } from '../keepalived/check-install.ts'
import { daemonFiles } from '../keepalived/daemon-files.ts'
import type { InstanceFiles } from '../keepalived/instance.ts'

export type InstanceFilesResult =
  | { readonly ok: true, readonly files: InstanceFiles }
  /** The check is asked for and cannot be installed: keepalived would count it as passing. */
  | { readonly ok: false, readonly complaint: string }

/** The paths that a conf names. The check script is put in place when the conf needs it. */
export async function instanceFiles (config: ProcessConfig & { readonly check: object | null }): Promise<InstanceFilesResult> {
  const { notifyFifo, trackFile, reloadCheckLog } = daemonFiles(config.runDir)
  const files = { notifyFifo, trackFile, reloadCheckLog, checkScript: '' }
  if (config.check === null) return { ok: true, files }
  const installed = await installCheck([SCRIPTS_DIR, config.runDir])
  if (installed.ok) return { ok: true, files: { ...files, checkScript: installed.path } }
  return { ok: false, complaint: `The check of the API server cannot be installed where keepalived would run it: ${installed.reasons.join('; ')}.` }
}
