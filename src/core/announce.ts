/**
 * What this member tells: its own record whenever anything in it has changed, a beat now and then to those it has a
 * stream to, and to the disk whatever a restart should still know.
 */
import type { Facts } from './facts.ts'
import { goneOf } from './burial.ts'
import { memoized } from './memo.ts'
import type { Outbox } from './outbox.ts'
import type { Claim, GroupSpec, MemberRecord } from './record.ts'
import { claimsOf, derived, merge, tableDigest, tombstonesDigest } from './table.ts'
import { near } from './ring.ts'
import { sameSpec, specDigest } from './spec.ts'
import { sameTexts, spoken } from './texts.ts'
import { BEAT_MS, FAR_BEAT_MS, YOUNG_LINK_MS } from './timing.ts'
import { viewOf, viewText } from './view.ts'
import { VIPS_TOLD_MAX, broughtVips } from './vips.ts'

/** Entries of each list that a record gives: a whole table, and those that have just gone out of it. */
export const LISTS_TOLD_MAX = 300

/** Characters of the reason that a record gives. */
export const REASON_MAX = 200

export function announce (facts: Facts, out: Outbox): void {
  const { self, options, table, dependencies } = facts
  const known = table.members.get(options.id)?.statement
  const record = recordOf(facts, out)
  if (record === null || facts.isRenewing || facts.leaving?.step === 'farewell' || facts.leaving?.step === 'gone') return
  if (known !== undefined && known.incarnation === self.incarnation && sameWords(record, known)) return
  self.sequence++
  facts.told.add(record.address)
  const claim = dependencies.seal({ ...record, sequence: self.sequence })
  merge(table, claim)
  out.push({ kind: 'publish', claims: [claim] })
  tell(facts, claim, out, known?.number !== record.number || known?.spec?.epoch !== record.spec?.epoch)
}

/**
 * Null while this host has no address, so that nobody could reach it. As long as VRRP runs with another address than it should,
 * that is the one to list.
 */
function recordOf (facts: Facts, out: Outbox): MemberRecord | null {
  const { self, shared, options, keepalived, table } = facts
  const address = keepalived.run === 'stopped' ? self.address : keepalived.applied?.source ?? self.address
  if (address === null) return null
  return {
    kind: 'member',
    id: options.id,
    incarnation: self.incarnation,
    sequence: self.sequence,
    address,
    port: options.port,
    mac: self.mac,
    phase: self.phase,
    reason: self.reason === null ? null : spoken(self.reason, REASON_MAX),
    founder: self.founder,
    number: self.number,
    pinned: options.pinned,
    vrrpState: keepalived.vrrpState,
    appliedPriority: keepalived.applied?.priority ?? null,
    effectivePriority: keepalived.effectivePriority === null ? null : Math.max(0, Math.min(255, keepalived.effectivePriority)),
    lists: kept(keepalived.applied?.lists, keepalived.applying?.lists).slice(0, LISTS_TOLD_MAX),
    peers: kept(keepalived.applied?.peers, keepalived.applying?.peers).slice(0, LISTS_TOLD_MAX),
    gone: goneOf(facts, out),
    rival: facts.vip.rivalMac,
    tombstones: tombstonesDigest(table),
    spec: toldSpec(facts),
    proposed: toldProposal(facts),
    prepared: shared.ready,
    vips: broughtVips(facts).slice(0, VIPS_TOLD_MAX),
    software: options.software
  }
}

const toldSpec = memoized(({ shared, options }: Facts) => [shared.spec, options.hasSecret], told)

const toldProposal = memoized(({ options }: Facts) => [options.spec, options.hasSecret], told)

/** A password stays at home where the mesh is open. */
function told (spec: GroupSpec | null, hasSecret: boolean): GroupSpec | null {
  return spec === null || hasSecret ? spec : { ...spec, authPass: null }
}

/** What keepalived runs and will still run when the conf is done that it is being given: a joiner starts on this word. */
function kept (applied: readonly string[] = [], applying: readonly string[] | undefined): readonly string[] {
  return applying === undefined || sameTexts(applied, applying) ? applied : applied.filter((text) => applying.includes(text))
}

/** Whether two records of one incarnation say the same. What the environment brings never changes within one. */
function sameWords (a: MemberRecord, b: MemberRecord): boolean {
  return a.address === b.address && a.mac === b.mac && a.phase === b.phase && a.reason === b.reason && a.founder === b.founder &&
    a.number === b.number && a.vrrpState === b.vrrpState && a.effectivePriority === b.effectivePriority && a.appliedPriority === b.appliedPriority &&
    a.rival === b.rival && a.tombstones === b.tombstones && isSameWord(a.spec, b.spec) && a.prepared === b.prepared && sameTexts(a.vips, b.vips) && sameTexts(a.lists, b.lists) && sameTexts(a.peers, b.peers) && sameTexts(a.gone, b.gone)
}

function isSameWord (a: GroupSpec | null, b: GroupSpec | null): boolean {
  return sameSpec(a, b) && a?.epoch === b?.epoch && a?.revision === b?.revision
}

/**
 * Over the streams as well as by gossip: to those that GossipSub, which never repeats itself, has not grafted yet; and to
 * everybody a new number, so that it goes ahead of the questions that follow, and a new spec, on which all reload at once.
 */
function tell ({ neighbours, nowMs }: Facts, claim: Claim, out: Outbox, toAll: boolean): void {
  for (const [id, { linked, linkedAtMs }] of neighbours) {
    if (linked && (toAll || nowMs - linkedAtMs < YOUNG_LINK_MS)) out.push({ kind: 'send', to: id, message: { kind: 'table', claims: [claim], spread: false } })
  }
}

export function beat (facts: Facts, out: Outbox): void {
  if (facts.nowMs >= facts.nextBeatAtMs) {
    facts.nextBeatAtMs = facts.nowMs + BEAT_MS
    const toAll = facts.nextBeatAtMs > facts.nextFarBeatAtMs
    if (toAll) facts.nextFarBeatAtMs = facts.nowMs + FAR_BEAT_MS
    const message = { kind: 'beat', digest: tableDigest(facts.table) } as const
    for (const [id, { linked }] of facts.neighbours) {
      if (linked && (toAll || near(facts).has(id) || !facts.table.members.has(id))) out.push({ kind: 'send', to: id, message })
    }
  }
  out.wake(facts.nextBeatAtMs)
}

const viewAndPhases = derived((table) => [viewText(table), ...viewOf(table).map(({ phase }) => phase)].join('\n'))

const memoryText = memoized(
  ({ table, self, shared }: Facts) => [viewAndPhases(table), tombstonesDigest(table), self.incarnation, self.number, self.founder, shared.spec],
  (view, tombstones, incarnation, number, founder, spec) => `${view} ${tombstones} ${incarnation} ${number} ${founder} ${spec === null ? '' : `${specDigest(spec)} ${spec.epoch}`}`
)

/** Writes when the view, the own place in it, or the tombstones are not what was last written. */
export function remember (facts: Facts, out: Outbox): void {
  const { self, shared, table, options } = facts
  const text = memoryText(facts)
  if (text === facts.rememberedText || self.phase !== 'active') return
  facts.rememberedText = text
  const claims = claimsOf(table).filter(({ statement }) => statement.id !== options.id)
  out.push({ kind: 'remember', memory: { incarnation: self.incarnation, founder: self.founder, number: self.number, spec: shared.spec, claims } })
}
