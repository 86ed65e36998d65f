/**
 * What may move the VIP just now. Two kinds: the MASTER was touched, so another takes over, once; or the segment was
 * split (a partition, a pause, a VIP left behind), so that two may hold it for as long as the split lasts
 * and VRRP needs to see its end.
 */
import type { Host } from './host.ts'

export interface Excuses {
  /** The VIP may move for a while. */
  readonly excuse: (why: string) => void
  /** Two may hold it, and it may move, until the world has been whole for a while. */
  readonly split: (why: string, forMs?: number) => void
  /**
   * A check fails on that host, or no longer: while any does, an election may go another way than the numbers. Or a
   * stranger answers for the VIP, to whom a lone holder lets it go.
   */
  readonly ail: (what: Host | 'stranger', ails: boolean) => void
  /** That host was removed while it was out of reach: without an agent it never learns of it, and nobody lists it. */
  readonly outcast: Set<Host>
  readonly mayMove: () => boolean
  readonly mayBeHeldTwice: () => boolean
  /** When somebody last interfered. */
  readonly lastAtMs: () => number
}

/** A hand-over may take 5 s, an election 4. */
const MOVE_MS = 10_000
/** Groups meet, one lowers its numbers, a loser may stop and join anew. */
const SPLIT_MS = 30_000

export function createExcuses (
  { nowMs, isSplit }: { readonly nowMs: () => number, readonly isSplit: () => boolean },
): Excuses {
  let moveUntilMs = -Infinity
  let splitUntilMs = -Infinity
  let lastAtMs = -Infinity
  const ailing = new Set<Host | 'stranger'>()
  const split = (): boolean => {
    if (isSplit()) splitUntilMs = Math.max(splitUntilMs, nowMs() + SPLIT_MS)
    return nowMs() <= splitUntilMs
  }
  return {
    outcast: new Set(),
    excuse () {
      lastAtMs = nowMs()
      moveUntilMs = lastAtMs + MOVE_MS
    },
    split (_why, forMs = SPLIT_MS) {
      lastAtMs = nowMs()
      splitUntilMs = Math.max(splitUntilMs, lastAtMs + forMs)
    },
    ail (what, ails) {
      if (ails) ailing.add(what)
      else ailing.delete(what)
    },
    mayMove: () => split() || ailing.size > 0 || nowMs() <= moveUntilMs,
    mayBeHeldTwice: split,
    lastAtMs: () => lastAtMs,
  }
}
