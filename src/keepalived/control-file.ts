/**
 * The file that moves the priority without a reload: keepalived's `track_file` with weight 1 adds the number in it to
 * the priority as soon as the file is closed after writing. It is written in place and never removed or renamed,
 * because keepalived follows the file by name and an absent one changes nothing. The text has always the same length
 * and is never cut first, so that a reload that reads at the same moment finds the old or the new number.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs'

/** −254 means FAULT to keepalived, and FAULT lets the VIP go before anybody took it. */
const LOWEST = -253

/** Puts the offset into force, if keepalived runs; else it holds from its start. @param by −253 … 0 */
export function writeOffset (path: string, by: number): void {
  if (!Number.isInteger(by) || by > 0 || by < LOWEST) throw new RangeError(`an offset of ${LOWEST} … 0 was expected, not ${by}`)
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  try {
    writeSync(fd, `${by}`.padStart(5) + '\n', 0)
  } finally {
    closeSync(fd)
  }
}
