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
  const neighbour = facts.neighbours.get(id)
  return neighbour !== undefined && neighbour.heardAtMs !== null && neighbour.lostAtMs === null && !facts.stale.has(id)
}

export function isLost (facts: Facts, id: MemberId): boolean {
  const neighbour = facts.neighbours.get(id)
  return neighbour !== undefined && neighbour.lostAtMs !== null
}

/** The other members that are alive, in the table's order. */
export const alive = steady((facts: Facts) => others(facts).filter(({ id }) => isAlive(facts, id)))

/** Those of them that run VRRP. */
export const runners = memoized((facts: Facts) => [alive(facts)], (living) => living.filter(runsVrrp))

/** Those of them that report MASTER. */
export const masters = memoized((facts: Facts) => [alive(facts)], mastersOf)

/** The other members that are lost. */
export const lostOnes = steady((facts: Facts) => others(facts).filter(({ id }) => isLost(facts, id)))

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
  const neighbour = neighbourOf(facts, id)
  if (neighbour.heardAtMs === null) facts.lastFaceAtMs = facts.nowMs
  if (neighbour.lostAtMs !== null) {
    facts.stale.add(id)
    out.log('info', 'member is back', { member: id, lostMs: facts.nowMs - neighbour.lostAtMs })
  }
  neighbour.heardAtMs = facts.nowMs
  neighbour.suspectedAtMs = null
  neighbour.lostAtMs = null
}

/** A word from a later run than any known before, be it by way of others: what was held against the earlier runs is void (SWIM §4.2). */
export function acquit (facts: Facts, id: MemberId): void {
  const neighbour = neighbourOf(facts, id)
  if (neighbour.linked) return
  neighbour.heardAtMs = null
  neighbour.suspectedAtMs = null
  neighbour.lostAtMs = null
  neighbour.silentAtMs = null
}
