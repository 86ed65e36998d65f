/**
 * All that the core can ask of the world. Effects are performed in order. Long work is only started by an effect; its
 * end comes back as an event, named here.
 */
import type { Conf } from './event.ts'
import type { Message } from './message.ts'
import type { Address, Claim, GroupSpec, MemberId } from './record.ts'

export type Effect =
  /** Deliver a `timer` event at that instant. There is one timer: a later effect takes the place of the earlier. */
  | { readonly kind: 'timer', readonly atMs: number }
  /**
   * Open a stream that stays → `linked` or `dialFailed`; `verified` when whoever answers has one already. `to`: who is expected there. Nothing when that
   * one has a stream before it is the turn of this dial.
   */
  | { readonly kind: 'dial', readonly address: Address, readonly port: number, readonly to?: MemberId }
  /** A dial there that has not begun yet is not wanted any more. */
  | { readonly kind: 'forgo', readonly address: Address, readonly port: number }
  /** Connect anew, see whose key answers, hang up → `verified` or `dialFailed`. */
  | { readonly kind: 'verify', readonly address: Address, readonly port: number }
  /** Connect, swap tables, hang up → `claims` or `dialFailed`. */
  | { readonly kind: 'exchange', readonly address: Address, readonly port: number, readonly claims: readonly Claim[] }
  /** Answers an `exchange` event. */
  | { readonly kind: 'reply', readonly exchange: number, readonly claims: readonly Claim[] }
  | { readonly kind: 'send', readonly to: MemberId, readonly message: Message }
  | { readonly kind: 'hangUp', readonly id: MemberId }
  /** Gossip to the group. */
  | { readonly kind: 'publish', readonly claims: readonly Claim[] }
  /** Render, test and store; reload when keepalived runs → `applied` or `applyFailed`. */
  | { readonly kind: 'apply', readonly conf: Conf, readonly place: Place }
  /** Render, test and store beside the conf, so that to apply it takes no longer than a reload → `prepared` or `prepareFailed`. */
  | { readonly kind: 'prepare', readonly conf: Conf }
  /** Start keepalived on the stored conf → `keepalivedStarted` or `keepalivedStopped`. */
  | { readonly kind: 'start' }
  /** Stop keepalived and see that the VIP is gone → `keepalivedStopped`. */
  | { readonly kind: 'stop' }
  /** Lower (or restore, 0) the priority at once, without a reload: −253 … 0. */
  | { readonly kind: 'lower', readonly by: number }
  /** Tell clients and switches once more that the VIPs are here, as when they were taken. */
  | { readonly kind: 'herald' }
  /** Ask keepalived for its counters → `adverts`. */
  | { readonly kind: 'countAdverts' }
  /** → `vipProbed` or `vipProbeFailed`. */
  | { readonly kind: 'probeVip', readonly address: Address }
  /** Ask the wire whether a host lives whose agent does not answer → `addressProbed`. */
  | { readonly kind: 'probeAddress', readonly address: Address, readonly askedAtMs: number }
  /** The VIPs of the group, with prefix length, the one that adverts carry first: none of them is this host's own address. */
  | { readonly kind: 'vips', readonly vips: readonly string[] }
  /** End this run, in which VRRP has stopped, and begin another one under a new identity. */
  | { readonly kind: 'renew' }
  /** Keep on disk, for the next start. */
  | { readonly kind: 'remember', readonly memory: Memory }
  | { readonly kind: 'log', readonly level: 'debug' | 'info' | 'warn' | 'error', readonly message: string, readonly facts: Readonly<Record<string, unknown>> }
  /** The group has been left; nothing of the agent needs to run on. */
  | { readonly kind: 'exit' }

/** Where the conf comes from: what whoever adopts its keepalived must know, before it runs. Null until there is a group. */
export interface Place {
  readonly number: number
  readonly founder: MemberId | null
}

/** What a member knows again after a restart: its own place, and the table, signed as it was. */
export interface Memory {
  readonly incarnation: number
  readonly founder: MemberId | null
  readonly number: number | null
  /** What it ran with. */
  readonly spec: GroupSpec | null
  readonly claims: readonly Claim[]
}
