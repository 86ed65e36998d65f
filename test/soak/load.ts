/**
 * How busy the machine is, as this process feels it: by how much a timer of its own comes late. keepalived and the
 * agents wait for the same processors, so what they do may be late by as much; the tolerance of the report follows it, within bounds.
 */
import { loadavg } from 'node:os'
import type { Slack } from './explain.ts'

export interface Load extends Slack {
  readonly summary: () => LoadSummary
  readonly stop: () => void
}

export interface LoadSummary {
  readonly worstLagMs: number
  /** How often the timer was late by more than {@link NOTABLE_LAG_MS}. */
  readonly lags: number
  /** The highest of the one-minute averages. */
  readonly highestLoad: number
}

interface Lag {
  readonly atMs: number
  readonly byMs: number
}

export const TOLERANCE_MIN_MS = 200
export const TOLERANCE_MAX_MS = 1000

const EVERY_MS = 20
const NOTABLE_LAG_MS = 50
/** A lag says something of what happens this long before and after it. */
const NEAR_MS = 5000

export function followLoad (): Load {
  const lags: Lag[] = []
  let highestLoad = 0
  let dueAtMs = performance.now() + EVERY_MS
  const timer = setInterval(() => {
    const byMs = performance.now() - dueAtMs
    if (byMs > NOTABLE_LAG_MS) lags.push({ atMs: Date.now(), byMs })
    dueAtMs = performance.now() + EVERY_MS
    highestLoad = Math.max(highestLoad, loadavg()[0] ?? 0)
  }, EVERY_MS)
  return {
    toleranceMs: atMs => Math.min(TOLERANCE_MAX_MS, TOLERANCE_MIN_MS + worstNear(atMs)),
    lagMs: atMs => Math.min(TOLERANCE_MAX_MS - TOLERANCE_MIN_MS, worstNear(atMs)),
    summary: () => ({ worstLagMs: Math.max(0, ...lags.map(({ byMs }) => byMs)), lags: lags.length, highestLoad }),
    stop: () => { clearInterval(timer) }
  }

  function worstNear (atMs: number): number {
    return Math.max(0, ...lags.filter(lag => Math.abs(lag.atMs - atMs) <= NEAR_MS).map(({ byMs }) => byMs))
  }
}
