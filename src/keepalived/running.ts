/**
 * A keepalived that runs: how its end is learned, and how it is ended. Our own child tells by itself. One that an
 * earlier agent started is nobody's child of ours; Linux wakes nobody for it, so /proc is looked at twice a second,
 * which costs one small read, and VRRP's own time-outs are longer.
 */
import type { ChildProcess } from 'node:child_process'
import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSame, ownerOf, type Process } from './process.ts'

/** How it ended; both null when nobody could see it, as for an adopted one. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Running {
  readonly process: Process
  /** Resolves once, never rejects; stays open for ever when the watching was stopped. */
  readonly ended: Promise<Ending>
  /** Looks now, where there is no word of the end. */
  readonly look: () => void
  readonly unwatch: () => void
}

const ADOPTED_POLL_MS = 500
const GONE_POLL_MS = 10
/** A vrrp child whose parent was killed ends by itself within some milliseconds: it says so to its peers and lets the VIP go. */
const ORPHAN_GRACE_MS = 1_000

/** Our own child. */
export function launched (child: ChildProcess, process: Process): Running {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>()
  if (child.exitCode !== null || child.signalCode !== null) resolve({ code: child.exitCode, signal: child.signalCode })
  else child.once('exit', (code, signal) => { resolve({ code, signal }) })
  return { process, ended, look: () => {}, unwatch: () => { child.unref() } }
}

/** A process that is not our child. */
export function adopted (process: Process): Running {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>()
  const timer = setInterval(look, ADOPTED_POLL_MS).unref()
  function look (): void {
    if (isSame(process)) return
    clearInterval(timer)
    resolve({ code: null, signal: null })
  }
  return { process, ended, look, unwatch: () => { clearInterval(timer) } }
}

/** Resolves to true as soon as the process is gone, to false after `ceilingMs`. */
export async function isGone (process: Process, ceilingMs: number): Promise<boolean> {
  const deadline = performance.now() + ceilingMs
  while (isSame(process)) {
    if (performance.now() >= deadline) return false
    await sleep(GONE_POLL_MS)
  }
  return true
}

/** Sends the signal if it is still that process; one that has ended meanwhile is no error. */
export function signalTo (process: Process, signal: NodeJS.Signals): void {
  if (!isSame(process)) return
  try {
    kill(process.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** The child of `parent` that a pid file names, if it lives, even when the parent does not any more. */
export function childOf (pidFile: string, parent: Process): Process | null {
  const child = ownerOf(pidFile)
  return child?.session === parent.session ? child : null
}

/** Sees that a child that lost its parent is gone, by force if need be. */
export async function endOrphan (child: Process): Promise<void> {
  if (await isGone(child, ORPHAN_GRACE_MS)) return
  signalTo(child, 'SIGKILL')
  await isGone(child, ORPHAN_GRACE_MS)
}
