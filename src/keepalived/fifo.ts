/**
 * The reading end of keepalived's notify fifo. keepalived opens the fifo for reading and writing and without blocking,
 * and keeps it open, and so do we: neither ever sees an end of file when the other goes, and what is written while no
 * agent runs waits in the pipe. The next agent throws that away, because a full pipe (64 KiB) drops the newest lines and
not the oldest, and asks for the state in another way. The file is made before keepalived starts, with mode 0600,
 * because keepalived would make it readable by all; it is never removed.
 */
import { spawnSync } from 'node:child_process'
import { constants, lstatSync, openSync, readSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'

export interface Fifo {
  /** Stops reading; keepalived writes on undisturbed. */
  readonly close: () => void
}

/**
 * Makes the fifo if need be and calls back for each line that is written from now on.
 * @throws what `mkfifo` or open(2) says, when the directory cannot be written
 */
export function openFifo (path: string, onLine: (line: string) => void): Fifo {
  if (!isFifo(path)) makeFifo(path)
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  discard(fd)
  const pipe = new Socket({ fd, readable: true, writable: false })
  const lines = createInterface({ input: pipe })
  lines.on('line', onLine)
  return {
    close: () => {
      lines.close()
      pipe.destroy()
    }
  }
}

function discard (fd: number): void {
  const chunk = Buffer.alloc(64 * 1024)
  try {
    while (readSync(fd, chunk) > 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
  }
}

function isFifo (path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false
}

/** Node has no mkfifo(3); the one of coreutils or busybox does it. */
function makeFifo (path: string): void {
  rmSync(path, { force: true })
  const { status, stderr, error } = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`mkfifo ${path}: ${stderr.trim()}`)
}
