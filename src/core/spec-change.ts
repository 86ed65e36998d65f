/**
 * How a group changes what its members share, which VRRP itself has no way to do: a member that changed alone would be a
 * stranger to the others, and after three intervals a second MASTER. So: *propose, prepare, go*. Members propose what their
 * environments bring. Once they agree, each tests and stores the conf that it would run, and says so. When all have, and all
 * answer, the MASTER says go, by running the new spec: its record says so, at a later epoch, and whoever has the same spec
 * ready reloads at once. Measured with keepalived 2.2.7: nothing is lost when all have reloaded within three intervals,
 * whoever is first; at once costs nothing but the first VIP itself, where that is another.
 *
 * Whoever missed it finds members at a later epoch than its own. If it is ready it follows; else it stops and joins anew.
 */
import { clear, raise } from './alarm.ts'
import type { Conf } from './event.ts'
import type { Facts } from './facts.ts'
import { isAlive, isLost, isUndoubted, masters, runners } from './liveness.ts'
import { memoized } from './memo.ts'
import type { Outbox } from './outbox.ts'
import { rejoin } from './phase.ts'
import { missingFor, targetOf } from './proposal.ts'
import type { Missing } from './proposal.ts'
import { acknowledgedWithin, answerCameWithin, askAgain } from './questions.ts'
import type { GroupSpec } from './record.ts'
import { completed, laterEpoch, latestOf } from './shared.ts'
import { changesOf, differences, isLaterSpec, sameSpec, specDigest } from './spec.ts'
import { derived } from './table.ts'
import { APPLY_RETRY_MS, GO_ANSWER_MS, MASTER_ANSWER_MS } from './timing.ts'
import { viewOf } from './view.ts'
import { sameConf, wishOf } from './wish.ts'

export function judgeChange (facts: Facts, out: Outbox): void {
  if (facts.keepalived.run === 'running') followGroup(facts, out)
  const target = changeOf(facts)
  tellChange(facts, target, out)
  prepare(facts, target, out)
  if (target !== null) considerGo(facts, target, out)
  tellDifference(facts, out)
}

/** Whether anybody in the view brings something else than it runs with: mostly nobody does. */
const isAnyProposed = derived((table) => viewOf(table).some(({ spec, proposed }) => proposed !== null && !sameSpec(spec, proposed)))

/** What the group is about to change to; null: nothing. */
export function changeOf ({ shared, table, options }: Facts): GroupSpec | null {
  // Static peers have nobody who would reload them.
  if (shared.spec === null || options.staticPeers.length > 0 || !isAnyProposed(table)) return null
  return targetOf(shared.spec, viewOf(table))
}

const latestOfGroup = memoized((facts: Facts) => [runners(facts), facts.self.founder], (running, own) => latestOf(running.filter(({ founder }) => founder === own)))

/** Runs what the group runs by now. */
function followGroup (facts: Facts, out: Outbox): void {
  const { shared } = facts
  const latest = latestOfGroup(facts)
  if (latest === null || shared.spec === null || !isLaterSpec(latest, shared.spec)) return
  const { epoch, revision } = latest
  if (sameSpec(latest, shared.spec)) {
    shared.spec = { ...shared.spec, epoch, revision }
  } else if (shared.prepared !== null && sameSpec(shared.prepared.spec, latest)) {
    out.log('info', 'the group changes its settings: reloading', { changes: changesOf(shared.spec, latest), epoch })
    adopt(facts, { ...shared.prepared.spec, epoch, revision })
  } else {
    out.log('warn', 'the group has changed its settings without this host: joining anew', { changes: changesOf(shared.spec, latest), epoch })
    rejoin(facts, out)
  }
}

function adopt ({ shared }: Facts, spec: GroupSpec): void {
  shared.spec = spec
  shared.prepared = null
  shared.ready = null
}

function tellChange ({ shared }: Facts, target: GroupSpec | null, out: Outbox): void {
  const digest = target === null ? null : specDigest(target)
  if (digest === shared.toldTarget) return
  shared.toldTarget = digest
  if (target !== null && shared.spec !== null) out.log('info', 'the group agrees to change its settings', { changes: changesOf(shared.spec, target) })
}

/** Keeps the conf of the change stored as it would be applied now: members may come and go meanwhile. */
function prepare (facts: Facts, target: GroupSpec | null, out: Outbox): void {
  const { shared, nowMs } = facts
  const spec = target === null || shared.spec === null ? null : completed(facts, { ...target, epoch: laterEpoch(shared.spec.epoch) })
  const wish = spec === null ? null : wishOf(facts, spec)
  shared.ready = null
  if (target === null || wish === null) {
    if (target !== null && spec === null) raise(facts, 'prepare', 'the group is about to change to a KEEPALIVED_AUTH_PASS that this host does not know', out, 'warn')
    else clear(facts, 'prepare', out)
    return
  }
  if (shared.prepared !== null && sameConf(shared.prepared, wish)) {
    shared.ready = specDigest(target)
    return clear(facts, 'prepare', out)
  }
  if (shared.preparing !== null) return
  if (nowMs < shared.prepareAtMs) return out.wake(shared.prepareAtMs)
  shared.preparing = wish
  out.push({ kind: 'prepare', conf: wish })
}

export function onPrepared ({ shared }: Facts, conf: Conf): void {
  shared.preparing = null
  shared.prepared = conf
}

export function onPrepareFailed (facts: Facts, reason: string, out: Outbox): void {
  facts.shared.preparing = null
  facts.shared.prepareAtMs = facts.nowMs + APPLY_RETRY_MS
  raise(facts, 'prepare', `the new settings of the group cannot be used here: ${reason}`, out)
}

/** The MASTER's word, which it gives by going ahead. */
function considerGo (facts: Facts, target: GroupSpec, out: Outbox): void {
  const { shared, keepalived, options, table } = facts
  if (keepalived.vrrpState !== 'MASTER' || keepalived.run !== 'running' || facts.leaving !== null) return
  const digest = specDigest(target)
  const others = viewOf(table).filter(({ id }) => id !== options.id)
  const isReady = shared.ready === digest && others.every(({ id, prepared }) => prepared === digest && isAlive(facts, id))
  if (!isReady || shared.prepared === null || shared.spec === null || keepalived.applying !== null || masters(facts).length > 0) return
  // An answer is void once its stream has ended: that is the first sign of a crash. An agent that hangs gives no sign.
  const unsure = others.filter(({ id }) => !isUndoubted(facts, id) || !acknowledgedWithin(facts, id, GO_ANSWER_MS) || !answerCameWithin(facts, id, MASTER_ANSWER_MS))
  for (const { id } of unsure) askAgain(facts, id, MASTER_ANSWER_MS, out)
  if (unsure.length > 0) return
  // The group's may have become a later one since that was prepared.
  const spec = { ...shared.prepared.spec, epoch: laterEpoch(shared.spec.epoch) }
  out.log('info', 'every member has the new settings ready: all reload', { changes: changesOf(shared.spec, target), epoch: spec.epoch })
  adopt(facts, spec)
}

/** Who keeps the group from changing to what is proposed, this host's own proposal before another's. Empty: nobody, or there is none. */
export function missingOf (facts: Facts): readonly Missing[] {
  const target = changeOf(facts)
  const { shared, options, table } = facts
  const view = viewOf(table)
  const own = options.spec !== null && !sameSpec(options.spec, shared.spec) ? options.spec : null
  const wanted = target ?? own ?? view.find(({ spec, proposed }) => proposed !== null && !sameSpec(proposed, spec))?.proposed ?? null
  return wanted === null || shared.spec === null ? [] : missingFor(wanted, view, { isLost: (id) => isLost(facts, id), agreed: target !== null })
}

const LACKS: Readonly<Record<Missing['lacks'], string>> = {
  proposal: 'brings others',
  preparation: 'has not stored them yet',
  life: 'is lost: bring it back, or forget it'
}

/** Tells that this host brings something else than it runs with, and what is missing to change that. */
function tellDifference (facts: Facts, out: Outbox): void {
  const { shared, options } = facts
  if (shared.spec === null || options.spec === null || sameSpec(options.spec, shared.spec)) return clear(facts, 'spec', out)
  raise(facts, 'spec', `the group runs with other settings than this host brings: ${differences(options.spec, shared.spec).join('; ')}; ${outlookOf(facts, options.spec)}`, out, 'warn')
}

function outlookOf (facts: Facts, own: GroupSpec): string {
  const { options, shared } = facts
  if (options.staticPeers.length > 0) return 'static peers cannot change with the group: stop keepalived on all hosts'
  if (own.revision < (shared.spec?.revision ?? 0)) return 'its KEEPALIVED_MESH_SPEC_REVISION is lower than the group\'s'
  const missing = missingOf(facts).map(({ address, lacks }) => `${address} (${LACKS[lacks]})`)
  return missing.length === 0 ? 'about to change' : `missing: ${missing.join(', ')}`
}
