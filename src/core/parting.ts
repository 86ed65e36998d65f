/**
 * Who is out and stays listed for a while yet. It may be back already and its new record be on its way, and a list that
 * lost somebody who runs makes a second MASTER, while one more peer costs nothing.
 *
 * Flap damping rests on that too: an address that comes and goes stays listed for longer, under whatever key, so that its
 * next coming costs nobody a reload.
 */
import type { Adopted } from './event.ts'
import type { Facts } from './facts.ts'
import { isAlive, others } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import type { Address, Departure, MemberRecord } from './record.ts'
import { FLAPPING_LISTED_MS, FLAPPING_MS, GONE_PROBE_MS, OLD_NEWS_MS, PARTING_MS, REJOINING_MS } from './timing.ts'
import { listOf, lists, viewOf } from './view.ts'

/** As much of a member as a list has of it. */
export type Listed = Pick<MemberRecord, 'id' | 'address'>

export interface Parting {
  readonly member: Listed
  readonly untilMs: number
  /** Even when the same member is listed somewhere else: two hosts may go by one name. */
  readonly isTwin: boolean
  /** When the wire was last asked who lives there; null: nobody asks. */
  readonly probedAtMs: number | null
}

/** One that changes its address each second is no reason for more. */
export const PARTING_MAX = 40

export function part (facts: Facts, member: Listed, forMs: number, isTwin = false): void {
  keep(facts, member, { untilMs: facts.nowMs + forMs, isTwin, probedAtMs: null })
}

/**
 * Somebody is elsewhere under its name, in a later run: itself, or another host with a copy of its disk, while it is cut off from the mesh
 * and runs on. As long as anything answers where it was it stays listed (I4).
 */
export function partTwin (facts: Facts, member: Listed): void {
  keep(facts, member, { untilMs: facts.nowMs + REJOINING_MS, isTwin: true, probedAtMs: facts.nowMs })
}

/** Whether it may run on where it was, while its last word comes from somewhere else. */
export function hasTwin ({ parting, nowMs }: Facts, id: MemberRecord['id']): boolean {
  return [...parting.values()].some(({ member, isTwin, untilMs }) => isTwin && member.id === id && nowMs < untilMs)
}

function keep ({ parting }: Facts, { id, address }: Listed, its: Omit<Parting, 'member'>): void {
  parting.set(`${id} ${address}`, { member: { id, address }, ...its })
  for (const oldest of parting.keys()) {
    if (parting.size <= PARTING_MAX) break
    parting.delete(oldest)
  }
}

/**
 * A tombstone was laid on it. Who was with us until now, and says so, has just gone. But of who was out of our sight old news
 * may come first, and that it is back long since a moment later; and whoever lives although others bury it will object.
 */
export function partDeparted (facts: Facts, member: Listed, departure: Departure): void {
  const usualMs = isAlive(facts, member.id) && departure === 'left' ? PARTING_MS : OLD_NEWS_MS
  part(facts, member, comesAndGoes(facts, member, departure) ? FLAPPING_LISTED_MS : usualMs)
}

/** Whether its address has left before, not long ago. No other way out is fast: who crashes stays listed, and a container that is made anew keeps its address. */
function comesAndGoes ({ departedAtMs, nowMs }: Facts, { address }: Listed, departure: Departure): boolean {
  if (departure !== 'left') return false
  const isBefore = nowMs - (departedAtMs.get(address) ?? Number.NEGATIVE_INFINITY) <= FLAPPING_MS
  departedAtMs.set(address, nowMs)
  return isBefore
}

/** As if they had just gone: when that was, the agent that was here before has taken with it. */
export function partFromAdopted (facts: Facts, { conf }: Adopted): void {
  const { table: { members, tombstones }, options } = facts
  for (const member of others(facts)) if (member.number === null && lists(conf, member)) part(facts, member, REJOINING_MS)
  // Of those that were out by then only the ids are left, and of the conf the addresses that are nobody else's. Who is at the others
  // the last agent had no room to note: one that lives would make itself MASTER, were it dropped, and one more peer costs nothing.
  const ownerlessIds = conf.lists.filter((id) => !members.has(id))
  // Where one of them may live, nobody can tell which of the addresses is its own.
  const out = ownerlessIds.every((id) => tombstones.has(id)) ? ownerlessIds : []
  const owned = new Set([...others(facts).map(({ address }) => address), ...options.staticPeers])
  const ownerless = conf.peers.filter((address) => !owned.has(address))
  out.slice(0, ownerless.length).forEach((id, i) => { part(facts, { id, address: ownerless[i] ?? '' }, OLD_NEWS_MS, true) })
  facts.keepalived.strangers = ownerless.slice(out.length)
}

/**
 * Whoever has most of its group out of sight unlists nobody: who went may be back, and one more peer costs nothing. And
 * when the others are in sight again, what they have to tell comes first.
 */
export function forgetParted (facts: Facts, out: Outbox): void {
  const { parting, nowMs } = facts
  if (parting.size === 0) return
  const isBlind = !seesMost(facts)
  for (const [key, its] of parting) look(facts, key, its, out)
  for (const [key, its] of parting) {
    if (isBlind) parting.set(key, { ...its, untilMs: Math.max(its.untilMs, nowMs + OLD_NEWS_MS) })
    else if (nowMs < its.untilMs) out.wake(its.untilMs)
    else if (!awaitsReload(facts, its.member)) parting.delete(key)
  }
}

/** Its time is up, but the reload that drops it is put off: news of it may come first. */
function awaitsReload ({ table, keepalived: { applied } }: Facts, member: Listed): boolean {
  return applied !== null && !table.members.has(member.id) && lists(applied, member)
}

/** Whom another member lists anew is back by all that one knows, and its own record is on its way. */
export function stayIfListedAnew ({ parting, nowMs }: Facts, before: MemberRecord, now: MemberRecord): void {
  for (const [key, its] of parting) {
    if (lists(now, its.member) && !lists(before, its.member)) parting.set(key, { ...its, untilMs: Math.max(its.untilMs, nowMs + OLD_NEWS_MS) })
  }
}

function look (facts: Facts, key: string, its: Parting, out: Outbox): void {
  const { nowMs, parting, keepalived: { applied } } = facts
  const { probedAtMs, member } = its
  if (probedAtMs === null || applied === null || !lists(applied, member) || others(facts).some(({ address }) => address === member.address)) return
  const isDue = nowMs >= probedAtMs + GONE_PROBE_MS
  out.wake((isDue ? nowMs : probedAtMs) + GONE_PROBE_MS)
  if (!isDue) return
  parting.set(key, { ...its, probedAtMs: nowMs })
  out.push({ kind: 'probeAddress', address: member.address, askedAtMs: nowMs })
}

export function onPartedProbed ({ parting, nowMs, options }: Facts, address: Address, mac: string | null): void {
  if (mac === null) return
  for (const [key, its] of parting) {
    if (its.probedAtMs !== null && its.member.address === address) parting.set(key, { ...its, untilMs: Math.max(its.untilMs, nowMs + options.unlistMs) })
  }
}

function seesMost (facts: Facts): boolean {
  const members = listOf(viewOf(facts.table), facts.options.id)
  const seen = members.filter(({ id }) => isAlive(facts, id)).length + 1
  return seen * 2 > members.length + 1
}

/** Those that have just gone out, are listed still, and in whose place nobody else is. */
export function partingOf ({ parting, nowMs, keepalived: { applied } }: Facts, listed: readonly Listed[]): Listed[] {
  return [...parting.values()].filter(({ member, untilMs, isTwin }) => nowMs < untilMs && applied !== null && lists(applied, member) &&
    !listed.some(({ id, address }) => address === member.address || (id === member.id && !isTwin))).map(({ member }) => member)
}
