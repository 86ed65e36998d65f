/**
 * The core: one member's whole judgement. Events in, effects out, nothing else: no clock, no randomness, no I/O, so
 * the code that runs in production is the code that runs in the simulator.
 */
import { absorb } from './absorb.ts'
import { judgeAdmission } from './admission.ts'
import { announce, beat, remember } from './announce.ts'
import { forgive } from './awake.ts'
import { judgeBurials } from './burial.ts'
import { judgeClashes } from './clash.ts'
import type { Effect, Memory } from './effect.ts'
import type { Event, Held, Link } from './event.ts'
import { createFacts } from './facts.ts'
import type { Facts } from './facts.ts'
import { judgeLeaving } from './farewell.ts'
import { judgeForeign } from './foreign.ts'
import { judgeForgetting } from './forgetting.ts'
import { judgeFounding } from './founding.ts'
import { judgeHerald } from './herald.ts'
import { judgeHolding } from './holder.ts'
import { isNoNews } from './news.ts'
import { judgeNumber } from './numbering.ts'
import { createOutbox } from './outbox.ts'
import type { Outbox } from './outbox.ts'
import { judgeOutcasts } from './outcast.ts'
import { judgeBlock } from './phase.ts'
import { judgePlaces } from './place.ts'
import { judgeProbation } from './probation.ts'
import { judgeReach } from './reach.ts'
import type { Address, Claim, GroupSpec, MemberId, Statement } from './record.ts'
import { judgeRoom } from './room.ts'
import { judgeMerge, judgeRivals } from './rivalry.ts'
import { judgeKeepalived } from './running.ts'
import { judgeSeat } from './seat.ts'
import { judgeSpec } from './shared.ts'
import { judgeChange } from './spec-change.ts'
import { statusOf } from './status.ts'
import type { Status } from './status.ts'
import { judgeLiveness } from './suspicion.ts'
import { judgeSpread } from './spread.ts'
import { judgeTally } from './tally.ts'
import { judgeTwin } from './twin.ts'
import { tellVips } from './vips.ts'

export interface CoreOptions {
  readonly id: MemberId
  /** Own source address; null while the host has none. */
  readonly address: Address | null
  /** Of the interface with that address. */
  readonly mac: string | null
  readonly link: Link | null
  /** Every address of this host; empty: it has none, or they cannot be read. */
  readonly held: readonly Held[]
  readonly port: number
  readonly pinned: number | null
  readonly software: string
  /** What the environment brings of what the group must share; null: it has no VIP, and all is learnt. */
  readonly spec: GroupSpec | null
  /** Every VIP that the environment brings, with prefix length, in its order: never dialled for a stream, never a peer. */
  readonly vips: readonly string[]
  /** Whether the operator set the password in `spec`; one that nobody set gives way to the group's. */
  readonly isAuthPassSet: boolean
  /** Passwords that this host knows without the others, by their digest. Secret. */
  readonly passwords: ReadonlyMap<string, string>
  /** Whether a secret keeps the mesh closed: only then are passwords told, and believed. */
  readonly hasSecret: boolean
  /** Whether whoever holds the VIP is asked for the group (`vip` in `KEEPALIVED_MESH_DISCOVERY`). */
  readonly asksVip: boolean
  /** `KEEPALIVED_UNICAST_PEER_###` in union mode: always listed. */
  readonly staticPeers: readonly Address[]
  /** Higher than any that this id ever used. */
  readonly incarnation: number
  readonly memory: Memory | null
  /** `KEEPALIVED_MESH_UNLIST`, in milliseconds. */
  readonly unlistMs: number
}

export interface CoreDependencies {
  /** Signs as this member. Pure: Ed25519 is deterministic (RFC 8032). */
  readonly seal: <S extends Statement>(statement: S) => Claim<S>
  /** A number in [0, 1), from a seed in the simulator. */
  readonly random: () => number
}

export interface Core {
  /** What has come to hand at one instant, in its order: it is taken in event by event, and judged once. */
  readonly step: (...events: readonly [Event, ...Event[]]) => readonly Effect[]
  readonly status: () => Status
}

/** Every part judges all that is known, in this order: who lives, who is out, where to dial, what to run, what to tell. */
const PARTS: ReadonlyArray<(facts: Facts, out: Outbox) => void> = [
  judgeRoom, judgeLiveness, judgeBurials, judgeOutcasts, judgeSpec, judgeSeat, judgeTwin, judgeReach, judgePlaces, judgeBlock, judgeClashes, judgeFounding, judgeAdmission, judgeProbation,
  judgeHolding, judgeForeign, judgeRivals, judgeHerald, judgeMerge, judgeNumber, judgeLeaving, judgeChange, judgeKeepalived, announce, beat, remember, tellVips,
  judgeForgetting, judgeTally, judgeSpread
]

/** A timer that comes later than this tells that this process was not scheduled, or that the machine is overloaded. */
const LAG_MS = 250
/** One that comes later than this, that the machine is busy. */
const LATE_MS = 100

export function createCore (options: CoreOptions, dependencies: CoreDependencies): Core {
  return coreOn(createFacts(options, dependencies))
}

/** The core that judges these facts, which nobody else changes. */
export function coreOn (facts: Facts): Core {
  let wakeAtMs = Number.POSITIVE_INFINITY
  return {
    status: () => statusOf(facts),
    step (...events) {
      const out = createOutbox()
      const [{ atMs }] = events
      facts.nowMs = atMs
      if (atMs > wakeAtMs + LATE_MS) facts.lateAtMs = atMs
      if (atMs > wakeAtMs + LAG_MS) forgive(facts, atMs - wakeAtMs)
      let isNews = atMs >= wakeAtMs
      for (const event of events) {
        isNews ||= !isNoNews(facts, event)
        // It has gone off, be it early: whatever is due then must be asked for again.
        if (event.kind === 'timer') wakeAtMs = Number.POSITIVE_INFINITY
        absorb(facts, event, out)
      }
      if (!isNews) return out.effects
      for (const judge of PARTS) judge(facts, out)
      const nextAtMs = Math.max(out.wakeAtMs(), atMs + 1)
      if (nextAtMs !== wakeAtMs) out.push({ kind: 'timer', atMs: nextAtMs })
      wakeAtMs = nextAtMs
      return out.effects
    }
  }
}
