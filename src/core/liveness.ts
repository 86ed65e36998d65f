/**
 * Who is alive, and who is lost. Lost is a mark for admission, removal and people. It never takes anybody off a peer list (I4). How it comes to
 * that is for suspicion.ts.
 */
import type { Facts, Neighbour } from './facts.ts'
import { memoized, steady } from './memo.ts'
import type { Outbox } from './outbox.ts'
import type { MemberId, MemberRecord } from './record.ts'
import { derivedFrom } from './table.ts'
import { lists, mastersOf, runsVrrp } from './view.ts'

export function neighbourOf (facts: Facts, id: MemberId): Neighbour {
  const known = facts.neighbours.get(id)
  if (known !== undefined) return known
  const neighbour: Neighbour = {
    metAtMs: facts.nowMs,
    linked: false,
    linkedAtMs: Number.NEGATIVE_INFINITY,
    linkedAt: null,
    verified: null,
    heardAtMs: null,
    suspectedAtMs: null,
    unvouchedAtMs: null,
    isDoubtSpread: false,
    farAtMs: Number.NEGATIVE_INFINITY,
    lostAtMs: null,
    lifeSignAtMs: null,
    probedAtMs: Number.NEGATIVE_INFINITY,
    silentAtMs: null,
    acknowledgedAtMs: null,
    acknowledgementCameAtMs: null,
    acknowledgedAs: null,
    answeredAtMs: null,
    roundTripMs: null,
    comparedAtMs: Number.NEGATIVE_INFINITY
  }
  facts.neighbours.set(id, neighbour)
  return neighbour
}

/** Heard, with a record of this run, and not lost. Somebody never heard is neither alive nor, at first, lost. */
export function isAlive (facts: Facts, id: MemberId): boolean {
  return facts.living.has(id)
}

export function isLost (facts: Facts, id: MemberId): boolean {
  return facts.lost.has(id)
}

/** The other members that are alive, in the table's order. */
export const alive = steady(memoized((facts: Facts) => [others(facts), facts.living], (members, living) => members.filter(({ id }) => living.has(id))))

/** Those of them that run VRRP. */
export const runners = memoized((facts: Facts) => [alive(facts)], (living) => living.filter(runsVrrp))

/** Those of them that report MASTER. */
export const masters = memoized((facts: Facts) => [alive(facts)], mastersOf)

/** The other members that are lost. */
export const lostOnes = steady(memoized((facts: Facts) => [others(facts), facts.lost], (members, lost) => members.filter(({ id }) => lost.has(id))))

/** Everybody in the table but this member. */
export const others = derivedFrom(({ table }: Facts) => table, ({ table, options }): readonly MemberRecord[] =>
  [...table.members.values()].map(({ statement }) => statement).filter(({ id }) => id !== options.id))

/** Whether the conf of `member` sends to this host at the address that it has now. */
export function listsSelf ({ options, self }: Facts, member: MemberRecord): boolean {
  return self.address !== null && lists(member, { id: options.id, address: self.address })
}

/** Whether nothing is held against it, so that another word from it without news changes nothing but when it was last heard. */
export function isUndoubted (facts: Facts, id: MemberId): boolean {
  const neighbour = facts.neighbours.get(id)
  return neighbour !== undefined && neighbour.heardAtMs !== null && neighbour.suspectedAtMs === null && neighbour.lostAtMs === null
}

/** A word from the member itself: whatever was held against it is void. What it said before it was lost is too, since it may have begun anew. */
export function hear (facts: Facts, id: MemberId, out: Outbox): void {
  const { heardAtMs, lostAtMs } = neighbourOf(facts, id)
  if (heardAtMs === null) facts.lastFaceAtMs = facts.nowMs
  write(facts, id, { heardAtMs: facts.nowMs, suspectedAtMs: null, unvouchedAtMs: null, lostAtMs: null })
  if (lostAtMs === null) return
  distrust(facts, id)
  out.log('info', 'member is back', { member: id, lostMs: facts.nowMs - lostAtMs })
}

/** A word from a later run than any known before, be it by way of others: what was held against the earlier runs is void (SWIM §4.2). */
export function acquit (facts: Facts, id: MemberId): void {
  if (!neighbourOf(facts, id).linked) write(facts, id, { heardAtMs: null, suspectedAtMs: null, unvouchedAtMs: null, lostAtMs: null, silentAtMs: null })
}

/** The verdict. */
export function lose (facts: Facts, id: MemberId): void {
  write(facts, id, { lostAtMs: facts.nowMs, linked: false })
}

/** What is known of it may be of an earlier run. */
export function distrust (facts: Facts, id: MemberId): void {
  if (facts.stale.has(id)) return
  facts.stale = new Set([...facts.stale, id])
  settle(facts, id)
}

/** Its own word of now is known. */
export function trust (facts: Facts, id: MemberId): void {
  if (!facts.stale.has(id)) return
  facts.stale = without(facts.stale, id)
  settle(facts, id)
}

/** Of somebody who is in no table any more. */
export function forget (facts: Facts, id: MemberId): void {
  facts.neighbours.delete(id)
  facts.questions.lastAskedAtMs.delete(id)
  trust(facts, id)
  settle(facts, id)
}

/** This process did not run for so long: whoever was silent meanwhile may have spoken. */
export function excuse ({ neighbours }: Facts, lagMs: number): void {
  for (const neighbour of neighbours.values()) {
    const { heardAtMs, suspectedAtMs, unvouchedAtMs, lostAtMs } = neighbour
    neighbour.metAtMs += lagMs
    Object.assign(neighbour, { heardAtMs: later(heardAtMs, lagMs), suspectedAtMs: later(suspectedAtMs, lagMs), unvouchedAtMs: later(unvouchedAtMs, lagMs), lostAtMs: later(lostAtMs, lagMs) })
  }
}

const later = (atMs: number | null, byMs: number): number | null => atMs === null ? null : atMs + byMs

function write (facts: Facts, id: MemberId, changes: Partial<Neighbour>): void {
  Object.assign(neighbourOf(facts, id), changes)
  settle(facts, id)
}

/** Keeps `living` and `lost` what they say that they are. */
function settle (facts: Facts, id: MemberId): void {
  const neighbour = facts.neighbours.get(id)
  const isLostNow = neighbour !== undefined && neighbour.lostAtMs !== null
  const isAliveNow = neighbour !== undefined && neighbour.heardAtMs !== null && !isLostNow && !facts.stale.has(id)
  if (facts.lost.has(id) !== isLostNow) facts.lost = isLostNow ? new Set([...facts.lost, id]) : without(facts.lost, id)
  if (facts.living.has(id) !== isAliveNow) facts.living = isAliveNow ? new Set([...facts.living, id]) : without(facts.living, id)
}

function without (ids: ReadonlySet<MemberId>, id: MemberId): ReadonlySet<MemberId> {
  return new Set([...ids].filter((each) => each !== id))
}
