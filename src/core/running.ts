/**
 * From the conf that is wanted to the keepalived that runs it. Level-triggered: wanted against applied, equal means
 * nothing to do. Whatever changes before a reload is allowed (reload.ts) goes into that one reload.
 *
 * And what keepalived tells of itself: started, stopped, MASTER, a conf taken or refused.
 */
import { clear, raise } from './alarm.ts'
import type { Conf } from './event.ts'
import type { Facts } from './facts.ts'
import { alive, runners } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { forgetParted } from './parting.ts'
import { block, enter, rejoin, take } from './phase.ts'
import { beginProbation } from './probation.ts'
import { mayApply } from './reload.ts'
import { ACKNOWLEDGED_MS, APPLY_RETRY_MS, CLAIM_MAX_MS, MASTER_SETTLE_MS, REFUSED_MS, RESPAWN_MAX_MS, RESPAWN_MIN_MS, SLOW_MASTER_MS } from './timing.ts'
import type { Address, VrrpState } from './record.ts'
import { advertMs } from './shared.ts'
import { sameSpec } from './spec.ts'
import { lists } from './view.ts'
import { isApplied, wishOf } from './wish.ts'

/** After so many starts in a row that did not come up, a host stays out for a while. */
const FAILED_STARTS_MAX = 3

export function judgeKeepalived (facts: Facts, out: Outbox): void {
  const { keepalived, self } = facts
  if (facts.isRenewing) return
  settleClaim(facts, out)
  expireClearance(facts)
  forgetParted(facts, out)
  const wish = wishOf(facts)
  if (wish === null || keepalived.applying !== null) return
  if (!isApplied(facts, wish)) {
    if (mayApply(facts, wish, out)) {
      keepalived.applying = wish
      out.push({ kind: 'apply', conf: wish, place: { number: self.number ?? 0, founder: self.founder } })
    }
    return
  }
  keepalived.putOffAtMs = null
  keepalived.refusedSinceMs = null
  clear(facts, 'conf', out)
  if (keepalived.run !== 'stopped' || keepalived.clearance === null) return
  keepalived.run = 'starting'
  out.push({ kind: 'start' })
}

/**
 * A conf that could not be written for so long leaves nothing to stand on: who may start is judged anew. So it is when the VIP that
 * this host was about to claim turns out to be held, or somebody to run VRRP.
 */
function expireClearance (facts: Facts): void {
  const { keepalived, vip, nowMs } = facts
  if (keepalived.run !== 'stopped') return
  const isTaken = keepalived.clearance === 'claim' && (vip.mac !== null || runners(facts).length > 0)
  if (isTaken || nowMs > keepalived.clearedAtMs + ACKNOWLEDGED_MS) keepalived.clearance = null
}

/**
 * A claim has done its work once this host is MASTER. Whoever is BACKUP instead lost it to another that started at the same
 * time, and that need not list it: it goes before it could take the VIP back, and joins that one by the front door.
 */
function settleClaim (facts: Facts, out: Outbox): void {
  const { keepalived, nowMs } = facts
  if (keepalived.run !== 'running' || keepalived.applied?.claim !== true) return
  // The winner goes down from 255, MASTER_SETTLE_MS after it won, and is not heeded at 255 any more: its last advert that was may be one interval older.
  const untilMs = keepalived.runSinceMs + Math.min(CLAIM_MAX_MS, MASTER_SETTLE_MS + 1.5 * advertMs(facts))
  const isOver = keepalived.vrrpState === 'MASTER' || nowMs >= untilMs
  if (keepalived.claiming && !isOver) return out.wake(untilMs)
  keepalived.claiming = false
  if (keepalived.vrrpState !== 'BACKUP') return
  out.log('warn', 'another host has claimed the VIP as well: joining it', {})
  rejoin(facts, out)
}

export function onApplied (facts: Facts, conf: Conf, out: Outbox): void {
  const { keepalived } = facts
  // keepalived tells a priority that a check has changed, but not one that a reload has.
  if (keepalived.effectivePriority !== null && keepalived.applied !== null) {
    keepalived.effectivePriority += conf.priority - keepalived.applied.priority
  }
  keepalived.applied = conf
  if (keepalived.strangers.length > 0) keepalived.strangers = keepalived.strangers.filter((address) => !isSomebodyIn(facts, conf, address))
  keepalived.appliedLink = facts.self.link
  keepalived.applying = null
  keepalived.lastAppliedAtMs = facts.nowMs
  keepalived.putOffAtMs = null
  keepalived.refusedSinceMs = null
  clear(facts, 'conf', out)
}

/** Whether the conf lists a member there. */
function isSomebodyIn ({ table }: Facts, conf: Conf, address: Address): boolean {
  return [...table.members.values()].some(({ statement }) => statement.address === address && lists(conf, statement))
}

/** A BACKUP whose conf is refused for long cannot follow the group and leaves VRRP to the others; a MASTER keeps the VIP. */
export function onApplyFailed (facts: Facts, reason: string, out: Outbox): void {
  const { keepalived, nowMs } = facts
  keepalived.applying = null
  keepalived.refusedSinceMs ??= nowMs
  raise(facts, 'conf', reason, out)
  const isStranger = keepalived.applied !== null && facts.shared.spec !== null && !sameSpec(keepalived.applied.spec, facts.shared.spec)
  // A stranger to the others takes over after three intervals: it tries once more before that.
  const oneIntervalMs = isStranger ? 1000 * (keepalived.applied?.spec.advertInt ?? 1) : APPLY_RETRY_MS
  keepalived.retryAtMs = nowMs + Math.min(APPLY_RETRY_MS, oneIntervalMs)
  if (isStranger && nowMs > keepalived.refusedSinceMs && keepalived.run === 'running' && runners(facts).length > 0) {
    out.log('error', 'this host cannot change its settings with the group: joining anew', { reason })
    return rejoin(facts, out)
  }
  // Joiners count from when it was to list them, not from when its MASTER gave it leave to try.
  const lagsSinceMs = Math.min(keepalived.refusedSinceMs, Math.max(keepalived.putOffAtMs ?? nowMs, keepalived.refusedSinceMs - SLOW_MASTER_MS))
  if (nowMs >= lagsSinceMs + REFUSED_MS && keepalived.vrrpState !== 'MASTER' && alive(facts).length > 0) {
    block(facts, `the conf is refused: ${reason}`.slice(0, 200), out)
  }
}

export function onStarted (facts: Facts, out: Outbox): void {
  const { keepalived, nowMs } = facts
  if (keepalived.run !== 'starting') return
  keepalived.run = 'running'
  keepalived.runSinceMs = nowMs
  // Its first state may have come before: the fifo is faster than the start.
  if (keepalived.vrrpState === 'STOP') keepalived.vrrpState = 'BACKUP'
  keepalived.claiming = keepalived.clearance === 'claim'
  if (keepalived.clearance === 'join') beginProbation(facts)
  keepalived.clearance = null
  if (facts.leaving === null) enter(facts, 'active')
  for (const alarm of ['blocked', 'stranger', 'laggards']) clear(facts, alarm, out)
  out.log('info', 'VRRP has started on this host', { priority: keepalived.applied?.priority, claim: keepalived.claiming })
}

export function onStopped (facts: Facts, asked: boolean, reason: string, out: Outbox): void {
  const { keepalived, nowMs } = facts
  if (keepalived.run === 'stopped') return
  const livedMs = nowMs - keepalived.runSinceMs
  keepalived.failedStarts = keepalived.run === 'starting' ? keepalived.failedStarts + 1 : 0
  keepalived.run = 'stopped'
  keepalived.vrrpState = 'STOP'
  keepalived.effectivePriority = null
  keepalived.clearance = null
  keepalived.claiming = false
  keepalived.probation = null
  keepalived.strangers = []
  facts.self.left.clear()
  facts.vip.silentProbes = 0
  if (facts.leaving !== null) return
  take(facts, null)
  if (asked) return
  keepalived.respawnMs = livedMs > RESPAWN_MAX_MS ? RESPAWN_MIN_MS : Math.min(RESPAWN_MAX_MS, Math.max(RESPAWN_MIN_MS, keepalived.respawnMs * 2))
  keepalived.respawnAtMs = nowMs + keepalived.respawnMs
  out.log('error', 'keepalived has died: joining anew', { reason, againInMs: keepalived.respawnMs })
  // Others wait for a host that cannot start, until it says so.
  if (keepalived.failedStarts >= FAILED_STARTS_MAX && alive(facts).length > 0) block(facts, `keepalived does not start: ${reason}`.slice(0, 200), out)
  else rejoin(facts, out)
}

/** Left alone, it would come back at its old number and take the VIP from whoever has it by then. */
export function onRespawned (facts: Facts, out: Outbox): void {
  if (runners(facts).length === 0) return
  out.log('error', 'the vrrp process of keepalived was replaced: joining anew', {})
  rejoin(facts, out)
}

export function onVrrpState (facts: Facts, state: VrrpState, out: Outbox): void {
  const { keepalived } = facts
  if (keepalived.vrrpState === state) return
  out.log('debug', 'VRRP state', { state, was: keepalived.vrrpState })
  keepalived.vrrpState = state
  keepalived.vrrpStateSinceMs = facts.nowMs
}
