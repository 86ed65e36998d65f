/**
 * Tells when the addresses or the links of this host change, by `ip monitor`, which passes on what the kernel reports.
 * One change comes as several reports, so they are gathered: told after a short quiet, or at the latest a while after
 * the first one (quiescence and quantum, as serf's coalescer has them). What changed is for the reader of the facts.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { ownIp, type Ip } from './ip.ts'

export interface AddressWatch {
  readonly close: () => void
}

export interface WatchOptions {
  /** @default 50 */
  readonly quiescenceMs?: number
  /** At least `quiescenceMs`. @default 500 */
  readonly quantumMs?: number
  readonly ip?: Ip
}

export interface WatchDependencies {
  readonly onChange: () => void
  /** The monitor ended and is started again; something may have been missed, so `onChange` follows. */
  readonly onRestart: (reason: string) => void
}

const RESTART_MS = 1_000

/** Begins to watch; `onChange` comes once at the beginning, when nothing can be missed any more. */
export function watchAddresses ({ quiescenceMs = 50, quantumMs = 500, ip = ownIp }: WatchOptions, { onChange, onRestart }: WatchDependencies): AddressWatch {
  let monitor: ChildProcess | null = null
  let restart: NodeJS.Timeout | undefined
  let quiet: NodeJS.Timeout | undefined
  let latest: NodeJS.Timeout | undefined
  let isClosed = false

  function begin (): void {
    const [program = 'ip', ...first] = ip.command
    // Detached: a signal to the agent's process group is for the agent, which then closes this.
    const child = spawn(program, [...first, '-o', 'monitor', 'address', 'link'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
    monitor = child
    child.stdout.on('data', gather)
    child.once('spawn', gather)
    child.once('error', error => { again(error.message) })
    child.once('exit', (code, signal) => { again(`ended with ${signal ?? code}`) })
  }

  function again (reason: string): void {
    if (isClosed || restart !== undefined) return
    onRestart(reason)
    restart = setTimeout(() => {
      restart = undefined
      begin()
    }, RESTART_MS)
  }

  function gather (): void {
    clearTimeout(quiet)
    quiet = setTimeout(tell, quiescenceMs)
    latest ??= setTimeout(tell, quantumMs)
  }

  function tell (): void {
    clearTimeout(quiet)
    clearTimeout(latest)
    latest = undefined
    if (!isClosed) onChange()
  }

  begin()
  return {
    close: () => {
      isClosed = true
      for (const timer of [restart, quiet, latest]) clearTimeout(timer)
      monitor?.kill()
    }
  }
}
