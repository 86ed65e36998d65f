/**
 * keepalived of this host as the core knows it: only by events, so what stands here is what was last told, never what was
 * asked for. Part of the facts; changed where an event is absorbed (running.ts) and where VRRP is told to stop (phase.ts).
 */
import type { Conf, Link } from './event.ts'
import type { Address, MemberId, VrrpState } from './record.ts'

/** keepalived as the last events showed it. */
export interface Keepalived {
  run: 'stopped' | 'starting' | 'running' | 'stopping'
  runSinceMs: number
  vrrpState: VrrpState
  vrrpStateSinceMs: number
  effectivePriority: number | null
  /** The conf on disk, which a running keepalived has taken. */
  applied: Conf | null
  /** The link that its conf names. */
  appliedLink: Link | null
  applying: Conf | null
  /** Listed since before this agent began, by nobody knows whom: they stay so while this run lasts, or until somebody is known there. */
  strangers: readonly Address[]
  lastAppliedAtMs: number
  /** Since when a reload waits for the MASTER to answer; null: none does. */
  putOffAtMs: number | null
  /** Since when confs are refused; null while they are taken. */
  refusedSinceMs: number | null
  refusal: string | null
  retryAtMs: number
  /** When whoever slept may write what it wants again: by then it knows what is new. */
  awakeAtMs: number
  /** Leave to start: by the group, or by a claim of the VIP where there is no group. Null: stay stopped. */
  clearance: 'join' | 'claim' | null
  clearedAtMs: number
  /** Whether this run began as a claim of the VIP that is not settled yet. */
  claiming: boolean
  probation: Probation | null
  /** Starts in a row that did not come up. */
  failedStarts: number
  respawnMs: number
  respawnAtMs: number
}

/** A run that began beside a MASTER and must hear its adverts. */
export interface Probation {
  /** Whose adverts it must hear; null: those of a static peer. */
  readonly master: MemberId | null
  readonly dueAtMs: number
  asked: boolean
  received: number | null
}

export function createKeepalived (): Keepalived {
  return {
    run: 'stopped',
    runSinceMs: 0,
    vrrpState: 'STOP',
    vrrpStateSinceMs: 0,
    effectivePriority: null,
    applied: null,
    appliedLink: null,
    applying: null,
    strangers: [],
    lastAppliedAtMs: Number.NEGATIVE_INFINITY,
    putOffAtMs: null,
    refusedSinceMs: null,
    refusal: null,
    retryAtMs: 0,
    awakeAtMs: 0,
    clearance: null,
    clearedAtMs: 0,
    failedStarts: 0,
    claiming: false,
    probation: null,
    respawnMs: 0,
    respawnAtMs: 0
  }
}
