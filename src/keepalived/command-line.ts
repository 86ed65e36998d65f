/**
 * The command line that keepalived is started with. The operator's `KEEPALIVED_CMD` is kept to the letter; what it
 * leaves open is appended: `-n`, because a keepalived that forks is nobody's child, and our own pid files, because the default ones belong to whichever keepalived comes first, and
 * two that share them end with "already running" and exit code 0. Options as in keepalived(8), which reads them by
 * getopt_long: `-p FILE`, `-pFILE`, `-nlp FILE`, `--pid FILE` and `--pid=FILE` are one.
 */
import { basename } from 'node:path'
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

/** keepalived's own default of `-f`. */
const DEFAULT_CONF = '/etc/keepalived/keepalived.conf'

/** Short options of keepalived that take a value; all text after one of them is that value. */
const TAKES_VALUE = new Set('fSuprcbAsiM')

/**
 * The full command line for `command`. Where the operator names pid files, those are used.
 * @param hasSyslog whether somebody listens on /dev/log; if not, each line would go to /dev/console, which may be slow
 */
export function commandLineOf (command: readonly string[], files: DaemonFiles, hasSyslog: boolean): CommandLine {
  const own: string[] = []
  const pidFile = optionOf(command, 'p', 'pid') ?? addOption(own, '-p', files.pid)
  const vrrpPidFile = optionOf(command, 'r', 'vrrp_pid') ?? addOption(own, '-r', files.vrrpPid)
  if (optionOf(command, 'c', 'checkers_pid') === null) addOption(own, '-c', files.checkersPid)
  if (optionOf(command, 'n', 'dont-fork') === null) own.push('-n')
  if (!hasSyslog && optionOf(command, 'S', 'log-facility') === null) own.push('-G')
  return { argv: [...command, ...own], conf: confIn(command), pidFile, vrrpPidFile, logsToConsole: optionOf(command, 'l', 'log-console') !== null }
}

/** The conf that a command names, if only by naming keepalived and no conf; null when it is a script that may name any. */
export function confIn (command: readonly string[]): string | null {
  const named = optionOf(command, 'f', 'use-file')
  return named ?? (command.some(word => basename(word) === 'keepalived') ? DEFAULT_CONF : null)
}

/** The path of the conf that a keepalived with these arguments reads. */
export function confOf (argv: readonly string[]): string {
  return optionOf(argv, 'f', 'use-file') ?? DEFAULT_CONF
}

/** The value of an option in `argv`: '' when it is there and takes none, null when it is not there. The last one wins. */
export function optionOf (argv: readonly string[], short: string, long: string): string | null {
  let value: string | null = null
  for (const [index, word] of argv.entries()) {
    const found = word.startsWith('--') ? longValue(word, long) : shortValue(word, short)
    if (found === null) continue
    value = found === '' && TAKES_VALUE.has(short) ? argv[index + 1] ?? '' : found
  }
  return value
}

function longValue (word: string, long: string): string | null {
  const [name = '', ...rest] = word.slice(2).split('=')
  return name === long ? rest.join('=') : null
}

function shortValue (word: string, short: string): string | null {
  if (!word.startsWith('-')) return null
  for (let index = 1; index < word.length; index++) {
    const letter = word.charAt(index)
    if (letter === short) return TAKES_VALUE.has(short) ? word.slice(index + 1) : ''
    if (TAKES_VALUE.has(letter)) return null
  }
  return null
}

function addOption (argv: string[], name: string, value: string): string {
  argv.push(name, value)
  return value
}
