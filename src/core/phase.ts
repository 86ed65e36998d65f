/** The ways from one phase to another that more than one part takes. */
import { raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { isAlive, masters } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import type { Phase } from './record.ts'
import { BLOCKED_RETRY_MS } from './timing.ts'

export function enter ({ self, nowMs }: Facts, phase: Phase, reason: string | null = null): void {
  if (phase !== 'blocked') self.unheard = self.coHolder = null
  if (self.phase === phase && self.reason === reason) return
  if (self.phase !== phase) self.phaseSinceMs = nowMs
  self.phase = phase
  self.reason = reason
  self.waitingFor = null
}

/** Leave to start VRRP, for as long as what it stands on is fresh. */
export function clearTo ({ keepalived, nowMs }: Facts, clearance: 'join' | 'claim'): void {
  keepalived.clearance = clearance
  keepalived.clearedAtMs = nowMs
}

/** Takes a number, or gives it up. */
export function take ({ self, nowMs }: Facts, number: number | null): void {
  if (self.number === number) return
  self.number = number
  self.numberSinceMs = nowMs
}

/**
 * Begins anew as a joiner: VRRP stops, and the number goes with the run that it belonged to, so that this host comes
 * back below everyone and takes the VIP from nobody (I2).
 */
export function rejoin (facts: Facts, out: Outbox): void {
  if (facts.leaving !== null) return
  standDown(facts, out)
  enter(facts, 'discovering')
}

/** Stays out, for a reason that people are told, and tries again later. `because`: the member whose doing ends the wait. */
export function block (facts: Facts, reason: string, out: Outbox, because: Partial<Pick<Facts['self'], 'unheard' | 'coHolder'>> = {}): void {
  raise(facts, 'blocked', reason, out)
  standDown(facts, out)
  enter(facts, 'blocked', reason)
  facts.self.unheard = because.unheard ?? null
  facts.self.coHolder = because.coHolder ?? null
}

/**
 * The time of a block is over: whatever was wrong may have been mended, or there is no MASTER any more to be deaf to, or the
 * other holder speaks again and can be asked.
 */
export function judgeBlock (facts: Facts, out: Outbox): void {
  const { self, keepalived, nowMs } = facts
  if (self.phase !== 'blocked') return
  if (keepalived.run !== 'stopped') return
  const isOver = (self.unheard !== null && !masters(facts).some(({ id }) => id === self.unheard)) ||
    (self.coHolder !== null && isAlive(facts, self.coHolder))
  if (!isOver && nowMs < self.phaseSinceMs + BLOCKED_RETRY_MS) return out.wake(self.phaseSinceMs + BLOCKED_RETRY_MS)
  rejoin(facts, out)
}

function standDown (facts: Facts, out: Outbox): void {
  const { keepalived } = facts
  // Until VRRP has stopped it stays listed, or it would be a MASTER that nobody hears.
  if (keepalived.run === 'stopped') take(facts, null)
  keepalived.clearance = null
  keepalived.claiming = false
  keepalived.probation = null
  stopKeepalived(facts, out)
}

export function stopKeepalived ({ keepalived }: Facts, out: Outbox): void {
  if (keepalived.run === 'stopped' || keepalived.run === 'stopping') return
  keepalived.run = 'stopping'
  out.push({ kind: 'stop' })
}
