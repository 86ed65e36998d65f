/**
 * Who answers for the VIP on the wire. Before anybody claims a VIP it must have been silent: an answer comes from a
 * member whose agent is down, or from a stranger, and both keep it.
 */
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import { VIP_PROBE_MS } from './timing.ts'

export function probeVip ({ vip, nowMs }: Facts, out: Outbox): void {
  if (vip.probing) return
  if (nowMs < vip.nextProbeAtMs) return out.wake(vip.nextProbeAtMs)
  vip.probing = true
  vip.nextProbeAtMs = nowMs + VIP_PROBE_MS
  out.push({ kind: 'probeVip' })
}

export function onVipProbed ({ vip }: Facts, mac: string | null): void {
  vip.probing = false
  vip.silentProbes = mac === null ? vip.silentProbes + 1 : 0
  vip.mac = mac
}
