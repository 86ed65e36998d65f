/**
 * The command line that keepalived is started with. The operator's `KEEPALIVED_CMD` is kept to the letter; what it
 * leaves open is appended: `-n`, because a keepalived that forks is nobody's child,
 * and our own pid files, because the default ones belong to whichever keepalived comes first, and two that share them
 * end with "already running" and exit code 0.
 */
import { confIn, optionOf, optionsIn } from '../config/keepalived-argv.ts'
import type { DaemonFiles } from './daemon-files.ts'

/** What is started, and what can be told from it. */
export interface CommandLine {
  readonly argv: readonly string[]
  /** As the command names it; with the name of the program it tells our keepalived from others. Null: a script decides. */
  readonly conf: string | null
  readonly pidFile: string
  readonly vrrpPidFile: string
  /** Whether it logs where we can read: without, a reload cannot be told from its refusal. */
  readonly logsToConsole: boolean
}

/**
 * The full command line for `command`. Where the operator names pid files, those are used.
 * @param hasSyslog whether somebody listens on /dev/log; if not, each line would go to /dev/console, which may be slow
 */
export function commandLineOf (command: readonly string[], files: DaemonFiles, hasSyslog: boolean): CommandLine {
  const own: string[] = []
  const given = optionsIn(command)
  const pidFile = optionOf(given, 'p', 'pid') ?? addOption(own, '-p', files.pid)
  const vrrpPidFile = optionOf(given, 'r', 'vrrp_pid') ?? addOption(own, '-r', files.vrrpPid)
  if (optionOf(given, 'c', 'checkers_pid') === null) addOption(own, '-c', files.checkersPid)
  if (optionOf(given, 'n', 'dont-fork') === null) own.push('-n')
  if (!hasSyslog && optionOf(given, 'S', 'log-facility') === null) own.push('-G')
  return { argv: [...command, ...own], conf: confIn(command), pidFile, vrrpPidFile, logsToConsole: optionOf(given, 'l', 'log-console') !== null }
}

function addOption (argv: string[], name: string, value: string): string {
  argv.push(name, value)
  return value
}
