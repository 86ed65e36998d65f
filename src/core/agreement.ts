/** Whether all see one group. */
import type { Facts } from './facts.ts'
import { alive, lostOnes } from './liveness.ts'
import { memoized, steady } from './memo.ts'
import type { MemberRecord } from './record.ts'
import { tombstonesDigest } from './table.ts'
import { lists, runsVrrp, viewOf } from './view.ts'

/** All members that live and run VRRP list the whole group, by their own word, and know the same tombstones. */
export const isAgreed = memoized(
  (facts: Facts) => [running(facts), placesOfGroup(facts), tombstonesDigest(facts.table)],
  (ones, places, tombstones): boolean => ones.length > 0 && ones.every((one) => one.tombstones === tombstones && listsAll(one, places))
)

const running = memoized((facts: Facts) => [alive(facts), facts.table.members.get(facts.options.id)?.statement],
  (living, self): readonly MemberRecord[] => [...living, ...self === undefined ? [] : [self]].filter(runsVrrp))

/** Who has gone out may be listed yet; and who is lost and stands in no list, because nobody here ever met it, needs none. */
const placesOfGroup = steady(memoized((facts: Facts) => [viewOf(facts.table), lostOnes(facts), running(facts)], (view, lost, ones): readonly string[] =>
  view.filter((member) => !lost.includes(member) || ones.some((one) => lists(one, member))).map(placeOf)))

const placeOf = ({ id, address }: Pick<MemberRecord, 'id' | 'address'>): string => `${id} ${address}`

/** What one record says of one group is worked out once: with each change all others are as they were. */
const listsAll = memoized((member: MemberRecord, places: readonly string[]) => [member, places], (member, places): boolean => {
  if (member.lists.length < places.length - 1) return false
  const [ids, addresses] = [new Set(member.lists), new Set(member.peers)]
  const own = placeOf(member)
  return places.every((place) => {
    const [id = '', address = ''] = place.split(' ')
    return place === own || (ids.has(id) && addresses.has(address))
  })
})
