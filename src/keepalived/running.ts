/**
 * A keepalived that runs: how its end is learned, and how it is ended. Our own child tells by itself. One that an
 * earlier agent or a script of the operator's started is nobody's child of ours; Linux wakes nobody for it, so /proc is
 * looked at twice a second, which costs one small read, and VRRP's own time-outs are longer.
 */
import type { ChildProcess } from 'node:child_process'
import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isKeepalived, isSame, type Process } from './process.ts'
import { keepalivedAmong, membersOf } from './session.ts'

/** How it ended; both null when nobody could see it, as for an adopted one. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Running {
  /** keepalived itself; until it is up, what was started. */
  readonly process: Process
  /** It is up: from now on keepalived is watched, and not the script that may have started it. */
  readonly settle: () => void
  /** All that must go when it goes, itself too. */
  readonly members: () => readonly Process[]
  /** Resolves once, never rejects; stays open for ever when the watching was stopped. */
  readonly ended: Promise<Ending>
  /** Looks now, where there is no word of the end. */
  readonly look: () => void
  readonly unwatch: () => void
}

const ADOPTED_POLL_MS = 500
const GONE_POLL_MS = 10
/** A vrrp child that lost its parent needs some milliseconds to say so to its peers and let the VIP go; a script may need more. */
const LEFTOVER_GRACE_MS = 1_000

/** Our own child, which leads a session. */
export function launched (child: ChildProcess, leader: Process): Running {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>()
  const members = (): readonly Process[] => membersOf(leader.session)
  let below: Running | null = null
  function onExit (code: number | null, signal: NodeJS.Signals | null): void {
    if (below === null) resolve({ code, signal })
  }
  if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
  else child.once('exit', onExit)
  return {
    get process () { return below?.process ?? leader },
    settle: () => {
      const found = keepalivedAmong(members())
      if (found === null || found.pid === leader.pid) return
      below = adopted(found)
      void below.ended.then(resolve)
    },
    members,
    ended,
    look: () => { below?.look() },
    unwatch: () => {
      child.unref()
      below?.unwatch()
    }
  }
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
  return {
    process,
    settle: () => {},
    members: () => membersOf(process.session).filter(isKeepalived),
    ended,
    look,
    unwatch: () => { clearInterval(timer) }
  }
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

/** Sees that what outlived keepalived is gone, by force if need be; its own children are told, anybody else may finish. */
export async function endAll (members: () => readonly Process[]): Promise<void> {
  const left = members()
  for (const process of left.filter(isKeepalived)) signalTo(process, 'SIGTERM')
  await Promise.all(left.map(process => isGone(process, LEFTOVER_GRACE_MS)))
  const stubborn = members()
  for (const process of stubborn) signalTo(process, 'SIGKILL')
  await Promise.all(stubborn.map(process => isGone(process, LEFTOVER_GRACE_MS)))
}
