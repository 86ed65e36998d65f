/**
 * What this member knows of the VIP by looking at the wire: who answers for it, whether somebody else holds it as well, and when
 * that was last looked at. Part of its facts; vip.ts, holder.ts, herald.ts and reach.ts judge them.
 */
import type { Address } from './record.ts'

export interface VipWatch {
  /** ARP probes without an answer, in a row. */
  silentProbes: number
  /** When the last of them came back without an answer. */
  silentAtMs: number
  /** Silence of probes that began before this says nothing of now: somebody who may claim went out of sight then. */
  heedsFromMs: number
  /** Who answered the last one. */
  mac: string | null
  /** Since when somebody else answers while this host holds the VIP; null while nobody does. */
  rivalSinceMs: number | null
  /** For how long this host had held it by then. */
  heldBeforeRivalMs: number
  /** Who that is, where it is no member that we know. */
  rivalMac: string | null
  /** Who else held the VIP when that was last looked at, while this host holds it (herald.ts). */
  coHolders: readonly string[]
  /** Where each static peer is, by the last probe of it that was answered, and when they were last asked (union.ts). */
  readonly staticMacs: Map<Address, string>
  staticProbedAtMs: number
  probing: boolean
  probedAtMs: number
  /** By the VIP that is asked who holds it. */
  readonly nextExchangeAtMs: Map<Address, number>
  /** Drawn once, so that lone hosts that start together part. */
  readonly jitterMs: number
}

/** `jitterMs`: drawn once, in [0, 1). */
export function createVipWatch (jitterMs: number): VipWatch {
  return {
    silentProbes: 0,
    silentAtMs: Number.NEGATIVE_INFINITY,
    heedsFromMs: Number.NEGATIVE_INFINITY,
    mac: null,
    rivalSinceMs: null,
    heldBeforeRivalMs: 0,
    rivalMac: null,
    coHolders: [],
    staticMacs: new Map(),
    staticProbedAtMs: Number.NEGATIVE_INFINITY,
    probing: false,
    probedAtMs: Number.NEGATIVE_INFINITY,
    nextExchangeAtMs: new Map(),
    jitterMs
  }
}
