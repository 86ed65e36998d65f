/**
 * Who watches whom. If everybody sent beats to everybody, each host would pay for each that joins. So members stand in a ring, in the order of
 * their ids, which are made at random: who is near in it is not near in a rack. Each sends beats to those next to it, on either side, and hears
 * from them; the MASTER to all, and all to it, since the order of things hangs on it. To the rest a beat goes seldom: it shows that the
 * stream still leads somewhere, and that tables are equal.
 * A ring closes over who is lost.
 */
import type { Facts } from './facts.ts'
import { masters, others } from './liveness.ts'
import { memoized, steady } from './memo.ts'
import type { MemberId } from './record.ts'

/** Neighbours on either side: all of a rack may fail but one, and up to seven members are all near each other. */
const REACH = 3

/** The others that are not lost. */
export const present = steady(memoized((facts: Facts) => [others(facts), facts.lost], (members, lost): readonly MemberId[] => members.filter(({ id }) => !lost.has(id)).map(({ id }) => id)))

export const holders = steady(memoized((facts: Facts) => [masters(facts)], (ones): readonly MemberId[] => ones.map(({ id }) => id)))

/** The others whose beats this member hears at the quick pace, and they its own. */
export const near = memoized((facts: Facts) => [present(facts), holders(facts), facts.options, facts.keepalived.vrrpState === 'MASTER'], (ring, masterIds, { id: self }, isMaster): ReadonlySet<MemberId> =>
  new Set(isMaster || ring.length <= 2 * REACH ? ring : [...nextTo(self, ring, REACH), ...masterIds]))

/** Those next to it in their order, so many on either side. */
export function nextTo (self: MemberId, rest: readonly MemberId[], reach: number): readonly MemberId[] {
  const ring = [self, ...rest].toSorted()
  const place = ring.indexOf(self) + ring.length
  return Array.from({ length: reach }, (_, i) => i + 1).flatMap((steps) => [place - steps, place + steps]).flatMap((at) => ring[at % ring.length] ?? [])
}
