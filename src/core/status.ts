/** What the core shows of itself: the answer to `status --json` but for the parts that the shell knows better. */
import type { Facts } from './facts.ts'
import { isAgreed } from './agreement.ts'
import { isLost, neighbourOf } from './liveness.ts'
import type { Missing } from './proposal.ts'
import type { Address, GroupSpec, MemberId, MemberRecord, Phase, VrrpState } from './record.ts'
import { specDigest } from './spec.ts'
import { changeOf, missingOf } from './spec-change.ts'
import { shownBy } from './tally.ts'
import { mastersOf, priorityOf, viewDigest, viewOf } from './view.ts'
import { allVips } from './vips.ts'
import { isApplied, wishOf } from './wish.ts'

export interface Status {
  readonly self: MemberStatus
  readonly phase: Phase
  /** Why there is no progress, for people: who is waited for, or what blocks. */
  readonly waitingFor: string | null
  /** The address of the member that reports MASTER; null when none does. */
  readonly holder: Address | null
  readonly members: readonly MemberStatus[]
  /** VIPs with prefix length, the one that adverts carry first; empty while they are not known. */
  readonly vip: readonly string[]
  readonly spec: SpecStatus
  /** Digest of the view: members, order and priorities. */
  readonly digest: string
  /** Whether every member that is not lost has told the same digest of its table. */
  readonly agreed: boolean
  /** Whether the conf that keepalived runs is the one that the view asks for. */
  readonly applied: boolean
  readonly alarms: readonly string[]
  readonly tally: TallyStatus
}

/** Of the time since the agent started, in milliseconds, as far as this member was told. */
export interface TallyStatus {
  /** Since the view last changed. */
  readonly viewAgeMs: number
  readonly viewChanges: number
  /** From the last change of the view until all agreed; null while they do not. */
  readonly agreementLagMs: number | null
  readonly severalMastersMs: number
  readonly noMasterMs: number
}

/** What VRRP peers must share, as people may see it: without a password. */
export type ShownSpec = Pick<GroupSpec, 'version' | 'advertInt' | 'virtualIpaddress' | 'revision'> & { readonly digest: string }

export interface SpecStatus {
  /** What this host runs with, or would start with; null: not known yet. */
  readonly current: ShownSpec | null
  /** What its environment brings; null: no VIP. */
  readonly brought: ShownSpec | null
  /** What the group is about to change to; null: nothing, or too few propose it. */
  readonly target: ShownSpec | null
  /** Who keeps the group from changing to that, or to what is proposed, and why. */
  readonly missing: readonly Missing[]
}

export interface MemberStatus {
  readonly id: MemberId
  readonly address: Address
  readonly state: 'joining' | 'active' | 'lost' | 'leaving' | 'standby' | 'blocked'
  readonly priority: number | null
  readonly vrrpState: VrrpState
  readonly lists: readonly MemberId[]
  /** Its check fails, and it says so by a priority below the one in its conf. */
  readonly isLowered: boolean
  /** Whether a stream to it is open; null: it is this host. */
  readonly linked: boolean | null
  /** Of the last question that it answered; null: none yet. */
  readonly roundTripMs: number | null
  readonly founder: MemberId | null
  readonly incarnation: number
  readonly software: string
}

export function statusOf (facts: Facts): Status {
  const { self, options, table, alarms, tally, nowMs } = facts
  const records = [...table.members.values()].map(({ statement }) => statement)
  const members = records.toSorted((a, b) => priorityOf(b) - priorityOf(a) || (a.id < b.id ? -1 : 1)).map((record) => memberStatusOf(facts, record))
  const own = members.find(({ id }) => id === options.id)
  const [master] = mastersOf(records.filter(({ id }) => !isLost(facts, id)))
  const wish = wishOf(facts)
  return {
    self: own ?? memberlessSelf(facts),
    phase: self.phase,
    waitingFor: self.waitingFor,
    holder: master?.address ?? null,
    members,
    vip: allVips(facts),
    spec: { current: shown(facts.shared.spec), brought: shown(options.spec), target: shown(changeOf(facts)), missing: missingOf(facts) },
    digest: viewDigest(viewOf(table)),
    agreed: isAgreed(facts),
    applied: wish !== null && isApplied(facts, wish),
    alarms: [...alarms.values()],
    tally: {
      viewAgeMs: nowMs - tally.viewSinceMs,
      viewChanges: tally.viewChanges,
      agreementLagMs: tally.agreementLagMs,
      severalMastersMs: shownBy(tally.severalMasters, nowMs),
      noMasterMs: shownBy(tally.noMaster, nowMs)
    }
  }
}

function shown (spec: GroupSpec | null): ShownSpec | null {
  if (spec === null) return null
  const { version, advertInt, virtualIpaddress, revision } = spec
  return { version, advertInt, virtualIpaddress, revision, digest: specDigest(spec) }
}

function memberStatusOf (facts: Facts, record: MemberRecord): MemberStatus {
  const { id, address, vrrpState, founder, incarnation, software } = record
  const isLowered = record.phase === 'active' && record.effectivePriority !== null && record.appliedPriority !== null && record.effectivePriority < record.appliedPriority
  const { linked, roundTripMs } = id === facts.options.id ? { linked: null, roundTripMs: null } : neighbourOf(facts, id)
  const priority = record.effectivePriority ?? (record.number === null ? null : priorityOf(record))
  return { id, address, state: stateOf(facts, record), priority, vrrpState, lists: record.lists, isLowered, linked, roundTripMs, founder, incarnation, software }
}

function stateOf (facts: Facts, { id, phase }: MemberRecord): MemberStatus['state'] {
  if (isLost(facts, id)) return 'lost'
  return phase === 'discovering' ? 'joining' : phase
}

/** This host before it has an address, and so no record yet. */
function memberlessSelf ({ options, self }: Facts): MemberStatus {
  const { id, software } = options
  return { id, address: '', state: 'joining', priority: null, vrrpState: 'STOP', lists: [], isLowered: false, linked: null, roundTripMs: null, founder: null, incarnation: self.incarnation, software }
}
