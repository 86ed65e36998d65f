/**
 * Which number this member takes. A number is taken once, below everyone, and belongs to one unbroken run of keepalived:
 * so the relative order of two running members never changes (I2), and nobody who comes, or comes back, preempts.
 *
 * Two who take at the same time may take the same: the higher id yields, and whoever runs already yields last.
 */
import type { Facts } from './facts.ts'
import { isLost, others } from './liveness.ts'
import { NUMBER_MAX, compacted, placeBelow } from './number.ts'
import type { Outbox } from './outbox.ts'
import type { MemberRecord } from './record.ts'
import { QUIET_MS } from './timing.ts'
import { runsVrrp, viewDigest, viewOf } from './view.ts'

/** The place below everyone in the view, the highest one if nobody is there; null when there is none left. */
export function lowestPlace (facts: Facts): number | null {
  const taken = others(facts).map(({ number }) => number).filter((number) => number !== null)
  return taken.length === 0 ? NUMBER_MAX : placeBelow(Math.min(...taken))
}

/** Whether this member, which does not run VRRP yet, must take another number. */
export function mustTakeAnew (facts: Facts): boolean {
  const { number } = facts.self
  if (number === null) return true
  return others(facts).some((member) => {
    if (member.number === null) return false
    return member.phase === 'joining' || member.phase === 'discovering'
      ? member.number === number && member.id < facts.options.id
      : member.number <= number
  })
}

/** A BACKUP that shares its number with a senior goes below everyone: lowering is always allowed. */
export function judgeNumber (facts: Facts, out: Outbox): void {
  watchQuiet(facts)
  const { self, keepalived, options } = facts
  if (self.number === null || keepalived.run !== 'running' || facts.leaving !== null) return
  const rival = others(facts).find((member) => member.number === self.number && runsVrrp(member) && yields(facts, member))
  if (rival !== undefined) {
    const number = lowestPlace(facts)
    if (number === null) return
    out.log('info', 'two members hold one number: this one goes below', { number, was: self.number, other: rival.id, member: options.id })
    self.number = number
    return
  }
  raiseInQuiet(facts, out)
}

function yields ({ keepalived, options }: Facts, other: MemberRecord): boolean {
  if (keepalived.vrrpState === 'MASTER') return other.vrrpState === 'MASTER' && other.id < options.id
  return other.vrrpState === 'MASTER' || other.id < options.id
}

function watchQuiet (facts: Facts): void {
  const view = viewOf(facts.table)
  const digest = `${viewDigest(view)} ${view.map(({ phase, id }) => `${phase}${isLost(facts, id) ? '!' : ''}`).join(' ')}`
  if (digest === facts.lastViewDigest) return
  facts.lastViewDigest = digest
  facts.lastChangeAtMs = facts.nowMs
}

/** Compaction: seniors first, each after its senior's number stands, so that no two ever pass each other. */
function raiseInQuiet (facts: Facts, out: Outbox): void {
  const { self, options } = facts
  const view = viewOf(facts.table).filter(({ pinned }) => pinned === null)
  if (view.some((member) => !isLost(facts, member.id) && !(member.phase === 'active' && runsVrrp(member)))) return
  const dealt = compacted(view.map(({ number, id }) => ({ number: number ?? 0, lost: isLost(facts, id) })))
  const next = view.findIndex(({ number }, i) => number !== dealt[i])
  if (next === -1 || view[next]?.id !== options.id) return
  if (facts.nowMs < facts.lastChangeAtMs + QUIET_MS) return out.wake(facts.lastChangeAtMs + QUIET_MS)
  const number = dealt[next] ?? null
  out.log('info', 'all is quiet: moving up to the next free number', { number, was: self.number })
  self.number = number
}
