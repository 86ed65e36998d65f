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
import { staticHolder } from './union.ts'
import { probeVip } from './vip.ts'

/** Of three intervals, after which keepalived takes over. */
const PROBATION_INTERVALS = 2.5
/** A new MASTER advertises at once, and again an interval later; so it is with any MASTER and one that goes on after a pause. */
const NEXT_MASTER_INTERVALS = 1.5
const REPEAT_MS = 100

export function beginProbation (facts: Facts): void {
  const [master] = masters(facts)
  const mustHear = master !== undefined || facts.options.staticPeers.length > 0
  facts.keepalived.probation = mustHear ? probationBy(facts, master?.id ?? null, PROBATION_INTERVALS) : null
}

function probationBy (facts: Facts, master: MemberId | null, intervals: number): Probation {
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
  if ((probation.received ?? 0) > 0 || (master === undefined && (probation.master !== null || keepalived.vrrpState === 'MASTER'))) {
    keepalived.probation = null
    return
  }
  if (master === undefined) return judgeBesideStatic(facts, probation, out)
  if (master.id !== probation.master) {
    // What did not come from one that died in between says nothing of the next.
    keepalived.probation = probationBy(facts, master.id, NEXT_MASTER_INTERVALS)
    return out.wake(keepalived.probation.dueAtMs)
  }
  countOnce(probation, out)
  const acknowledgedAtMs = facts.neighbours.get(master.id)?.acknowledgedAtMs ?? Number.NEGATIVE_INFINITY
  if (acknowledgedAtMs < probation.dueAtMs) return askAgain(facts, master.id, REPEAT_MS, out)
  if (probation.received === null) return
  block(facts, `no VRRP advert arrived from the MASTER ${master.address}: is protocol 112 blocked between it and this host?`, out, { unheard: master.id })
}

function countOnce (probation: Probation, out: Outbox): void {
  if (probation.asked) return
  probation.asked = true
  probation.received = null
  out.push({ kind: 'countAdverts' })
}

/** Nobody tells whether a static peer is MASTER still, but the VIP does, by a probe from then on: where it is nobody's, an election is under way. */
function judgeBesideStatic (facts: Facts, probation: Probation, out: Outbox): void {
  countOnce(probation, out)
  if (facts.vip.probing || facts.vip.probedAtMs < probation.dueAtMs) return probeVip(facts, out, REPEAT_MS)
  if (probation.received === null) return
  const holder = staticHolder(facts)
  if (holder === null) facts.keepalived.probation = null
  else block(facts, `no VRRP advert arrived from the static peer ${holder}, which holds the VIP: does it list this host, with the same settings, and is protocol 112 let through?`, out)
}
