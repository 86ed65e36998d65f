/**
 * When keepalived may be given the conf that is wanted. A stopped one at any time; one that runs reloads, and that costs something:
 *
 * - as BACKUP it restarts its timer, so one that reloads while the MASTER is dying keeps the VIP down for longer. Therefore it
 *   does so only when the MASTER's agent has answered just now (I8);
 * - as MASTER it may drop somebody that is back by now, which makes a second MASTER of that one. Therefore it first hears what is new;
 *   but to list one too many costs nothing, and to miss one makes a second MASTER as well, so that is not put off.
 *
 * Where time alone is wanting this member wakes when it has passed, and judges all of it again.
 */
import type { Conf } from './event.ts'
import type { Facts } from './facts.ts'
import { isUndoubted, listsSelf, masters, runners } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { acknowledgedWithin, answerCameWithin, askAgain } from './questions.ts'
import { isMany } from './room.ts'
import { isUnseated } from './seat.ts'
import { sameSpec } from './spec.ts'
import { AWAKE_MS, COLD_SPACING_MS, MANY_SPACING_EACH_MS, MANY_SPACING_MAX_MS, MANY_SPACING_MS, MASTER_ANSWER_MS, MASTER_SETTLE_MS, OVERSLEPT_MS, RELOAD_SPACING_MS, SLOW_ANSWER_MS, SLOW_MASTER_MS } from './timing.ts'
import { holderBeside } from './union.ts'
import { onlyAdds } from './wish.ts'

export function mayApply (facts: Facts, wish: Conf, out: Outbox): boolean {
  const { keepalived, leaving } = facts
  if (isBefore(facts, keepalived.retryAtMs, out)) return false
  if (keepalived.run === 'stopped') return !isMany(facts) || mayWriteAmongMany(facts, out)
  if (keepalived.run !== 'running' || leaving !== null || isUnseated(facts)) return false
  // All reload at once, the MASTER too: whoever waits is a stranger to the others.
  if (keepalived.applied !== null && !sameSpec(keepalived.applied.spec, wish.spec)) return true
  if (isBefore(facts, keepalived.lastAppliedAtMs + spacingMs(facts), out)) return false
  if (keepalived.vrrpState === 'MASTER') return mayReloadAsMaster(facts, wish, out)
  if (isBefore(facts, keepalived.awakeAtMs, out)) return false
  return keepalived.vrrpState !== 'BACKUP' || mayReloadAsBackup(facts, out)
}

/**
 * What a stopped one lists is news to all others as well, and of use to nobody before the MASTER lists this host, which is nearly the last thing that a
 * joiner waits for; who is about to start has no time to lose.
 */
function mayWriteAmongMany (facts: Facts, out: Outbox): boolean {
  const { clearance, lastAppliedAtMs } = facts.keepalived
  const [master] = masters(facts)
  if (clearance !== null) return true
  if (master !== undefined && !listsSelf(facts, master)) return false
  return !isBefore(facts, lastAppliedAtMs + (runners(facts).length === 0 ? COLD_SPACING_MS : spacingMs(facts)), out)
}

function mayReloadAsMaster (facts: Facts, wish: Conf, out: Outbox): boolean {
  const { applied, awakeAtMs, vrrpStateSinceMs } = facts.keepalived
  // After a long sleep VRRP may have chosen another MASTER, and what keepalived said of that may be unread.
  if (onlyAdds(wish, applied)) return !isBefore(facts, awakeAtMs - AWAKE_MS + OVERSLEPT_MS, out)
  return !isBefore(facts, awakeAtMs, out) && !isBefore(facts, vrrpStateSinceMs + MASTER_SETTLE_MS, out)
}

function mayReloadAsBackup (facts: Facts, out: Outbox): boolean {
  const { keepalived, neighbours, nowMs } = facts
  const [master] = masters(facts)
  // One that makes way, or that is to join anew, is a MASTER that dies, as announced: its successors' timers are running out.
  // Of a static peer that is MASTER no more can be known than that it holds the VIP.
  if (master === undefined) return holderBeside(facts, out) !== null
  if (master.phase !== 'active') return false
  keepalived.putOffAtMs ??= nowMs
  // A slow one is excused for being late, not one whose stream has ended or that misses a beat: it may have died since it answered.
  const isSlow = nowMs >= keepalived.putOffAtMs + SLOW_MASTER_MS && isUndoubted(facts, master.id)
  const withinMs = isSlow ? SLOW_ANSWER_MS : MASTER_ANSWER_MS
  const answeredAsMaster = neighbours.get(master.id)?.acknowledgedAs === 'MASTER'
  if (answeredAsMaster && acknowledgedWithin(facts, master.id, withinMs) && answerCameWithin(facts, master.id, MASTER_ANSWER_MS)) return true
  askAgain(facts, master.id, MASTER_ANSWER_MS, out)
  return false
}

function spacingMs (facts: Facts): number {
  return isMany(facts) ? Math.min(MANY_SPACING_MAX_MS, Math.max(MANY_SPACING_MS, MANY_SPACING_EACH_MS * facts.table.members.size)) : RELOAD_SPACING_MS
}

/** Whether it is too early yet; wakes when it is not any more. */
function isBefore ({ nowMs }: Facts, atMs: number, out: Outbox): boolean {
  if (nowMs >= atMs) return false
  out.wake(atMs)
  return true
}
