/**
 * The conf that the view asks for. Everyone in the view is listed, once it is sure that the address is its own: met
 * there, or vouched for by somebody who lists it, or known from before. A list only ever loses a member to a
 * tombstone.
 */
import type { Conf } from './event.ts'
import type { Facts } from './facts.ts'
import { isAlive } from './liveness.ts'
import { memoized, steady } from './memo.ts'
import { isListedAlready, isOnLink } from './place.ts'
import { relisted } from './outcast.ts'
import { partingOf } from './parting.ts'
import type { Listed } from './parting.ts'
import type { Address, MemberId, MemberRecord } from './record.ts'
import { sameSpec } from './spec.ts'
import { sameTexts } from './texts.ts'
import { COLD_MAX_MS } from './timing.ts'
import { listOf, lists, peersOf, viewOf } from './view.ts'
import type { View } from './view.ts'
import { furtherVips, vipAddresses } from './vips.ts'

/** `state MASTER` with this priority takes the VIP without waiting for anybody (RFC 9568 §5.2.4: the address owner). */
const CLAIM_PRIORITY = 255

/** Null while this member has no place in the view, or does not know enough to write a conf. `spec`: another one than now. */
export function wishOf (facts: Facts, spec = facts.shared.spec): Conf | null {
  const { self, options, keepalived } = facts
  if (self.number === null || self.address === null || spec === null || runsBeyondKnowledge(facts)) return null
  const claim = keepalived.claiming || keepalived.clearance === 'claim'
  return {
    priority: claim ? CLAIM_PRIORITY : options.pinned ?? self.number,
    claim,
    source: self.address,
    peers: peersToList(facts, self.address),
    lists: idsToList(facts),
    spec,
    vips: furtherVips(facts, spec)
  }
}

/** Everybody that is to be listed. */
const listed = steady((facts: Facts): readonly Listed[] => {
  const view = viewOf(facts.table)
  const vouchers = view.filter((member) => isCredible(facts, member))
  const members = listOf(view, facts.options.id).filter((member) => isListable(facts, member, vouchers))
  return [...members, ...partingOf(facts, members), ...relisted(facts)]
})

const peersToList = memoized((facts: Facts, own: Address) => [listed(facts), own, facts.options.staticPeers, facts.keepalived.strangers, vipAddresses(facts)],
  (members, own, staticPeers, strangers, vips) => peersOf(members, own, [...staticPeers, ...strangers], vips))

const idsToList = memoized((facts: Facts) => [listed(facts)], (members) => [...new Set(members.map(({ id }) => id))].toSorted())

function isListable (facts: Facts, { id, address }: MemberRecord, vouchers: View): boolean {
  if (isListedAlready(facts, id, address)) return true
  if (!isOnLink(facts, address)) return false
  return isFound(facts, id, address) || vouchers.some((other) => other.id !== id && lists(other, { id, address }))
}

function isFound ({ neighbours }: Facts, id: MemberId, address: Address): boolean {
  return neighbours.get(id)?.verified === address
}

/** Whoever vouches for others must be somebody: two that nobody has met could vouch for each other. */
function isCredible (facts: Facts, { id, address }: MemberRecord): boolean {
  return isAlive(facts, id) || isFound(facts, id, address) || isListedAlready(facts, id, address)
}

/**
 * Whether the conf that runs lists somebody of whom nothing is known: an agent that adopted a keepalived and has lost
 * its memory. The others know, and tell as soon as they are met. Whom nobody has named by then nobody knows but this host: its address stays
 * in the conf (partFromAdopted), and for one that is dead no joiner may be kept waiting for ever.
 */
function runsBeyondKnowledge ({ keepalived, table, nowMs, startedAtMs }: Facts): boolean {
  return nowMs < startedAtMs + COLD_MAX_MS && keepalived.run !== 'stopped' && keepalived.applied?.lists.some((id) => !table.members.has(id) && !table.tombstones.has(id)) === true
}

/** Whether that is what is on disk, and what a keepalived that runs has taken. */
export function isApplied ({ keepalived: { applied, appliedLink, run }, self }: Facts, wish: Conf): boolean {
  return applied !== null && sameConf(wish, applied) && (appliedLink === self.link || run !== 'stopped')
}

/** Whether `wish` lists more than what is applied, and differs in nothing else. */
export function onlyAdds (wish: Conf, applied: Conf | null): boolean {
  if (applied === null || !applied.peers.every((peer) => wish.peers.includes(peer)) || !applied.lists.every((id) => wish.lists.includes(id))) return false
  return sameConf({ ...wish, peers: applied.peers, lists: applied.lists }, applied)
}

/** Whether two confs are the same to the byte, as far as the core decides. */
export function sameConf (a: Conf, b: Conf): boolean {
  return a.priority === b.priority && a.claim === b.claim && a.source === b.source &&
    sameTexts(a.peers, b.peers) && sameTexts(a.lists, b.lists) && sameSpec(a.spec, b.spec) && sameTexts(a.vips, b.vips)
}
