/** What can go wrong with keepalived as a process: operational faults, each with a code to act on. */

export type DaemonErrorCode =
  /** The command is not there or cannot be executed. */
  | 'NOT_FOUND'
  /** keepalived runs already: ours, or another one under the same pid file. */
  | 'ALREADY_RUNNING'
  | 'NOT_RUNNING'
  /** It ended, or did not come up in time. */
  | 'START_FAILED'
  /** The conf did not pass keepalived's own test; the old one runs on. */
  | 'RELOAD_REFUSED'
  /** No word of the reload came in time; which conf runs is not known. */
  | 'RELOAD_UNANSWERED'

export class DaemonError extends Error {
  override readonly name = 'DaemonError'
  readonly code: DaemonErrorCode
  /** keepalived's own words, newest last. */
  readonly said: readonly string[]

  constructor (code: DaemonErrorCode, message: string, said: readonly string[] = [], cause?: unknown) {
    super(said.length === 0 ? message : `${message}: ${said.join('; ')}`, { cause })
    this.code = code
    this.said = said
  }
}
