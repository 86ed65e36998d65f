/**
 * Leaving as asked. A MASTER first makes way: it lowers its priority without a reload, and holds the VIP until a
 * successor has taken it, so that clients lose nothing (make before break). Then VRRP stops, and a signed word tells the
 * others that this host is out, so that they unlist it.
 *
 * Who takes over is decided by the timers of the BACKUPs, which run from the last advert, or from a reload after it. So the
 * last advert at full priority comes after the last reload: else a junior is first and its senior second, two moves.
 */
import type { Facts, Leaving } from './facts.ts'
import { entomb } from './burial.ts'
import { alive, listsSelf, masters } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { enter, stopKeepalived } from './phase.ts'
import { claimsOf } from './table.ts'
import { FAREWELL_MS, HANDOVER_MAX_MS } from './timing.ts'
import { advertMs } from './shared.ts'

/** Far enough below every priority, and above −254, which is FAULT. */
const HANDOVER_WEIGHT = -253
/** An advert may be late by this on a busy host. */
const ADVERT_GRACE_MS = 100

export function beginLeaving (facts: Facts): void {
  if (facts.leaving !== null) return
  facts.leaving = { sinceMs: facts.nowMs, step: 'handover', loweredAtMs: null, stepSinceMs: facts.nowMs }
  facts.keepalived.clearance = null
  enter(facts, 'leaving')
}

export function judgeLeaving (facts: Facts, out: Outbox): void {
  const { leaving, keepalived, nowMs } = facts
  if (leaving === null) return
  if (leaving.step === 'handover') {
    if (keepalived.run === 'starting') return
    if (keepalived.vrrpState === 'MASTER' && hasSuccessor(facts, leaving) && isMakingWay(facts, leaving, out)) return
    proceed(facts, 'stopping')
    stopKeepalived(facts, out)
  }
  // keepalived says STOP when its VIPs are off and it sends no more; of its end it takes another second.
  if (leaving.step === 'stopping' && (keepalived.run === 'stopped' || keepalived.vrrpState === 'STOP')) {
    proceed(facts, 'farewell')
    sayFarewell(facts, out)
  }
  if (leaving.step === 'farewell') {
    if (nowMs < leaving.stepSinceMs + FAREWELL_MS) return out.wake(leaving.stepSinceMs + FAREWELL_MS)
    if (keepalived.run !== 'stopped') return
    proceed(facts, 'gone')
    out.push({ kind: 'exit' })
  }
}

/** False once a successor had its time. */
function isMakingWay (facts: Facts, leaving: Leaving, out: Outbox): boolean {
  const { nowMs } = facts
  const calmAtMs = Math.min(facts.timersRestartedAtMs, leaving.sinceMs) + advertMs(facts) + ADVERT_GRACE_MS
  if (leaving.loweredAtMs === null) {
    if (nowMs < calmAtMs) {
      out.wake(calmAtMs)
      return true
    }
    leaving.loweredAtMs = nowMs
    out.push({ kind: 'lower', by: HANDOVER_WEIGHT })
  }
  const untilMs = Math.min(leaving.sinceMs + HANDOVER_MAX_MS, leaving.loweredAtMs + 3 * advertMs(facts) + 1000)
  out.wake(untilMs)
  return nowMs < untilMs
}

function proceed ({ leaving, nowMs }: Facts, step: 'stopping' | 'farewell' | 'gone'): void {
  if (leaving === null) return
  leaving.step = step
  leaving.stepSinceMs = nowMs
}

/** Somebody healthy who lists this host, and so hears it make way. Where another one is MASTER already, nobody has to take over. */
function hasSuccessor (facts: Facts, { loweredAtMs }: Leaving): boolean {
  if (loweredAtMs === null && isBesideMaster(facts)) return false
  return alive(facts).some((member) =>
    member.phase === 'active' && (member.vrrpState === 'BACKUP' || member.vrrpState === 'MASTER') && listsSelf(facts, member))
}

/** Another one has said that it is MASTER as well, since this host is: had it heard this host, it would have given way, or this one. */
function isBesideMaster (facts: Facts): boolean {
  return masters(facts).some(({ id }) => {
    const { acknowledgedAs = null, acknowledgedAtMs = null } = facts.neighbours.get(id) ?? {}
    return acknowledgedAs === 'MASTER' && acknowledgedAtMs !== null && acknowledgedAtMs > facts.keepalived.vrrpStateSinceMs
  })
}

function sayFarewell (facts: Facts, out: Outbox): void {
  const { options, self, neighbours, table } = facts
  entomb(facts, { id: options.id, incarnation: self.incarnation }, 'left', out)
  const claims = claimsOf(table).filter(({ statement }) => statement.id === options.id)
  for (const [id, { linked }] of neighbours) {
    if (linked) out.push({ kind: 'send', to: id, message: { kind: 'table', claims, spread: false } })
  }
}
