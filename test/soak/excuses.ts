/**
 * What each kind of fault may cost, and until when. The promise is short: a join, the leave of a BACKUP, anything that
 * strikes an agent, and whatever befalls a BACKUP that still hears the MASTER, cost nothing. What strikes the MASTER costs one election
 * of VRRP. What parts hosts that run VRRP makes two holders until 5 s after they can hear each other again.
 *
 * Where two faults overlap, the host that one of them struck as a BACKUP may be the next MASTER: it is then judged as both.
 */
import type { Kind } from './script.ts'

/** What can go wrong with the VIP. *Loss*: pings without an answer in time. */
export type Sort = 'vacancy' | 'overlap' | 'loss' | 'move'

/** Within that time, that sort of incident is explained by that cause. */
export interface Excuse {
  readonly sort: Sort
  readonly cause: string
  readonly fromMs: number
  readonly untilMs: number
  /** The longest that one stretch may last; null: as long as the excuse itself. */
  readonly longestMs: number | null
}

/** A fault that has struck. */
export interface Blow {
  readonly cause: string
  readonly kind: Kind
  /** Whether the host that it struck held the VIP, and whether it did not; both where faults overlap. */
  readonly master: boolean
  readonly backup: boolean
  readonly fromMs: number
  /** When it was undone; null for a fault that nobody undoes. */
  readonly undoneMs: number | null
  /** `3 × advert_int + skew + 0.3 s` of whoever is to take over. */
  readonly electionMs: number
}

/** After a heal, or whatever ends a time with two holders. */
const HEALED_MS = 5000
/** The MASTER that is stopped makes way first (3 × advert_int + 1 s at most), then stops keepalived. */
const HANDOVER_MS = 6000
/** Make before break: the old holder lets go when it hears the new one's first advert. */
const BREAK_MS = 1000
/** keepalived sends its first advert before it adds the VIP: the old holder may be a few milliseconds faster. */
const CROSSING_MS = 30
/** interval × fall (or rise), and as much again for the answers. */
const CHECK_MS = 8000
/** A client sends to the loser until the holder that stays has heard of its end and told the clients: measured 60 to 100 ms. */
const TOLD_MS = 1000

/** Made of a blow: from when until when, which sorts, and the longest stretch. */
type Window = readonly [sorts: readonly Sort[], fromMs: number, untilMs: number, longestMs?: number]

export function excusesOf (blow: Blow): Excuse[] {
  const windows = [...(blow.master ? masterWindows(blow) : []), ...(blow.backup ? backupWindows(blow) : [])]
  return windows.flatMap(([sorts, fromMs, untilMs, longestMs = null]) =>
    sorts.map(sort => ({ sort, cause: blow.cause, fromMs, untilMs, longestMs })))
}

function masterWindows (blow: Blow): Window[] {
  const { kind, fromMs, electionMs } = blow
  const undoneMs = blow.undoneMs ?? fromMs
  const election: Window = [['vacancy', 'loss', 'move'], fromMs, fromMs + electionMs]
  const apart: Window = [['overlap', 'move'], fromMs, undoneMs + HEALED_MS]
  const healed: Window = [['loss', 'vacancy'], undoneMs, undoneMs + HEALED_MS]
  switch (kind) {
    case 'join': case 'agent killed': case 'agent stopped': case 'mesh blocked': case 'deaf': return []
    case 'leave': return handoverWindows(fromMs, fromMs + HANDOVER_MS)
    case 'power loss': case 'keepalived killed': case 'vrrp child killed': return [election]
    case 'cut off': case 'split in halves': return [election, apart, healed]
    case 'mute': case 'paused': return [apart, healed]
    case 'VRRP blocked': return vrrpBlockedWindows(fromMs, undoneMs)
    case 'check fails': return [fromMs, undoneMs].flatMap(atMs => handoverWindows(atMs, atMs + CHECK_MS + electionMs))
  }
}

function backupWindows ({ kind, fromMs, ...blow }: Blow): Window[] {
  const undoneMs = blow.undoneMs ?? fromMs
  const healed: Window = [['loss', 'vacancy'], undoneMs, undoneMs + HEALED_MS]
  switch (kind) {
    case 'join': case 'leave': case 'power loss': case 'agent killed': case 'agent stopped': case 'keepalived killed':
    case 'vrrp child killed': case 'mesh blocked': case 'mute': case 'check fails': return []
    case 'cut off': case 'split in halves': case 'deaf': return [[['overlap', 'move'], fromMs, undoneMs + HEALED_MS], healed]
    case 'VRRP blocked': return vrrpBlockedWindows(fromMs, undoneMs)
    case 'paused': return [[['overlap', 'move', 'loss', 'vacancy'], undoneMs, undoneMs + HEALED_MS]]
  }
}

function handoverWindows (fromMs: number, untilMs: number): Window[] {
  return [[['move'], fromMs, untilMs], [['overlap'], fromMs, untilMs, BREAK_MS], [['vacancy', 'loss'], fromMs, untilMs, CROSSING_MS]]
}

function vrrpBlockedWindows (fromMs: number, undoneMs: number): Window[] {
  return [[['overlap', 'move', 'vacancy'], fromMs, undoneMs + HEALED_MS], [['loss'], fromMs, undoneMs + HEALED_MS + TOLD_MS, TOLD_MS]]
}
