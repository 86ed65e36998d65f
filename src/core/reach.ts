/**
 * Whom to connect to. Every source of discovery only adds leads; this is the one place that decides to dial. One stream
 * for each pair: the lower id dials, the higher waits a moment before it does so too. An address counts as a member's
 * own once its key was met there, by whichever side dialled. Who is distant (degree.ts) is dialled only when nobody vouches for it.
 *
 * The VIP is a lead as well, and the best one: whoever holds it is the MASTER. But the connection goes wherever the
 * VIP is at that moment, so it serves one exchange of tables and is closed.
 */
import { distant } from './degree.ts'
import type { Happening } from './event.ts'
import type { Facts, Lead, Neighbour } from './facts.ts'
import { isLost, masters, neighbourOf, others, runners } from './liveness.ts'
import { memoized } from './memo.ts'
import type { Outbox } from './outbox.ts'
import { isListedAlready, isOnLink } from './place.ts'
import type { Address, MemberId, MemberRecord } from './record.ts'
import { MANY_MIN, isCrowd } from './room.ts'
import { claimsOf } from './table.ts'
import { FOUND_AMONG_MANY_MS, REDIAL_MS, STRANGER_REDIAL_MAX_MS, VIP_EXCHANGE_MEMBER_MS, VIP_EXCHANGE_RIVAL_MS, VIP_EXCHANGE_SEEKING_MS, YIELD_DIAL_MS, tickAt } from './timing.ts'
import { runsVrrp, viewOf } from './view.ts'
import { awaitedVip, firstVip, isVip } from './vips.ts'

/** More addresses than any group has. A further one takes the place of one that has long led nowhere, or is dropped. */
const LEADS_MAX = 512
const STRANGER_REDIAL_MIN_MS = 250
/** In a crowd, a member that was never met is not dialled before this. */
const CROWD_DIAL_MS = 5000
/** A lead that failed so often in a row leads nowhere. */
const NOWHERE_FAILURES = 6

/** Takes a lead in, unless it leads to ourselves or to wherever a VIP may be. */
export function follow (facts: Facts, address: Address, port: number, source: string | null = null): Lead | null {
  return followTo(facts, placeOf(address, port), address, port, source)
}

function followTo (facts: Facts, place: string, address: Address, port: number, source: string | null): Lead | null {
  const known = facts.leads.get(place)
  if (known !== undefined) {
    known.namedAtMs = facts.nowMs
    return known
  }
  if (address === facts.self.address || isVip(facts, address) || !hasRoom(facts)) return null
  const strangerFromMs = facts.nowMs + (source !== null && facts.leads.size >= MANY_MIN ? FOUND_AMONG_MANY_MS : 0)
  const lead: Lead = { address, port, id: null, source, namedAtMs: facts.nowMs, failures: 0, isUnderWay: false, strangerFromMs, nextDialAtMs: facts.nowMs, nextVerifyAtMs: facts.nowMs }
  facts.leads.set(place, lead)
  return lead
}

function hasRoom (facts: Facts): boolean {
  const { leads } = facts
  if (leads.size < LEADS_MAX) return true
  const ofMembers = memberPlaces(facts)
  for (const [place, { failures }] of leads) if (failures >= NOWHERE_FAILURES && !ofMembers.has(place)) return leads.delete(place)
  return false
}

export function isKnownPlace ({ leads }: Facts, address: Address, port: number): boolean {
  return leads.has(placeOf(address, port))
}

export function judgeReach (facts: Facts, out: Outbox): void {
  const unsought = distant(facts)
  for (const { place, member } of placed(facts)) reachMember(facts, place, member, unsought.has(member.id), out)
  const ofMembers = memberPlaces(facts)
  for (const [place, lead] of facts.leads) {
    if (!ofMembers.has(place)) reachStranger(facts, lead, out)
  }
  exchangeThroughVips(facts, out)
}

/** The others by the key of the lead to each; two may be at one place. */
const placed = memoized((facts: Facts) => [others(facts)], (members) => members.map((member) => ({ member, place: placeOf(member.address, member.port) })))

/** Where the members of the table are, as keys of leads. */
export const memberPlaces = memoized((facts: Facts) => [placed(facts)], (members): ReadonlySet<string> => new Set(members.map(({ place }) => place)))

/** The key of a lead. */
export function placeOf (address: Address, port: number): string {
  return `${address} ${port}`
}

/** A member without a stream is dialled at a steady pace, for as long as it is in the table. */
function reachMember (facts: Facts, place: string, { id, address, port }: MemberRecord, isUnsought: boolean, out: Outbox): void {
  if (!isOnLink(facts, address) && !isListedAlready(facts, id, address)) return
  const lead = followTo(facts, place, address, port, null)
  if (lead === null) return
  if (lead.id === null && facts.options.id > id) lead.nextDialAtMs = Math.max(lead.nextDialAtMs, facts.nowMs + YIELD_DIAL_MS)
  // Who is really there dials this host meanwhile.
  if (lead.id === null && isCrowd(facts)) lead.nextDialAtMs = Math.max(lead.nextDialAtMs, facts.nowMs + CROWD_DIAL_MS)
  lead.id = id
  const neighbour = neighbourOf(facts, id)
  const againAfterMs = isCrowd(facts) && neighbour.verified === null ? STRANGER_REDIAL_MAX_MS : REDIAL_MS
  if (!neighbour.linked && isUnsought) return leaveToOthers(facts, lead, neighbour, againAfterMs, out)
  if (!neighbour.linked) return dialWhenDue(facts, lead, againAfterMs, out)
  if (neighbour.verified === address) return
  if (facts.nowMs < lead.nextVerifyAtMs) return out.wake(lead.nextVerifyAtMs)
  lead.nextVerifyAtMs = facts.nowMs + REDIAL_MS
  out.wake(lead.nextVerifyAtMs)
  out.push({ kind: 'verify', address, port })
}

/**
 * Whoever has a stream to it answers for it. If nobody does in time it is dialled before it is lost, for there may be none that reaches it; and
 * once it is lost now and then, and so found when it is back.
 */
function leaveToOthers (facts: Facts, lead: Lead, { unvouchedAtMs, lostAtMs }: Neighbour, againAfterMs: number, out: Outbox): void {
  if (lostAtMs !== null) return dialWhenDue(facts, lead, STRANGER_REDIAL_MAX_MS, out)
  if (unvouchedAtMs !== null) return dialWhenDue(facts, lead, againAfterMs, out)
  if (lead.isUnderWay) out.push({ kind: 'forgo', address: lead.address, port: lead.port })
  lead.isUnderWay = false
}

/** An address that no record names: tried ever more rarely, and not at all once we know who is there. */
function reachStranger (facts: Facts, lead: Lead, out: Outbox): void {
  if (lead.id !== null && neighbourOf(facts, lead.id).linked) return
  if (facts.nowMs < lead.strangerFromMs) return out.wake(lead.strangerFromMs)
  dialWhenDue(facts, lead, Math.min(STRANGER_REDIAL_MAX_MS, STRANGER_REDIAL_MIN_MS * 2 ** lead.failures), out)
}

function dialWhenDue (facts: Facts, lead: Lead, againAfterMs: number, out: Outbox): void {
  // A stranger that was hardly tried any more may be a member again.
  lead.nextDialAtMs = Math.min(lead.nextDialAtMs, tickAt(facts.nowMs + againAfterMs))
  if (facts.nowMs >= lead.nextDialAtMs) {
    lead.nextDialAtMs = tickAt(facts.nowMs + againAfterMs)
    lead.isUnderWay = true
    out.push({ kind: 'dial', address: lead.address, port: lead.port, ...lead.id === null ? {} : { to: lead.id } })
  }
  out.wake(lead.nextDialAtMs)
}

function exchangeThroughVips (facts: Facts, out: Outbox): void {
  const vip = firstVip(facts)
  const everyMs = exchangeIntervalMs(facts)
  if (vip !== null && everyMs !== null) exchangeThrough(facts, vip, everyMs, out)
  const awaited = awaitedVip(facts)
  if (awaited !== null) exchangeThrough(facts, awaited, VIP_EXCHANGE_MEMBER_MS, out)
}

function exchangeThrough (facts: Facts, vip: Address, everyMs: number, out: Outbox): void {
  const { vip: { nextExchangeAtMs }, nowMs, options, table } = facts
  let nextAtMs = Math.min(nextExchangeAtMs.get(vip) ?? 0, nowMs + everyMs)
  if (nowMs >= nextAtMs) {
    nextAtMs = nowMs + everyMs
    out.push({ kind: 'exchange', address: vip, port: options.port, claims: claimsOf(table) })
  }
  nextExchangeAtMs.set(vip, nextAtMs)
  out.wake(nextAtMs)
}

/**
 * Whoever has no group asks often; of a group, the first BACKUP that lives asks now and then, more often where others than its
 * MASTER may hold the VIP; the rest do not.
 */
function exchangeIntervalMs (facts: Facts): number | null {
  if (!facts.options.asksVip || facts.keepalived.vrrpState === 'MASTER') return null
  const running = runners(facts)
  if (facts.keepalived.run === 'stopped') return running.length === 0 ? VIP_EXCHANGE_SEEKING_MS * (1 + seekersOf(facts)) : null
  if (firstBackup(facts) !== facts.options.id) return null
  const isElsewhere = masters(facts).length === 0 || running.some(({ rival }) => rival !== null)
  return isElsewhere ? VIP_EXCHANGE_RIVAL_MS : VIP_EXCHANGE_MEMBER_MS
}

/** Others that were met and have no group either: all of them together ask as often as one does. */
function seekersOf (facts: Facts): number {
  return others(facts).filter((member) => !runsVrrp(member) && (facts.neighbours.get(member.id)?.heardAtMs ?? null) !== null).length
}

function firstBackup (facts: Facts): MemberId | null {
  return viewOf(facts.table).find(({ id, vrrpState }) => vrrpState === 'BACKUP' && !isLost(facts, id))?.id ?? null
}

export function onLinked (facts: Facts, id: MemberId, address: Address, port: number, dialled: boolean): void {
  const neighbour = neighbourOf(facts, id)
  neighbour.linked = true
  neighbour.linkedAtMs = facts.nowMs
  neighbour.linkedAt = address
  met(facts, id, address)
  if (dialled) onVerified(facts, id, address, port)
}

/** A stream to where the member was is dead, and nobody tells this end; it may even be the one that is sent on. */
export function onMoved (facts: Facts, id: MemberId, address: Address, out: Outbox): void {
  const { linked, linkedAt } = neighbourOf(facts, id)
  if (linked && linkedAt !== address) out.push({ kind: 'hangUp', id })
}

export function onVerified (facts: Facts, id: MemberId, address: Address, port: number): void {
  met(facts, id, address)
  const lead = follow(facts, address, port)
  if (lead === null) return
  lead.id = id
  lead.failures = 0
  lead.isUnderWay = false
}

/**
 * Its key was met there: it answered, or has connected from there, which takes answers too (RFC 9293 §3.5). A host may have several
 * addresses; what counts is the one that its record names.
 */
function met (facts: Facts, id: MemberId, address: Address): void {
  const neighbour = neighbourOf(facts, id)
  const named = facts.table.members.get(id)?.statement.address
  if (neighbour.verified === null || named === address) neighbour.verified = address
}

export function onDialFailed (facts: Facts, address: Address, port: number, failure: Extract<Happening, { kind: 'dialFailed' }>['failure']): void {
  const lead = facts.leads.get(placeOf(address, port))
  if (lead === undefined) return
  lead.isUnderWay = false
  lead.failures = Math.min(lead.failures + 1, 16)
  if (failure === 'unreachable' || failure === 'twin' || lead.id === null) return
  neighbourOf(facts, lead.id).lifeSignAtMs = facts.nowMs
}
