/**
 * Which spec a group should change to, as its members propose it, and who is missing for that: pure functions of records.
 *
 * A member proposes what its environment brings. All that bring any must propose the same; or more than half of them, under a
 * higher revision, which is how hosts that are replaced one by one outvote those that are left. Whoever brings a lower
 * revision than the group's has been outvoted before and is not asked again; whoever brings nothing agrees with anything.
 */
import type { Address, GroupSpec, MemberId, MemberRecord } from './record.ts'
import { sameSpec, specDigest } from './spec.ts'

/** What keeps a member from going along: it brings something else, has not stored the new spec yet, or does not answer. */
export interface Missing {
  readonly id: MemberId
  readonly address: Address
  readonly lacks: 'proposal' | 'preparation' | 'life'
}

type Voter = Pick<MemberRecord, 'phase' | 'proposed'>

/** Null: nothing to change. `current` is what the group runs with. */
export function targetOf (current: GroupSpec, members: readonly Voter[]): GroupSpec | null {
  const brought = members.filter(({ phase }) => phase === 'active').map(({ proposed }) => proposed).filter((proposed) => proposed !== null)
  const revision = revisionOf(current, brought)
  const voices = brought.filter((proposed) => proposed.revision >= revision)
  const [first] = voices.toSorted((a, b) => b.revision - a.revision)
  if (first === undefined) return null
  if (voices.every((proposed) => sameSpec(proposed, first))) return sameSpec(first, current) ? null : first
  const outvoting = voices.filter((proposed) => proposed.revision > revision && !sameSpec(proposed, current))
  return outvoting.find((one) => 2 * outvoting.filter((proposed) => sameSpec(proposed, one)).length > brought.length) ?? null
}

/** The highest under which anybody brings what the group runs with. */
function revisionOf (current: GroupSpec, brought: readonly GroupSpec[]): number {
  return Math.max(current.revision, ...brought.filter((proposed) => sameSpec(proposed, current)).map(({ revision }) => revision))
}

/** Who keeps the group from changing to `wanted`; `agreed`: enough propose it, and all that is left is to prepare. */
export function missingFor (wanted: GroupSpec, view: readonly MemberRecord[], { isLost, agreed }: { readonly isLost: (id: MemberId) => boolean, readonly agreed: boolean }): readonly Missing[] {
  const digest = specDigest(wanted)
  return view.flatMap(({ id, address, proposed, prepared }): Missing[] => {
    const lacks = isLost(id) ? 'life' : agreed ? 'preparation' : 'proposal'
    const has = agreed ? prepared === digest && lacks !== 'life' : proposed === null || sameSpec(proposed, wanted)
    return has ? [] : [{ id, address, lacks }]
  })
}
