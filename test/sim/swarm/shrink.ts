/**
 * A short story out of a long one: which few of the acts, hosts and minutes are enough to break the same promise. Acts go
 * by delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002): halves first,
 * then ever smaller parts, until none can be left out alone. A world without an act draws other delays afterwards, so
 * a shorter story is found more often by chance than by cause; hence a limit on the plays instead of a proof.
 */
import { cutDown, drawScript, type Script } from './script.ts'

/** Whether that script breaks the promise too, and when. Null: it does not. */
export type Breaks = (script: Script) => number | null

/** Of one shrinking. */
export const PLAYS_MAX = 100

export function shrunk (script: Script, breaks: Breaks, playsMax = PLAYS_MAX): Script {
  let plays = 0
  const breaksYet = (candidate: Script): boolean => plays++ < playsMax && breaks(candidate) !== null
  const atMs = breaks(script)
  let best = script
  if (atMs === null) return best
  const tryOn = (candidate: Script): void => { if (breaksYet(candidate)) best = candidate }

  tryOn(endingAt(best, atMs))
  const dropActs = (): void => {
    const acts = minimal(best.acts.map(({ number }) => number), only => breaksYet(cutDown(best, { only })))
    best = cutDown(best, { only: acts })
  }
  dropActs()
  for (let index = script.hosts - 1; index >= 0; index--) {
    if (!best.without.includes(index)) tryOn(cutDown(best, { without: [...best.without, index].toSorted((a, b) => a - b) }))
  }
  // What was done to hosts that are off now.
  if (best.without.length > script.without.length) dropActs()
  tryOn(endingAt(best, (best.acts.at(-1)?.atMs ?? 0) + 1000))
  return best
}

/** The same with no act after that instant: the script of as many tenths of minutes, and of those acts. */
function endingAt (script: Script, atMs: number): Script {
  const minutes = Math.min(script.minutes, Math.ceil(atMs / 6000) / 10)
  const only = new Set(script.acts.map(({ number }) => number))
  const whole = drawScript({ ...script, minutes })
  return { ...whole, acts: whole.acts.filter(({ number }) => only.has(number)), without: script.without }
}

/** A part of the items, in order, that still fails; none of it can be left out alone unless `fails` gave up. */
export function minimal <T> (items: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  let kept = items
  let parts = 2
  while (kept.length > 0) {
    const size = Math.ceil(kept.length / parts)
    const without = Array.from({ length: Math.ceil(kept.length / size) }, (_, part) =>
      kept.filter((_item, index) => Math.floor(index / size) !== part))
    const smaller = without.find(fails)
    if (smaller !== undefined) {
      kept = smaller
      parts = Math.max(2, parts - 1)
    } else if (size === 1) break
    else parts = Math.min(kept.length, parts * 2)
  }
  return kept
}
