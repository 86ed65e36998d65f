/**
 * Who is linked to whom. Among few everybody is, to everybody; but a link costs both its ends a handshake, so that a group of a hundred would
 * spend minutes of a processor on five thousand of them. So among many a member seeks those that it watches (ring.ts); two on either side in a
 * second ring, of the ids read backwards, so that news take few steps from anybody to anybody; and the overseers, which are linked to all: the
 * MASTER, and those that stand first of all that run, whose order never changes. They are asked after whoever is *distant*, which are the rest, and
 * the MASTER tells whom it misses. A link to a distant member that is there stays.
 */
import type { Facts } from './facts.ts'
import { others } from './liveness.ts'
import { memoized, steady } from './memo.ts'
import type { MemberId } from './record.ts'
import { holders, near, nextTo, present } from './ring.ts'
import { isMany } from './room.ts'
import { runsVrrp, viewOf } from './view.ts'

/** Besides the MASTER; it may be one of them. */
const OVERSEERS = 3
/** Neighbours on either side in the second ring. */
const CHORDS = 2

/** Those that are linked to all: this member may be one of them. */
export const overseers = memoized((facts: Facts) => [firstOnes(facts), holders(facts), facts.options, facts.keepalived.vrrpState === 'MASTER'], (first, masterIds, { id }, isMaster): ReadonlySet<MemberId> =>
  new Set([...first, ...masterIds, ...isMaster ? [id] : []]))

/** Before so many run VRRP it is the lowest ids besides: what number somebody has in mind who has just come says nothing. */
const firstOnes = steady(memoized((facts: Facts) => [viewOf(facts.table), facts.lost, present(facts), facts.options], (view, lost, here, { id: self }): readonly MemberId[] => {
  const ranked = view.filter((member) => runsVrrp(member) && !lost.has(member.id)).slice(0, OVERSEERS).map(({ id }) => id)
  if (ranked.length === OVERSEERS) return ranked
  return [...ranked, ...[...here, self].filter((id) => !ranked.includes(id)).toSorted()].slice(0, OVERSEERS)
}))

const chords = memoized((facts: Facts) => [present(facts), facts.options], (here, { id }) => nextTo(backwards(id), here.map(backwards), CHORDS).map(backwards))

/** Those to whom no link is sought, be they lost. */
export const distant = (facts: Facts): ReadonlySet<MemberId> => isMany(facts) ? amongMany(facts) : nobody

const nobody: ReadonlySet<MemberId> = new Set()

const amongMany = memoized((facts: Facts) => [near(facts), chords(facts), overseers(facts), everybody(facts), facts.options], (watched, across, seers, ids, { id: self }): ReadonlySet<MemberId> =>
  new Set(seers.has(self) ? [] : ids.filter((id) => !seers.has(id) && !watched.has(id) && !across.includes(id))))

const everybody = steady(memoized((facts: Facts) => [others(facts)], (members): readonly MemberId[] => members.map(({ id }) => id)))

function backwards (id: MemberId): string {
  return Array.from(id).toReversed().join('')
}
