/**
 * What this member knows of the spec that it shares with its group, or would found one with: now, before, and next. Part of
 * its facts; shared.ts and spec-change.ts judge them.
 */
import type { Memory } from './effect.ts'
import type { Conf } from './event.ts'
import type { GroupSpec } from './record.ts'

export interface Shared {
  /** What its keepalived runs with, or would start with, password included; null: not known yet. */
  spec: GroupSpec | null
  /** What its keepalived last ran with, in this run of the agent or before; null: never, or nobody knows. */
  ran: GroupSpec | null
  /** The conf with which the group's next spec is tested and stored. */
  prepared: Conf | null
  preparing: Conf | null
  prepareAtMs: number
  /** Digest of the spec that others may rely on to be stored here; as the record says it. */
  ready: string | null
  /** Digest of the change that was last logged. */
  toldTarget: string | null
  /** The VIPs that were last told to the shell. */
  toldVips: readonly string[] | null
}

export function createShared (memory: Memory | null): Shared {
  return { spec: null, ran: memory?.spec ?? null, prepared: null, preparing: null, prepareAtMs: 0, ready: null, toldTarget: null, toldVips: null }
}
