/** Whether all see one group. */
import type { Facts } from './facts.ts'
import { alive, lostOnes } from './liveness.ts'
import { memoized } from './memo.ts'
import { tombstonesDigest } from './table.ts'
import { listOf, lists, runsVrrp, viewOf } from './view.ts'

/**
 * All members that live and run VRRP list the whole group, by their own word, and know the same tombstones. Who has gone out
 * may be listed yet; and who is lost and stands in no list, because nobody here ever met it, needs none.
 */
export const isAgreed = memoized(
  (facts: Facts) => [viewOf(facts.table), tombstonesDigest(facts.table), alive(facts), lostOnes(facts), facts.table.members.get(facts.options.id)?.statement],
  (view, tombstones, living, lost, self): boolean => {
    const running = [...living, ...self === undefined ? [] : [self]].filter(runsVrrp)
    const group = view.filter((member) => !lost.includes(member) || running.some((one) => lists(one, member)))
    return running.length > 0 && running.every((member) => member.tombstones === tombstones && listOf(group, member.id).every((other) => lists(member, other)))
  }
)
