/**
 * From the conf that is wanted to the keepalived that runs it. Level-triggered: wanted against applied, equal means
 * nothing to do.
 *
 * A reload restarts the timer of a BACKUP, so one that reloads while the MASTER is dying keeps the VIP down for longer.
 * Therefore a running BACKUP reloads only when the MASTER's agent has answered just now (I8), and whatever changes in
 * the meantime goes into one reload.
 */
import { clear, raise } from './alarm.ts'
import type { Conf } from './event.ts'
import type { Facts } from './facts.ts'
import { alive, isUndoubted, masters, runners } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { forgetParted } from './parting.ts'
import { block, enter, rejoin, take } from './phase.ts'
import { beginProbation } from './probation.ts'
import { acknowledgedWithin, askAgain } from './questions.ts'
import { ACKNOWLEDGED_MS, APPLY_RETRY_MS, AWAKE_MS, CLAIM_MAX_MS, MASTER_ANSWER_MS, MASTER_SETTLE_MS, OVERSLEPT_MS, REFUSED_MS, RELOAD_SPACING_MS, RESPAWN_MAX_MS, RESPAWN_MIN_MS, SLOW_ANSWER_MS, SLOW_MASTER_MS } from './timing.ts'
import type { Address, VrrpState } from './record.ts'
import { advertMs } from './shared.ts'
import { sameSpec } from './spec.ts'
import { lists } from './view.ts'
import { isApplied, onlyAdds, wishOf } from './wish.ts'

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

function mayApply (facts: Facts, wish: Conf, out: Outbox): boolean {
  const { keepalived, nowMs } = facts
  if (nowMs < keepalived.retryAtMs) {
    out.wake(keepalived.retryAtMs)
    return false
  }
  if (keepalived.run === 'stopped') return true
  if (keepalived.run !== 'running' || facts.leaving !== null) return false
  // All reload at once, the MASTER too: whoever waits is a stranger to the others.
  if (keepalived.applied !== null && !sameSpec(keepalived.applied.spec, wish.spec)) return true
  if (nowMs < keepalived.lastAppliedAtMs + RELOAD_SPACING_MS) {
    out.wake(keepalived.lastAppliedAtMs + RELOAD_SPACING_MS)
    return false
  }
  // A MASTER that misses somebody makes a second MASTER of it, and to list one too many costs nothing.
  if (keepalived.vrrpState === 'MASTER' && onlyAdds(wish, keepalived.applied) && !hasOverslept(facts, out)) return true
  if (nowMs < keepalived.awakeAtMs) {
    out.wake(keepalived.awakeAtMs)
    return false
  }
  if (keepalived.vrrpState === 'MASTER' && nowMs < keepalived.vrrpStateSinceMs + MASTER_SETTLE_MS) {
    out.wake(keepalived.vrrpStateSinceMs + MASTER_SETTLE_MS)
    return false
  }
  if (keepalived.vrrpState !== 'BACKUP') return true
  const [master] = masters(facts)
  // One that makes way, or that is to join anew, is a MASTER that dies, as announced: its successors' timers are running out.
  if (master === undefined || master.phase !== 'active') return false
  const answeredAsMaster = facts.neighbours.get(master.id)?.acknowledgedAs === 'MASTER'
  keepalived.putOffAtMs ??= nowMs
  // A slow one is excused for being late, not one whose stream has ended or that misses a beat: it may have died since it answered.
  const isSlow = nowMs >= keepalived.putOffAtMs + SLOW_MASTER_MS && isUndoubted(facts, master.id)
  const withinMs = isSlow ? SLOW_ANSWER_MS : MASTER_ANSWER_MS
  if (answeredAsMaster && acknowledgedWithin(facts, master.id, withinMs)) return true
  askAgain(facts, master.id, MASTER_ANSWER_MS, out)
  return false
}

/** Whether it slept for so long that VRRP may have chosen another MASTER, and what keepalived said of that may be unread. */
function hasOverslept ({ keepalived: { awakeAtMs }, nowMs }: Facts, out: Outbox): boolean {
  const isReadAtMs = awakeAtMs - AWAKE_MS + OVERSLEPT_MS
  if (nowMs >= isReadAtMs) return false
  out.wake(isReadAtMs)
  return true
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
