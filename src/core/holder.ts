/**
 * A holder looks over its shoulder. Two hosts may hold one VIP without hearing each other: two that were alone and whose
 * networks were joined, a member whose agent is dead and whose keepalived does not list this host, a stranger. None of
 * them shows in VRRP; all of them answer ARP. So a holder asks who else does, soon after it has taken the VIP and then
 * now and then.
 *
 * Of two that are alone the one with the lower MAC lets go at once and looks again: the way through the VIP then leads to
 * the other one, and they become one group. Without an answer from an agent there, the other lets go later.
 *
 * A group keeps the VIP. Its MASTER cannot ask through a VIP that it holds itself, so it says whom it has seen, and a
 * BACKUP asks in its place (reach.ts).
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { isLost, listsSelf, masters, others, runners } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { lastWordOf, onOutcastSeen } from './outcast.ts'
import { block, rejoin } from './phase.ts'
import type { MemberRecord } from './record.ts'
import { advertMs } from './shared.ts'
import { ACKNOWLEDGED_MS, HOLDER_PROBE_MAX_MS, HOLDER_PROBE_MIN_MS, HOLDER_YIELD_MS } from './timing.ts'
import { probeVip } from './vip.ts'

export function judgeHolding (facts: Facts, out: Outbox): void {
  const { keepalived, nowMs } = facts
  if (keepalived.run !== 'running' || keepalived.vrrpState !== 'MASTER' || facts.leaving !== null) {
    forgetRival(facts)
    return tellRivalOf(facts, out)
  }
  // Switches must have learnt where the VIP is; then ever more rarely: after 1, 2, 4, 8 s, and so on, unless somebody else answers.
  const firstAtMs = keepalived.vrrpStateSinceMs + HOLDER_PROBE_MIN_MS
  if (nowMs < firstAtMs) return out.wake(firstAtMs)
  const heldMs = facts.vip.probedAtMs - keepalived.vrrpStateSinceMs
  probeVip(facts, out, facts.vip.mac === null && heldMs > HOLDER_PROBE_MIN_MS ? Math.min(HOLDER_PROBE_MAX_MS, heldMs) : HOLDER_PROBE_MIN_MS)
}

/** Somebody else answers for the VIP that this host holds; null: nobody does. */
export function onRivalAnswer (facts: Facts, mac: string | null, out: Outbox): void {
  const { vip, keepalived } = facts
  if (keepalived.vrrpState !== 'MASTER') return
  const member = mac === null ? undefined : others(facts).find((other) => other.mac === mac)
  if (mac === null || (member !== undefined && !isLost(facts, member.id))) {
    forgetRival(facts)
    return clear(facts, 'rival', out)
  }
  if (vip.rivalSinceMs === null) vip.heldBeforeRivalMs = facts.nowMs - keepalived.vrrpStateSinceMs
  vip.rivalSinceMs ??= facts.nowMs
  const owner = member ?? onOutcastSeen(facts, mac, out)?.record
  if (owner !== undefined) {
    if (standsStill(facts, owner)) return raise(facts, 'rival', `${owner.address} holds the VIP as well, and neither its agent nor its keepalived says a word: see whether that host stands still`, out)
    if (facts.nowMs >= vip.rivalSinceMs + settlingMs(facts, owner)) block(facts, `${owner.address} holds the VIP too: its agent does not answer and its keepalived does not hear this host`, out, { coHolder: owner.id })
    return
  }
  vip.rivalMac = mac
  raise(facts, 'rival', noticeOf(facts, mac), out)
  yieldToStranger(facts, mac, out)
}

/**
 * Of a host whose processes are frozen the kernel still answers for the VIP, and whoever took over is in the right: if it let
 * go, the next in order would, and so on, until nobody serves it. So who is listed there, and hears others of the group,
 * goes on. Who hears nobody is deaf itself.
 */
function standsStill (facts: Facts, owner: MemberRecord): boolean {
  return listedThisRun(facts, owner) && runners(facts).length > 0
}

/**
 * Whether it listed this host when it last spoke, and that was since VRRP runs here, or was what it began on: what it listed of an earlier
 * run it may have dropped.
 */
function listedThisRun (facts: Facts, owner: MemberRecord): boolean {
  const heardAtMs = lastWordOf(facts, owner.id) ?? facts.neighbours.get(owner.id)?.heardAtMs ?? Number.NEGATIVE_INFINITY
  return listsSelf(facts, owner) && heardAtMs >= facts.keepalived.runSinceMs - ACKNOWLEDGED_MS
}

/**
 * How long VRRP may need until one of two holders has heard the other. Whoever took the VIP just now is mostly the one that
 * is not listed, and so hears nothing: it waits for one advert, if the other listed it when it last spoke. Whoever held
 * the VIP before waits for longer than that.
 */
function settlingMs (facts: Facts, owner: MemberRecord): number {
  // Who was removed must be listed again before it can hear anybody.
  if (facts.vip.heldBeforeRivalMs >= HOLDER_PROBE_MAX_MS || lastWordOf(facts, owner.id) !== undefined) return 3 * advertMs(facts) + 1000
  return listedThisRun(facts, owner) ? 1.5 * advertMs(facts) : 0
}

function forgetRival ({ vip }: Facts): void {
  vip.rivalSinceMs = null
  vip.rivalMac = null
}

/** What the MASTER has seen stands in every member's status. */
function tellRivalOf (facts: Facts, out: Outbox): void {
  const mac = masters(facts).find(({ rival }) => rival !== null)?.rival ?? null
  if (mac === null) clear(facts, 'rival', out)
  else raise(facts, 'rival', noticeOf(facts, mac), out)
}

function noticeOf ({ options: { port } }: Facts, mac: string): string {
  return `${mac}, which is no member of the group, holds the VIP as well: stop keepalived there or take the VIP off its interface; ` +
    `if it is a host of this group, see that TCP port ${port} is open there`
}

function yieldToStranger (facts: Facts, mac: string, out: Outbox): void {
  const { vip, self, nowMs } = facts
  // Whoever has others finds the stranger's group, if it has one, through them.
  if (runners(facts).length > 0) return
  const patienceMs = self.mac !== null && self.mac < mac ? 0 : HOLDER_YIELD_MS
  if (nowMs < (vip.rivalSinceMs ?? nowMs) + patienceMs) return
  out.log('warn', 'letting the VIP go to see who the other holder is', { mac })
  rejoin(facts, out)
}
