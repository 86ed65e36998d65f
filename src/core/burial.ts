/**
 * Who is out for good. Silence alone never says so (I4); what does:
 *
 * - the address of a member answers under another key: a re-created container owns its address (*superseded*);
 * - a member has been lost for long, no sign of life came from its address, a strict majority of all listed members says
 *   the same with equal tombstones, and the MASTER proposes it (*removed*). Two hosts never remove each other;
 * - the operator says so, or the Kubernetes API, whose Node of that address was deleted, and the lost member's address is silent (*forgotten*);
 *   or the member itself (*left*).
 */
import type { Facts, Neighbour } from './facts.ts'
import { acquit, isAlive, isLost, others } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { castOut } from './outcast.ts'
import { hasTwin, part, partDeparted, partTwin, stayIfListedAnew } from './parting.ts'
import type { Address, Claim, Departure, MemberId, MemberRecord, Tombstone } from './record.ts'
import { merge, nextSerial, tombstonesDigest } from './table.ts'
import { sameTexts } from './texts.ts'
import { FRESH_SILENCE_MS, GONE_PROBE_MS, REJOINING_MS } from './timing.ts'
import { runsVrrp, viewOf } from './view.ts'

/** As many as have numbers are looked at: each costs a probe now and then. Further ones come when these are out. */
const GONE_MAX = 64

/** Each probe is a process: where many are lost at once, each of them is probed less often. */
const GONE_AT_ONCE = 10

/** So many look at the usual pace; of more each looks as much less often, but the MASTER: a host that is down costs all together the same then. */
const GONE_LOOKERS = 12

/** Signs that the member is out, takes it in, and tells the others. */
export function entomb (facts: Facts, { id, incarnation }: Pick<MemberRecord, 'id' | 'incarnation'>, departure: Departure, out: Outbox): void {
  const claim = facts.dependencies.seal({ kind: 'tombstone', id, incarnation, departure, issuer: facts.options.id, serial: nextSerial(facts.table) })
  inter(facts, claim)
  out.push({ kind: 'publish', claims: [claim] })
  out.log('info', 'member is out', { member: id, incarnation, departure })
}

/** Takes a tombstone in; whether it is news. Whoever it buries stays listed for a moment (parting.ts). */
export function inter (facts: Facts, claim: Claim<Tombstone>): boolean {
  const record = facts.table.members.get(claim.statement.id)?.statement
  if (!merge(facts.table, claim)) return false
  if (record === undefined) return true
  partDeparted(facts, record, claim.statement.departure)
  if (claim.statement.departure === 'removed' && record.number !== null) castOut(facts, record)
  return true
}

/**
 * Takes a record in; whether it is news. Who gives its number up leaves the lists, and so parts as well. And a later run that
 * is somewhere else may be another host's, with a copied identity: where the earlier one runs stays listed until that is told.
 */
export function enrol (facts: Facts, claim: Claim<MemberRecord>): boolean {
  const before = facts.table.members.get(claim.statement.id)?.statement
  if (!merge(facts.table, claim)) return false
  if (before === undefined || before.incarnation < claim.statement.incarnation) acquit(facts, claim.statement.id)
  if (before !== undefined && restartsTimer(before, claim.statement)) facts.timersRestartedAtMs = facts.nowMs
  if (before !== undefined) stayIfListedAnew(facts, before, claim.statement)
  if (before === undefined || before.number === null) return true
  if (isElsewhere(before, claim.statement)) partTwin(facts, before)
  else if (claim.statement.number === null) part(facts, before, REJOINING_MS)
  return true
}

function isElsewhere (before: MemberRecord, after: MemberRecord): boolean {
  return before.address !== after.address && (before.incarnation !== after.incarnation || after.vrrpState !== 'STOP')
}

function restartsTimer (before: MemberRecord, now: MemberRecord): boolean {
  return runsVrrp(now) && (!runsVrrp(before) || before.appliedPriority !== now.appliedPriority || !sameTexts(before.lists, now.lists))
}

export function judgeBurials (facts: Facts, out: Outbox): void {
  for (const member of others(facts)) {
    if (isAlive(facts, member.id)) continue
    if (isSuperseded(facts, member)) entomb(facts, member, 'superseded', out)
    else if (isDeleted(facts, member)) entomb(facts, member, 'forgotten', out)
    else if (isAgreedGone(facts, member, out)) entomb(facts, member, 'removed', out)
  }
}

/**
 * Only once the new owner has its place in the view, or waits for one, so that the address itself never leaves a list. And only
 * on a word of the new owner since both are known: a host that is made anew is met while nobody misses the old one yet. And not while
 * another host may run under its name: a copy that has taken an identity of its own says nothing of the one that it was copied from.
 */
function isSuperseded (facts: Facts, { id, address }: MemberRecord): boolean {
  const neighbour = facts.neighbours.get(id)
  if (neighbour === undefined || neighbour.linked || hasTwin(facts, id)) return false
  return others(facts).some((other) => other.id !== id && other.address === address && (other.number !== null || other.phase === 'standby') &&
    isAlive(facts, other.id) && isOwnerSince(facts.neighbours.get(other.id), address, neighbour.metAtMs))
}

/** Whoever took such a host off its list while its keepalived runs would make a second MASTER of it one day: so its address must have been silent since it was lost. */
function isDeleted ({ deleted, neighbours }: Facts, { id, address }: MemberRecord): boolean {
  const neighbour = neighbours.get(id)
  if (!deleted.has(address) || neighbour === undefined || neighbour.lostAtMs === null || neighbour.silentAtMs === null) return false
  return neighbour.silentAtMs >= silentFromMs(neighbour, neighbour.lostAtMs)
}

/** Since when nothing at all has come from there. */
function silentFromMs ({ lifeSignAtMs }: Neighbour, lostAtMs: number): number {
  return Math.max(lostAtMs, lifeSignAtMs ?? Number.NEGATIVE_INFINITY)
}

/** More than any pool loses at once; the oldest give way. */
const DELETED_MAX = 256

export function onNodeGone ({ deleted }: Facts, address: Address): void {
  deleted.add(address)
  const [oldest] = deleted
  if (deleted.size > DELETED_MAX && oldest !== undefined) deleted.delete(oldest)
}

function isOwnerSince (neighbour: Neighbour | undefined, address: Address, sinceMs: number): boolean {
  return neighbour?.verified === address && (neighbour.heardAtMs ?? Number.NEGATIVE_INFINITY) > sinceMs
}

/**
 * Members that this one holds to be dead for good, sorted: lost for long, and silent on the wire as well. Those without a
 * number too: they cost VRRP nothing, but would stay in the table for ever.
 */
export function goneOf (facts: Facts, out: Outbox): MemberId[] {
  const lost = others(facts).filter(({ id }) => isLost(facts, id)).toSorted((a, b) => Number(a.number === null) - Number(b.number === null) || (a.id < b.id ? -1 : 1))
  const turns = facts.keepalived.vrrpState === 'MASTER' ? 1 : Math.ceil(facts.table.members.size / GONE_LOOKERS)
  const everyMs = GONE_PROBE_MS * Math.ceil(Math.min(lost.length, GONE_MAX) / GONE_AT_ONCE) * turns
  return lost.slice(0, GONE_MAX).filter((member) => isGone(facts, member, everyMs, out)).map(({ id }) => id).toSorted()
}

/** @param everyMs how often it is probed; not before it has been lost for as long, for most are back by then */
function isGone (facts: Facts, { id, address }: MemberRecord, everyMs: number, out: Outbox): boolean {
  const { nowMs, options } = facts
  const neighbour = facts.neighbours.get(id)
  if (neighbour === undefined || neighbour.lostAtMs === null) return false
  const sinceMs = silentFromMs(neighbour, neighbour.lostAtMs)
  const goneAtMs = sinceMs + options.unlistMs
  const isLastLook = nowMs >= goneAtMs && neighbour.probedAtMs < goneAtMs
  const dueAtMs = (): number => Math.max(neighbour.lostAtMs ?? 0, neighbour.probedAtMs) + everyMs
  if (isLastLook || nowMs >= dueAtMs()) probe(neighbour, address, nowMs, out)
  out.wake(nowMs < goneAtMs ? Math.min(goneAtMs, dueAtMs()) : dueAtMs())
  return neighbour.silentAtMs !== null && neighbour.silentAtMs >= goneAtMs && nowMs <= neighbour.silentAtMs + 1.5 * everyMs
}

/** An answer is a sign of life, whatever answered: an agent may be down, or cut off, while its keepalived runs. */
export function onAddressProbed (facts: Facts, address: Address, askedAtMs: number, mac: string | null): void {
  for (const member of others(facts)) {
    const neighbour = facts.neighbours.get(member.id)
    if (member.address !== address || neighbour === undefined) continue
    // As of the question: an answer that comes late says nothing of now.
    if (mac === null) neighbour.silentAtMs = Math.max(askedAtMs, neighbour.silentAtMs ?? askedAtMs)
    else neighbour.lifeSignAtMs = facts.nowMs
  }
}

/**
 * Asked of the MASTER alone: whether more than half of all that are listed, it included, say that `id` is gone. It looks
 * once more before it says so for all.
 */
function isAgreedGone (facts: Facts, { id, address }: MemberRecord, out: Outbox): boolean {
  const { nowMs, keepalived, options } = facts
  const neighbour = facts.neighbours.get(id)
  if (keepalived.vrrpState !== 'MASTER' || neighbour === undefined) return false
  const view = viewOf(facts.table)
  const own = tombstonesDigest(facts.table)
  const voices = view.filter((member) => member.gone.includes(id) && member.tombstones === own &&
    (member.id === options.id || isAlive(facts, member.id)))
  // Whoever is listed here counts, though its last word was that it runs no VRRP: it may have begun since where nobody hears it.
  const isListed = keepalived.applied?.lists.includes(id) === true
  const members = view.length + (isListed && !view.some((member) => member.id === id) ? 1 : 0)
  if (voices.length * 2 <= members || !voices.some((voice) => voice.id === options.id)) return false
  if (nowMs <= (neighbour.silentAtMs ?? Number.NEGATIVE_INFINITY) + FRESH_SILENCE_MS) return true
  if (nowMs >= neighbour.probedAtMs + 2 * FRESH_SILENCE_MS) probe(neighbour, address, nowMs, out)
  return false
}

function probe (neighbour: Neighbour, address: Address, nowMs: number, out: Outbox): void {
  neighbour.probedAtMs = nowMs
  out.push({ kind: 'probeAddress', address, askedAtMs: nowMs })
}
