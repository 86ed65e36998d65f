/**
 * Follows keepalived's log. The log is a plain file that keepalived appends to, because nothing else outlives the
 * agent safely: a pipe of the agent's kills keepalived (SIGPIPE) or blocks it when it is full, and a blocked
 * keepalived sends no adverts. What is written while no agent runs stays in the file. Read to the end, a file that has
 * grown too long is cut to nothing; keepalived, which appends, goes on at its start.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, watch } from 'node:fs'

/** Some ten thousand lines: a week of ordinary life. In /run, so it is memory. */
const SIZE_MAX = 1024 * 1024
const CHUNK = 64 * 1024

export interface LogTail {
  /** Reads what is there now, without waiting for word of it. */
  readonly read: () => void
  /** Drops all that the file holds, unread. */
  readonly cut: () => void
  readonly close: () => void
}

/**
 * Calls back for each line that is appended from now on.
 * @param path made when it is not there, mode 0600
 * @param onPast gets what stands in the file already, oldest first
 */
export function followLog (path: string, onLine: (line: string) => void, onPast: (line: string) => void = () => {}): LogTail {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  const chunk = Buffer.alloc(CHUNK)
  let position = 0
  let rest = ''

  function drain (deliver: (line: string) => void): void {
    const { size } = fstatSync(fd)
    if (size < position) position = 0 // somebody else cut it
    for (;;) {
      const length = readSync(fd, chunk, 0, CHUNK, position)
      if (length === 0) break
      position += length
      const lines = (rest + chunk.toString('utf8', 0, length)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) deliver(line)
    }
    if (position > SIZE_MAX) cut()
  }

  function cut (): void {
    ftruncateSync(fd, 0)
    position = 0
    rest = ''
  }

  drain(onPast)
  const watcher = watch(path, () => { drain(onLine) })
  return {
    read: () => { drain(onLine) },
    cut,
    close: () => {
      watcher.close()
      closeSync(fd)
    }
  }
}
