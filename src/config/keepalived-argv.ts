/**
 * What a command that runs keepalived says. Options as in keepalived(8), which reads them by getopt_long: `-p FILE`,
 * `-pFILE`, `-nlp FILE`, `--pid FILE` and `--pid=FILE` are one. The command may begin with others (`nice -n 5`), whose
 * options are not keepalived's; or it is a script of the operator's, which may do anything.
 */
import { posix } from 'node:path'

/** keepalived's own default of `-f`. */
const DEFAULT_CONF = '/etc/keepalived/keepalived.conf'

/** Short options of keepalived that take a value; all text after one of them is that value. */
const TAKES_VALUE = new Set('fSuprcbAsiM')

/** The words after keepalived's own name; where it is not named, those after the first. */
export function optionsIn (command: readonly string[]): readonly string[] {
  return command.slice(Math.max(0, command.findIndex(isKeepalivedName)) + 1)
}

/** The conf that a command names, if only by naming keepalived and no conf; null when it is a script that may name any. */
export function confIn (command: readonly string[]): string | null {
  return optionOf(optionsIn(command), 'f', 'use-file') ?? (command.some(isKeepalivedName) ? DEFAULT_CONF : null)
}

/** The path of the conf that a running keepalived with these arguments reads. */
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

function isKeepalivedName (word: string): boolean {
  return posix.basename(word) === 'keepalived'
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
