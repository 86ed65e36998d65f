/**
 * What may move the VIP just now. Two kinds: the MASTER was touched, so another takes over, once; or the segment was
 * split (a partition, a pause, a VIP left behind), so that two may hold it for as long as the split lasts
 * and VRRP needs to see its end.
 */
import type { Host } from './host.ts'

export interface Excuses {
  /** The VIP may move for a while. */
  readonly excuse: (why: string, forMs?: number) => void
  /** Two may hold it, and it may move, until the world has been whole for a while. */
  readonly split: (why: string, forMs?: number) => void
  /** That host, which stands still and is no MASTER, may take the VIP when it goes on, until it hears; nobody else may. */
  readonly deafen: (host: Host) => void
  /**
   * A check fails on that host, or no longer: while any does, an election may go another way than the numbers. Or a
   * stranger answers for the VIP, to whom a lone holder lets it go.
   */
  readonly ail: (what: Host | 'stranger', ails: boolean) => void
  /** Whether it may move; `to`: to that host, or away from it. */
  readonly mayMove: (to?: Host) => boolean
  /** `by`: by any of these, besides another. */
  readonly mayBeHeldTwice: (by?: readonly Host[]) => boolean
  /** When somebody last interfered. */
  readonly lastAtMs: () => number
}

/** A hand-over may take 5 s, an election 4 … */
const MOVE_MS = 10_000
/** … with adverts each second; of a longer interval it takes so many. */
const ELECTION_ADVERTS = 4
/** Groups meet, one lowers its numbers, a loser may stop and join anew. */
const SPLIT_MS = 30_000

export function createExcuses (
  { nowMs, isSplit, advertIntMs }: { readonly nowMs: () => number, readonly isSplit: () => boolean, readonly advertIntMs: () => number },
): Excuses {
  let moveUntilMs = -Infinity
  let splitUntilMs = -Infinity
  let lastAtMs = -Infinity
  const deafUntilMs = new Map<Host, number>()
  const ailing = new Set<Host | 'stranger'>()
  const split = (): boolean => {
    if (isSplit()) splitUntilMs = Math.max(splitUntilMs, nowMs() + SPLIT_MS)
    return nowMs() <= splitUntilMs
  }
  const isDeaf = (host: Host): boolean => nowMs() <= (deafUntilMs.get(host) ?? -Infinity)
  return {
    excuse (_why, forMs = MOVE_MS + ELECTION_ADVERTS * Math.max(0, advertIntMs() - 1000)) {
      lastAtMs = nowMs()
      moveUntilMs = Math.max(moveUntilMs, lastAtMs + forMs)
    },
    split (_why, forMs = SPLIT_MS) {
      lastAtMs = nowMs()
      splitUntilMs = Math.max(splitUntilMs, lastAtMs + forMs)
    },
    deafen (host) {
      lastAtMs = nowMs()
      deafUntilMs.set(host, lastAtMs + SPLIT_MS)
    },
    ail (what, ails) {
      if (ails) ailing.add(what)
      else ailing.delete(what)
    },
    mayMove: to => split() || ailing.size > 0 || nowMs() <= moveUntilMs || (to !== undefined && isDeaf(to)),
    mayBeHeldTwice: (by = []) => split() || by.some(isDeaf),
    lastAtMs: () => lastAtMs,
  }
}
