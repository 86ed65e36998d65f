/** The files that a conf names, with the check script put where keepalived may run it. */
import { join } from 'node:path'
import type { ProcessConfig } from '../config/config.ts'
import { SCRIPTS_DIR, installCheck } from '../keepalived/check-install.ts'
import { daemonFiles } from '../keepalived/daemon-files.ts'
import type { InstanceFiles } from '../keepalived/instance.ts'
import type { Log } from '../log.ts'

/** The paths that a conf names. The check script is put in place when the conf needs it. */
export async function instanceFiles (config: ProcessConfig & { readonly check: object | null }, log: Log): Promise<InstanceFiles> {
  const { notifyFifo, trackFile, reloadCheckLog } = daemonFiles(config.runDir)
  return { notifyFifo, trackFile, reloadCheckLog, checkScript: config.check === null ? '' : await checkScript(config.runDir, log) }
}

/** Where the conf names it anyway, so that the config test says what is wrong when it could not be put there. */
async function checkScript (runDir: string, log: Log): Promise<string> {
  const installed = await installCheck([SCRIPTS_DIR, runDir])
  if (installed.ok) return installed.path
  log.error({ reasons: installed.reasons }, 'the check of the API server cannot be installed where keepalived would run it')
  return join(SCRIPTS_DIR, 'chk_kube_apiserver.sh')
}
