/**
 * Who answers for the VIP on the wire. Before anybody claims a VIP it must have been silent: an answer comes from a
 * member whose agent is down, or from a stranger, and both keep it.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import { COLD_MAX_MS } from './timing.ts'

/** Probes unless that was done within the last `everyMs`. */
export function probeVip ({ vip, nowMs }: Facts, out: Outbox, everyMs: number): void {
  if (vip.probing) return
  if (nowMs < vip.probedAtMs + everyMs) return out.wake(vip.probedAtMs + everyMs)
  vip.probing = true
  vip.probedAtMs = nowMs
  out.push({ kind: 'probeVip' })
}

export function onVipProbed (facts: Facts, mac: string | null, out: Outbox): void {
  const { vip } = facts
  clear(facts, 'probe', out)
  vip.probing = false
  vip.silentProbes = mac === null ? vip.silentProbes + 1 : 0
  vip.mac = mac
}

/** A host that can never ask must not keep its group without a VIP for ever: after the longest wait, it counts as silence. */
export function onVipProbeFailed (facts: Facts, reason: string, out: Outbox): void {
  const { vip, nowMs, startedAtMs } = facts
  raise(facts, 'probe', `the VIP cannot be probed: ${reason}`, out, 'warn')
  vip.probing = false
  if (nowMs >= startedAtMs + COLD_MAX_MS) vip.silentProbes++
}
