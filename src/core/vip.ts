/**
 * Who answers for the VIP on the wire. Before anybody claims a VIP it must have been silent: an answer comes from a
 * member whose agent is down, or from a stranger, and both keep it.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import { advertMs } from './shared.ts'
import { COLD_MAX_MS, LONE_SILENT_PROBES, VIP_PROBE_MS, VIP_SILENCE_MS } from './timing.ts'
import { firstVip } from './vips.ts'

/** Probes unless that was done within the last `everyMs`. */
export function probeVip (facts: Facts, out: Outbox, everyMs: number): void {
  const { vip, nowMs } = facts
  const address = firstVip(facts)
  if (vip.probing || address === null) return
  if (nowMs < vip.probedAtMs + everyMs) return out.wake(vip.probedAtMs + everyMs)
  vip.probing = true
  vip.probedAtMs = nowMs
  out.push({ kind: 'probeVip', address })
}

/** Whether the VIP has been silent for so many probes in a row, the last of them just now. */
export function isSilent ({ vip, nowMs }: Facts, probes: number): boolean {
  return vip.silentProbes >= probes && nowMs <= vip.silentAtMs + VIP_SILENCE_MS
}

/**
 * How many probes must stay silent until nobody can be about to take the VIP: an election that this host cannot see takes
 * three intervals and the skew.
 */
export function electionProbes (facts: Facts): number {
  return Math.max(LONE_SILENT_PROBES, Math.ceil(4 * advertMs(facts) / VIP_PROBE_MS) + 1)
}

export function onVipProbed (facts: Facts, mac: string | null, out: Outbox): void {
  const { vip } = facts
  clear(facts, 'probe', out)
  vip.probing = false
  if (mac === null) countSilence(facts)
  else vip.silentProbes = 0
  vip.mac = mac
}

/** From then on alone silence counts, of probes that begin by then. */
export function heedFrom ({ vip }: Facts, atMs: number): void {
  if (atMs <= vip.heedsFromMs) return
  vip.heedsFromMs = atMs
  vip.silentProbes = 0
}

/** Silence that was heard before a pause says nothing of now. */
function countSilence (facts: Facts): void {
  const { vip, nowMs } = facts
  if (vip.probedAtMs < vip.heedsFromMs) return
  vip.silentProbes = isSilent(facts, 1) ? vip.silentProbes + 1 : 1
  vip.silentAtMs = nowMs
}

/** A host that can never ask must not keep its group without a VIP for ever: after the longest wait, it counts as silence. */
export function onVipProbeFailed (facts: Facts, reason: string, out: Outbox): void {
  const { vip, nowMs, startedAtMs } = facts
  raise(facts, 'probe', `the VIP cannot be probed: ${reason}`, out, 'warn')
  vip.probing = false
  if (nowMs >= startedAtMs + COLD_MAX_MS) countSilence(facts)
}
