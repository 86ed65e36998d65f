/**
 * Probation: a joiner that starts beside a MASTER must hear it. If the mesh passes and protocol 112 does not, VRRP on
 * this host would elect a second MASTER after three intervals. So half an interval before that its keepalived is asked
 * how many adverts came, and the MASTER whether it still is one. No advert and a living MASTER: stop, say so, try later.
 */
import type { Facts } from './facts.ts'
import type { Probation } from './keepalived.ts'
import { masters } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { block } from './phase.ts'
import { askAgain } from './questions.ts'
import type { MemberId } from './record.ts'
import { advertMs } from './shared.ts'

/** Of three intervals, after which keepalived takes over. */
const PROBATION_INTERVALS = 2.5
/** A new MASTER advertises at once, and again an interval later; so it is with any MASTER and one that goes on after a pause. */
const NEXT_MASTER_INTERVALS = 1.5
const REPEAT_MS = 100

export function beginProbation (facts: Facts): void {
  const [master] = masters(facts)
  facts.keepalived.probation = master === undefined ? null : probationBy(facts, master.id, PROBATION_INTERVALS)
}

function probationBy (facts: Facts, master: MemberId, intervals: number): Probation {
  return { master, dueAtMs: facts.nowMs + intervals * advertMs(facts), asked: false, received: null }
}

/**
 * After a pause: where the whole host stood still its keepalived has heard nothing either, and needs the time of one more advert. Where only
 * this process was late, by less than an interval, enough of them came.
 */
export function prolongProbation (facts: Facts, pausedMs: number): void {
  const { keepalived: { probation }, nowMs } = facts
  if (probation === null || pausedMs < advertMs(facts)) return
  const dueAtMs = Math.max(probation.dueAtMs, nowMs + NEXT_MASTER_INTERVALS * advertMs(facts))
  facts.keepalived.probation = { ...probation, dueAtMs, asked: false, received: null }
}

export function judgeProbation (facts: Facts, out: Outbox): void {
  const { keepalived, nowMs } = facts
  const { probation } = keepalived
  if (probation === null || keepalived.run !== 'running') return
  if (nowMs < probation.dueAtMs) return out.wake(probation.dueAtMs)
  const reporting = masters(facts)
  const master = reporting.find(({ id }) => id === probation.master) ?? reporting[0]
  if (master === undefined || (probation.received ?? 0) > 0) {
    keepalived.probation = null
    return
  }
  if (master.id !== probation.master) {
    // What did not come from one that died in between says nothing of the next.
    keepalived.probation = probationBy(facts, master.id, NEXT_MASTER_INTERVALS)
    return out.wake(keepalived.probation.dueAtMs)
  }
  if (!probation.asked) {
    probation.asked = true
    probation.received = null
    out.push({ kind: 'countAdverts' })
  }
  const acknowledgedAtMs = facts.neighbours.get(master.id)?.acknowledgedAtMs ?? Number.NEGATIVE_INFINITY
  if (acknowledgedAtMs < probation.dueAtMs) return askAgain(facts, master.id, REPEAT_MS, out)
  if (probation.received === null) return
  block(facts, `no VRRP advert arrived from the MASTER ${master.address}: is protocol 112 blocked between it and this host?`, out, { unheard: master.id })
}
