/**
 * How the demo tells its story: lines with the time since the start and, on a terminal, below them a table of the hosts
 * that is drawn again in place. Where output goes to a file or a pipe there are only the lines.
 */
import type { WriteStream } from 'node:tty'

export interface Screen {
  /** A new act of the story. */
  readonly heading: (text: string) => void
  /** Something happened just now. */
  readonly say: (text: string) => void
  /** Something to know that has no time. */
  readonly note: (text: string) => void
  /** The hosts as they stand now: lines that replace the earlier ones. */
  readonly draw: (table: readonly string[]) => void
  /** Leaves the last table where it is; what is said later stands below it. */
  readonly settle: () => void
}

const BOLD = '\u001B[1m'
const PLAIN = '\u001B[0m'
const ERASE_BELOW = '\u001B[J'

export function createScreen (out: WriteStream): Screen {
  const startedAtMs = performance.now()
  const live = out.isTTY
  let table: readonly string[] = []
  return {
    heading: text => { print(['', live ? `${BOLD}${text}${PLAIN}` : text]) },
    say: text => { print([`${elapsed()}  ${text}`]) },
    note: text => { print([`  ${text}`]) },
    draw,
    settle: () => { table = [] }
  }

  function draw (lines: readonly string[]): void {
    // A line that wraps would take two rows, and the table could not be found again.
    const next = lines.map(line => line.slice(0, out.columns))
    if (!live || next.join('\n') === table.join('\n')) return
    erase()
    table = next
    write(table)
  }

  function print (lines: readonly string[]): void {
    erase()
    write(lines)
    write(table)
  }

  function erase (): void {
    if (table.length > 0) out.write(`\u001B[${table.length}A\r${ERASE_BELOW}`)
  }

  function write (lines: readonly string[]): void {
    for (const line of lines) out.write(`${line}\n`)
  }

  function elapsed (): string {
    return `${((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6)} s`
  }
}
