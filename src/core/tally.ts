/**
 * What has been so for how long: for people and metrics, and nothing is decided by it. Each of these is asked of the facts with every judgement, so
 * that what lasts a few milliseconds counts as well, as far as this member was told of it.
 */
import { isAgreed } from './agreement.ts'
import type { Facts } from './facts.ts'
import { masters } from './liveness.ts'
import { viewText } from './view.ts'

export interface Tally {
  /** Members, this one among them, that report MASTER and are not lost. */
  readonly severalMasters: Stopwatch
  readonly noMaster: Stopwatch
  /** The view, as text. */
  view: string
  /** When it last changed. */
  viewSinceMs: number
  viewChanges: number
  /** How long it took after that until all agreed; null while they do not. */
  agreementLagMs: number | null
}

/** Adds up the times in which something is so. */
export interface Stopwatch {
  /** Null while it is not so. */
  sinceMs: number | null
  totalMs: number
}

export function createTally (): Tally {
  return { severalMasters: { sinceMs: null, totalMs: 0 }, noMaster: { sinceMs: null, totalMs: 0 }, view: '', viewSinceMs: 0, viewChanges: 0, agreementLagMs: null }
}

export function judgeTally (facts: Facts): void {
  const { tally, keepalived, nowMs, table } = facts
  const count = masters(facts).length + Number(keepalived.vrrpState === 'MASTER')
  run(tally.severalMasters, count > 1, nowMs)
  run(tally.noMaster, count === 0, nowMs)
  const view = viewText(table)
  if (view !== tally.view) {
    tally.view = view
    tally.viewSinceMs = nowMs
    tally.viewChanges++
    tally.agreementLagMs = null
  }
  if (tally.agreementLagMs === null && isAgreed(facts)) tally.agreementLagMs = nowMs - tally.viewSinceMs
}

function run (stopwatch: Stopwatch, isSo: boolean, nowMs: number): void {
  if (isSo) stopwatch.sinceMs ??= nowMs
  else if (stopwatch.sinceMs !== null) {
    stopwatch.totalMs += nowMs - stopwatch.sinceMs
    stopwatch.sinceMs = null
  }
}

/** Milliseconds by now. */
export function shownBy ({ sinceMs, totalMs }: Stopwatch, nowMs: number): number {
  return totalMs + (sinceMs === null ? 0 : nowMs - sinceMs)
}
