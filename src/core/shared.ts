/**
 * Which spec this member runs, or would start, with. While keepalived runs, that does not change by itself. A host that is
 * stopped takes that of the members that run, where it may: it brings the same, or none, or differs only in a password that
 * nobody set, or the group's was its own when it last ran, or its own has a higher revision (a roll-out that replaces hosts);
 * else it stays out. Where nobody runs, hosts that boot together find one among what they bring.
 *
 * A spec is of use only with its password: told in a mesh with a secret, else known from the environment or from before.
 */
import type { Facts } from './facts.ts'
import { alive, others, runners } from './liveness.ts'
import { memoized } from './memo.ts'
import { COUNTER_MAX } from './record.ts'
import type { GroupSpec, MemberRecord } from './record.ts'
import { coldSpecOf, differences, isLaterSpec, sameSpec } from './spec.ts'
import { mastersOf } from './view.ts'

/** Milliseconds between two adverts. */
export function advertMs ({ shared, options }: Facts): number {
  return 1000 * ((shared.spec ?? options.spec)?.advertInt ?? 1)
}

export function judgeSpec (facts: Facts): void {
  const { shared, keepalived } = facts
  if (keepalived.run === 'stopped') shared.spec = specToStart(facts)
  else shared.ran = shared.spec
}

/** Null while nothing is known that this host could start with. */
function specToStart (facts: Facts): GroupSpec | null {
  const group = groupSpec(facts) ?? groupToBegin(facts)
  return group === null || refusalOf(facts, group) !== null ? facts.options.spec : completed(facts, group)
}

/**
 * What is begun with counts as later than what this host ran last, if it is another one, and others that begin with the same have theirs. What somebody
 * would begin with who wants another one does not count: two that do not agree would outbid each other for ever.
 */
const groupToBegin = memoized((facts: Facts) => [coldSpec(facts), participantsOf(facts), facts.shared.ran], (wanted, participants, ran) => {
  if (wanted === null) return null
  const told = participants.flatMap(({ spec }) => spec !== null && sameSpec(spec, wanted) ? [spec.epoch] : [])
  const own = ran === null ? 0 : sameSpec(ran, wanted) ? ran.epoch : laterEpoch(ran.epoch)
  return { ...wanted, epoch: Math.max(own, ...told) }
})

/** Somebody may tell of the last one there is; then it stays at that. */
export function laterEpoch (epoch: number): number {
  return Math.min(COUNTER_MAX, epoch + 1)
}

/** What the members that run have; of several the latest, of one founder: the MASTER's. Null when none runs. */
export const groupSpec = memoized((facts: Facts) => [runners(facts)], (running): GroupSpec | null => {
  const first = mastersOf(running)[0] ?? running[0]
  return first === undefined ? null : latestOf(running.filter(({ founder }) => founder === first.founder))
})

/** Null when none of them knows any. */
export function latestOf (members: readonly MemberRecord[]): GroupSpec | null {
  return members.reduce<GroupSpec | null>((latest, { spec }) => spec !== null && (latest === null || isLaterSpec(spec, latest)) ? spec : latest, null)
}

/** Why this host cannot run with the group's spec, for people; null when it can. */
export function refusalOf (facts: Facts, group: GroupSpec): string | null {
  const { spec } = facts.options
  if (spec !== null && !sameSpec(spec, group) && !mayFollow(facts, spec, group)) return `this host differs from the group in ${differences(spec, group).join('; ')}`
  return completed(facts, group) === null ? 'this host differs from the group in KEEPALIVED_AUTH_PASS: it does not know the group\'s' : null
}

/** Whether a host that brings another spec may run with the group's: until all have its own, or as it agreed to before. */
function mayFollow ({ shared: { ran, prepared }, options }: Facts, own: GroupSpec, group: GroupSpec): boolean {
  const differsInWhatNobodySet = !options.isAuthPassSet && sameSpec({ ...own, authDigest: group.authDigest }, group)
  return differsInWhatNobodySet || own.revision > group.revision || (ran !== null && sameSpec(ran, group)) || (prepared !== null && sameSpec(prepared.spec, group))
}

/** The spec with its password; null when that is not known. */
export function completed ({ options: { passwords, hasSecret }, shared: { ran } }: Facts, spec: GroupSpec): GroupSpec | null {
  if (spec.version === 3) return spec.authPass === null ? spec : { ...spec, authPass: null }
  const remembered = ran?.authDigest === spec.authDigest ? ran.authPass : null
  const authPass = passwords.get(spec.authDigest) ?? remembered ?? (hasSecret ? spec.authPass : null)
  if (authPass === null) return null
  return authPass === spec.authPass ? spec : withPassword(spec, authPass)
}

const withPassword = memoized((spec: GroupSpec, authPass: string) => [spec, authPass], (spec, authPass): GroupSpec => ({ ...spec, authPass }))

/**
 * What all that are here and stopped should begin with; what is remembered counts where nobody brings a VIP, and for a host that is alone
 * though it had others: they may run on where it does not hear them, with the settings that they had together, which change
 * by consent (spec-change.ts).
 */
const coldSpec = memoized((facts: Facts) => [participantsOf(facts), facts.options, facts.shared.ran, hasOthers(facts)], (here, { id, spec: proposed }, ran, had): GroupSpec | null =>
  (had && here.length === 0 ? ran : null) ?? coldSpecOf([...here, { id, proposed }]) ?? ran ?? here.find(({ spec }) => spec !== null)?.spec ?? null)

const hasOthers = (facts: Facts): boolean => others(facts).some(({ number }) => number !== null)

/** The others that wait for a beginning. Who stood by as long as others ran is no less a part of it. */
const participantsOf = memoized((facts: Facts) => [alive(facts)], (living) => living.filter(({ phase }) => phase === 'discovering' || phase === 'joining' || phase === 'standby'))

/** The others that would begin with the same as this host. */
export const partnersOf = memoized((facts: Facts) => [participantsOf(facts), facts.shared.spec], (here, own) => here.filter(({ spec }) => sameSpec(spec, own)))

/** Why this host must not begin, for people: it has nothing to begin with, or the others begin with something else. Null: nothing of that kind. */
export function coldObstacle (facts: Facts): string | null {
  const { shared, options } = facts
  if (shared.spec === null || (options.spec === null && partnersOf(facts).length === 0)) {
    return 'a member that knows the VIP: this host brings none (KEEPALIVED_VIRTUAL_IPADDRESS_1)'
  }
  const wanted = coldSpec(facts)
  return wanted === null || sameSpec(wanted, shared.spec) ? null : `other settings: this host differs from the others in ${differences(shared.spec, wanted).join('; ')}`
}
