/**
 * Two MASTERs in one view. VRRP settles that by itself where the two hear each other; where it lasts for longer, the junior says
 * why, stops and joins anew, so that clients find one holder (I11). The others tell as well, while they see two: whoever heard of the
 * second one so late that it had let go by then has nothing to tell.
 *
 * Two groups that meet have different founders. The members of the one with fewer that run go below the other's, one after
 * the other in the order that they had, in the same reload that adds the others as peers: VRRP then elects the senior
 * group's MASTER.
 *
 * Which group is the larger may look otherwise a moment later, to somebody else. So whoever has gone below a group that now
 * goes below its own does not go back while it runs, below those who stood below it (I2): it joins anew.
 */
import { compareAddresses } from './address.ts'
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { masters, runners } from './liveness.ts'
import { placeBelow } from './number.ts'
import { memoized, once } from './memo.ts'
import type { Outbox } from './outbox.ts'
import { rejoin, take } from './phase.ts'
import { acknowledgedWithin, askAgain } from './questions.ts'
import type { MemberRecord } from './record.ts'
import { advertMs } from './shared.ts'
import { sameSpec } from './spec.ts'
import { ACKNOWLEDGED_MS, RIVAL_ASK_MS } from './timing.ts'
import { priorityOf, runsVrrp } from './view.ts'

/** Besides three intervals: VRRP needs no longer to settle who is MASTER, where the two hear each other. */
const SETTLE_MS = 1000
const UNSETTLED = 'for longer than VRRP needs to settle that'

export function judgeRivals (facts: Facts, out: Outbox): void {
  const { keepalived, nowMs } = facts
  const rivals = masters(facts)
  const isMaster = keepalived.vrrpState === 'MASTER'
  if (rivals.length + (isMaster ? 1 : 0) < 2 || facts.leaving !== null) {
    facts.rivalsSinceMs = null
    return clear(facts, 'masters', out)
  }
  facts.rivalsSinceMs ??= nowMs
  if (isMaster) for (const { id } of rivals) askAgain(facts, id, RIVAL_ASK_MS, out)
  // Who saw two others for long, and then becomes a third, has its own time to give way.
  const sinceMs = isMaster ? Math.max(facts.rivalsSinceMs, keepalived.vrrpStateSinceMs) : facts.rivalsSinceMs
  // Those who give way to nobody tell it first: when the junior has let go there is nothing left to see.
  const own = facts.table.members.get(facts.options.id)?.statement
  const mayYield = isMaster && own !== undefined && rivals.some((rival) => isSenior(rival, own))
  const dueAtMs = sinceMs + 3 * advertMs(facts) + (mayYield ? SETTLE_MS : SETTLE_MS / 2)
  if (nowMs < dueAtMs) return out.wake(dueAtMs)
  if (isMaster) return yieldToSenior(facts, rivals, out)
  raise(facts, 'masters', `${addressesOf(rivals)} are all MASTER, ${UNSETTLED}`, out)
}

function yieldToSenior (facts: Facts, rivals: readonly MemberRecord[], out: Outbox): void {
  const own = facts.table.members.get(facts.options.id)?.statement
  // To stop a MASTER is grave: what was heard of the others before may be over.
  const confirmed = rivals.filter(({ id }) => facts.neighbours.get(id)?.acknowledgedAs === 'MASTER' && acknowledgedWithin(facts, id, ACKNOWLEDGED_MS))
  if (confirmed.length === 0 || own === undefined) return
  raise(facts, 'masters', `${addressesOf(confirmed)} is MASTER as well, ${UNSETTLED}`, out)
  if (facts.self.number !== null && confirmed.some((rival) => isSenior(rival, own))) rejoin(facts, out)
}

function addressesOf (members: readonly MemberRecord[]): string {
  return members.map(({ address }) => address).join(' and ')
}

function isSenior (a: MemberRecord, b: MemberRecord): boolean {
  const difference = (a.effectivePriority ?? priorityOf(a)) - (b.effectivePriority ?? priorityOf(b))
  return difference === 0 ? compareAddresses(a.address, b.address) > 0 : difference > 0
}

/** This member and the others that run, each with its group. */
const grouped = memoized((facts: Facts, own: MemberRecord) => [own, runners(facts)], (own, running) =>
  [own, ...running].filter((member) => runsVrrp(member) && member.founder !== null))

export function judgeMerge (facts: Facts, out: Outbox): void {
  const { self, keepalived, table, options } = facts
  const own = table.members.get(options.id)?.statement
  if (own === undefined || keepalived.run !== 'running' || self.founder === null || facts.leaving !== null) return
  const running = grouped(facts, own)
  const winner = winningFounder(running)
  if (winner === null || winner === self.founder) return
  // Seniors first: each goes below all that are in the other group by then.
  const seniors = running.filter((member) => member.founder === self.founder && (member.number ?? 0) > (self.number ?? 0))
  if (seniors.length > 0) return
  const winners = running.filter(({ founder }) => founder === winner)
  // The only MASTER, above all of them already, would move the VIP by going down.
  const isAboveAll = keepalived.vrrpState === 'MASTER' && masters(facts).length === 0 && winners.every((member) => priorityOf(member) < (options.pinned ?? self.number ?? 0))
  const number = isAboveAll ? self.number : placeBelow(Math.min(...winners.map((member) => member.number ?? Number.POSITIVE_INFINITY)))
  out.log('warn', isAboveAll ? 'two groups have met: this host is the MASTER of both' : 'two groups have met: this one goes below the other', { founder: winner, was: self.founder, number })
  const isWayBack = self.left.has(winner) && !isAboveAll
  self.left.add(self.founder)
  self.founder = winner
  // Who shares other settings would not hear it there: it comes in, or stays out, by the front door.
  const isStranger = !running.some((member) => member.founder === winner && sameSpec(member.spec, facts.shared.spec))
  if (number === null || isStranger || isWayBack) return rejoin(facts, out)
  take(facts, Math.min(number, self.number ?? number))
}

/** The founder with the most running members; of equals the lower id. Null when there is none. */
const winningFounder = once((running: readonly MemberRecord[]): string | null => {
  const sizes = new Map<string, number>()
  for (const { founder } of running) if (founder !== null) sizes.set(founder, (sizes.get(founder) ?? 0) + 1)
  const [first] = [...sizes].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return first?.[0] ?? null
})
