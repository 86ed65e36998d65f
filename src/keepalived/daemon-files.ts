/**
 * The files that the agent and keepalived share. All of them lie in the run directory, so that two agents on one host
 * never meet, and all of them outlive the agent: whoever starts next finds the running keepalived by them.
 */
import { join } from 'node:path'

/** Paths, absolute when the run directory is. */
export interface DaemonFiles {
  readonly runDir: string
  /** Written by keepalived's parent, its vrrp child and its checker child (`-p -r -c`). */
  readonly pid: string
  readonly vrrpPid: string
  readonly checkersPid: string
  /** `vrrp_notify_fifo`: states and priorities, a line each. */
  readonly notifyFifo: string
  /** What keepalived prints; appended by it, read and cut by the agent. */
  readonly log: string
  /** `track_file` with weight 1: its number is added to the priority. */
  readonly trackFile: string
  /** `reload_check_config`: why the last reload was refused; empty when it was not. */
  readonly reloadCheckLog: string
  /** keepalived's TMPDIR, where it answers SIGUSR2; nobody else may read there. */
  readonly tmpDir: string
}

/** The files of the keepalived that is kept in `runDir`. */
export function daemonFiles (runDir: string): DaemonFiles {
  return {
    runDir,
    pid: join(runDir, 'keepalived.pid'),
    vrrpPid: join(runDir, 'vrrp.pid'),
    checkersPid: join(runDir, 'checkers.pid'),
    notifyFifo: join(runDir, 'notify.fifo'),
    log: join(runDir, 'keepalived.log'),
    trackFile: join(runDir, 'priority.offset'),
    reloadCheckLog: join(runDir, 'reload-check.log'),
    tmpDir: join(runDir, 'tmp')
  }
}
