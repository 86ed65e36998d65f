/**
 * Makes keepalived read its conf again, and finds out whether it did. SIGHUP itself answers nothing. keepalived tests
 * the new conf first (`reload_check_config`), then either logs the refusal, with the reasons in a file of their own, or
 * has its child read the conf and logs the end of it. Where the log cannot be read, an empty reasons file and a child
 * that answers have to do.
 */
import { closeSync, constants, openSync } from 'node:fs'
import { readPlainSync } from '../host/plain-file.ts'
import type { Bulletin } from './bulletin.ts'
import { DaemonError } from './daemon-error.ts'
import { signalTo, type Running } from './running.ts'
import type { News } from './watch-output.ts'

/** A hundred times what a reload takes on an idle host; a busy one may need some of it. */
const LOGGED_CEILING_MS = 3_000
/** Long enough for the test of a large conf (200 peers: 30 ms). */
const UNLOGGED_WAIT_MS = 500

export interface ReloadDependencies {
  readonly bulletin: Bulletin<News>
  readonly logsToConsole: boolean
  readonly reasonsFile: string
  /** Whether keepalived answers a question put to it now. */
  readonly answers: () => Promise<boolean>
}

/**
 * Resolves when the new conf runs.
 * @throws DaemonError `RELOAD_REFUSED` with keepalived's reasons, `RELOAD_UNANSWERED`, or `NOT_RUNNING` when it ended
 */
export async function reload (running: Running, { bulletin, logsToConsole, reasonsFile, answers }: ReloadDependencies): Promise<void> {
  emptyFile(reasonsFile)
  const heard = bulletin.hear(outcomeOf, logsToConsole ? LOGGED_CEILING_MS : UNLOGGED_WAIT_MS)
  signalTo(running.process, 'SIGHUP')
  const outcome = await heard
  if (outcome === 'reloaded') return
  if (outcome === 'ended') throw new DaemonError('NOT_RUNNING', 'keepalived ended while it reloaded')
  const reasons = readPlainSync(reasonsFile).split('\n').filter(line => line !== '')
  if (outcome === 'reloadRefused' || reasons.length > 0) throw new DaemonError('RELOAD_REFUSED', 'keepalived refused the new conf and runs the old one', reasons)
  if (!await answers()) throw new DaemonError('RELOAD_UNANSWERED', 'keepalived gave no word of the reload')
}

/** A list of reasons that cannot be emptied would be taken for that of this reload. */
function emptyFile (path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600))
  } catch (error) {
    throw new DaemonError('RELOAD_UNANSWERED', `${path} cannot be written, and without it nobody would know whether keepalived took the conf`, [], error)
  }
}

function outcomeOf (news: News): 'reloaded' | 'reloadRefused' | 'ended' | null {
  return news.kind === 'reloaded' || news.kind === 'reloadRefused' || news.kind === 'ended' ? news.kind : null
}
