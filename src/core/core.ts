/**
 * The core: one member's whole judgement. Events in, effects out, nothing else: no clock, no randomness, no I/O, so
 * the code that runs in production is the code that runs in the simulator.
 */
import type { Effect, Memory } from './effect.ts'
import type { Event } from './event.ts'
import type { Address, Claim, GroupSpec, MemberId, Statement } from './record.ts'
import type { Status } from './status.ts'

export interface CoreOptions {
  readonly id: MemberId
  /** Own source address; null while the host has none. */
  readonly address: Address | null
  readonly port: number
  readonly pinned: number | null
  readonly software: string
  readonly spec: GroupSpec
  /** Addresses of every VIP, without prefix length: never dialled for a stream, never a peer. */
  readonly vips: readonly Address[]
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
  readonly step: (event: Event) => readonly Effect[]
  readonly status: () => Status
}

export declare function createCore (options: CoreOptions, dependencies: CoreDependencies): Core
export type { Memory }
