/**
 * Who is linked to whom. In most groups everybody is, to everybody; but a link costs both its ends a handshake, so that a group of a hundred would
 * spend minutes of a processor on five thousand of them. So above some size a member seeks those that it watches (ring.ts); two on either side in a
 * second ring, of the ids read backwards, so that news take few steps from anybody to anybody; and the overseers: the MASTER and those who stand first,
 * whose order never changes. These are linked to all, and know of whoever is *distant*: they are asked about it, and the MASTER tells whom it misses.
 * Who has a link to a distant member keeps it.
 */
import type { Facts } from './facts.ts'
import { lostOnes, masters, others } from './liveness.ts'
import { memoized, steady } from './memo.ts'
import type { MemberId } from './record.ts'
import { near, nextTo } from './ring.ts'
import { viewOf } from './view.ts'

/** So many are all linked to each other. */
export const LINKED_ALL_MAX = 32
/** Besides the MASTER; it may be one of them. */
const OVERSEERS = 3
/** Neighbours on either side in the second ring. */
const CHORDS = 2

/** Whether they are so many that not all are linked to all. */
export function isSparse ({ table }: Facts): boolean {
  return table.members.size > LINKED_ALL_MAX
}

/** Whether that member is one of those to whom no link is sought. */
export function isDistant (facts: Facts, id: MemberId): boolean {
  return isSparse(facts) && !sought(facts).has(id)
}

/** Those that are linked to all: this member may be one of them. */
export const overseers = memoized((facts: Facts) => [firstOnes(facts), masters(facts), facts.options, facts.keepalived.vrrpState === 'MASTER'], (first, holders, { id }, isMaster): ReadonlySet<MemberId> =>
  new Set([...first, ...holders.map((holder) => holder.id), ...isMaster ? [id] : []]))

/** Before anybody has a number it is the lowest ids. */
const firstOnes = steady((facts: Facts): readonly MemberId[] => {
  const ofView = viewOf(facts.table).map(({ id }) => id)
  const lost = idsOf(lostOnes(facts))
  const rest = [...idsOf(others(facts)), facts.options.id].filter((id) => !ofView.includes(id)).toSorted()
  return [...ofView, ...rest].filter((id) => !lost.includes(id)).slice(0, OVERSEERS)
})

const present = steady((facts: Facts): readonly MemberId[] => {
  const lost = idsOf(lostOnes(facts))
  return idsOf(others(facts)).filter((id) => !lost.includes(id))
})

const chords = memoized((facts: Facts) => [present(facts), facts.options], (here, { id }) => nextTo(backwards(id), here.map(backwards), CHORDS).map(backwards))

const sought = memoized((facts: Facts) => [near(facts), chords(facts), overseers(facts), present(facts), facts.options], (watched, across, seers, here, { id }): ReadonlySet<MemberId> =>
  new Set(seers.has(id) ? here : [...watched, ...across, ...seers]))

const idsOf = (members: ReadonlyArray<{ readonly id: MemberId }>): readonly MemberId[] => members.map(({ id }) => id)

function backwards (id: MemberId): string {
  return Array.from(id).toReversed().join('')
}
