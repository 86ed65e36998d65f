/**
 * What the process says with its exit code, after sysexits(3) where that has a word for it. The launcher reads these:
 * it ends with the agent after `ok`, `usage` and `unusable`, because another try would end alike, and starts the
 * agent again after anything else.
 */
export const exitCodes = {
  /** Stopped as asked; the command did what it says. */
  ok: 0,
  /** A command got no for an answer: no agent runs here, the agent refused, or `status` finds this host not well. */
  refused: 1,
  /** Bad configuration or command line; each fault was printed. EX_USAGE. */
  usage: 64,
  /** keepalived is missing or unusable. EX_UNAVAILABLE. */
  unusable: 69,
  /** A defect of ours. EX_SOFTWARE. */
  defect: 70
} as const

export type ExitCode = typeof exitCodes[keyof typeof exitCodes]
