/**
 * Which number this member takes. A number is taken once, below everyone, and belongs to one unbroken run of keepalived:
 * so the relative order of two running members never changes (I2), and nobody who comes, or comes back, preempts.
 *
 * Two who take at the same time may take the same: the higher id yields, and whoever runs already yields last.
 */
import type { Facts } from './facts.ts'
import { alive, isLost, lostOnes, masters, others } from './liveness.ts'
import { NUMBER_MAX, NUMBER_MIN, PLACES, compacted } from './number.ts'
import { memoized } from './memo.ts'
import type { Outbox } from './outbox.ts'
import { rejoin, take } from './phase.ts'
import type { MemberRecord } from './record.ts'
import { derived } from './table.ts'
import { CROWDED_QUIET_MS, QUIET_MS, RAISING_MS } from './timing.ts'
import { priorityOf, runsVrrp, viewOf } from './view.ts'

/**
 * The place below everyone who stands, the highest one if nobody does; null when none is left. Joiners that need one at the same
 * time share out those that are free, by id: if each took the first, all but one would have to take anew, again and again.
 */
export function freePlace (facts: Facts): number | null {
  const { floor, joiners } = ground(facts)
  const seekers = others(facts).filter((member) => isSeeker(member) && !isLost(facts, member.id) && isOusted(member, facts))
  const kept = new Set(joiners.filter((joiner) => !isOusted(joiner, facts)).map(({ number }) => number))
  const first = seekers.filter(({ id }) => id < facts.options.id).length
  return PLACES.filter((place) => place < floor && !kept.has(place))[first] ?? null
}

/** Whether this member, which does not run VRRP yet, must take another number. */
export function mustTakeAnew (facts: Facts): boolean {
  return isOusted({ id: facts.options.id, number: facts.self.number }, facts)
}

/** Whether a joiner has no number, or one that is no place for it any more: somebody stands there or below, or a joiner that goes first has it. */
function isOusted ({ id, number }: Pick<MemberRecord, 'id' | 'number'>, facts: Facts): boolean {
  const { floor, joiners } = ground(facts)
  return number === null || number >= floor || joiners.some((joiner) => joiner.id < id && joiner.number === number)
}

/** Whoever has not begun yet gives way to those who have. */
const isJoiner = (member: MemberRecord): boolean => isSeeker(member) && member.phase !== 'standby'

const isSeeker = (member: MemberRecord): boolean =>
  member.pinned === null && !runsVrrp(member) && (member.phase === 'joining' || member.phase === 'discovering' || member.phase === 'standby')

/** What a joiner must go below, and the joiners among the others. */
const ground = memoized((facts: Facts) => [others(facts)], (members) => {
  const joiners = members.filter(isJoiner)
  const standings = members.filter((member) => !isJoiner(member)).map(standingOf).filter((standing) => standing !== null)
  return { floor: Math.min(...standings, NUMBER_MAX + 1), joiners }
})

/**
 * Below what a joiner goes: another's number; of a pinned one its pin, while it is MASTER, or the VIP would move. Below a
 * pin that is lower than every number nobody can go.
 */
function standingOf (member: MemberRecord): number | null {
  const { number, pinned, vrrpState, appliedPriority } = member
  // Who moves up may not reload yet: for VRRP it stands where it was.
  if (number !== null && pinned === null && runsVrrp(member)) return Math.min(number, appliedPriority ?? number)
  if (number === null || pinned === null) return number
  return pinned > NUMBER_MIN && vrrpState === 'MASTER' ? pinned : null
}

/**
 * Two that run may still hold one number: one ran alone behind a partition while its number was given away. Once VRRP has
 * made one MASTER of the two halves, one of the two joins anew, as a run of its own: going below everyone while it runs
 * would let others pass it (I2).
 */
export function judgeNumber (facts: Facts, out: Outbox): void {
  watchQuiet(facts)
  const { self, keepalived } = facts
  if (self.number === null || keepalived.run !== 'running' || facts.leaving !== null) return
  const rival = keepalived.vrrpState === 'BACKUP' && masters(facts).length === 1 ? rivalOf(facts) : undefined
  if (rival === undefined) return raiseInQuiet(facts, out)
  out.log('warn', 'another member runs with the same number: joining anew', { number: self.number, other: rival.address })
  rejoin(facts, out)
}

/** Of one founder: groups that have just met settle their numbers as groups. */
function rivalOf (facts: Facts): MemberRecord | undefined {
  const { self, options } = facts
  if (options.pinned !== null) return undefined
  return alive(facts).find((member) => member.pinned === null && member.number === self.number && member.founder === self.founder &&
    runsVrrp(member) && (member.vrrpState === 'MASTER' || member.id < options.id))
}

const placesAndPhases = derived((table) => viewOf(table).map(({ id, address, phase }) => `${id} ${address} ${phase}`).toSorted().join('\n'))

const watched = memoized((facts: Facts) => [placesAndPhases(facts.table), lostOnes(facts)], (places, lost) => [places, ...lost.map(({ id }) => id)].join(' '))

function watchQuiet (facts: Facts): void {
  const digest = watched(facts)
  if (digest === facts.watchedView) return
  facts.watchedView = digest
  facts.lastChangeAtMs = facts.nowMs
}

const dealtAnew = memoized((facts: Facts) => [viewOf(facts.table), lostOnes(facts)], (view, lost) =>
  compacted(view.map((member) => ({ number: priorityOf(member), pinned: member.pinned !== null, lost: lost.includes(member), master: member.vrrpState === 'MASTER' }))))

/**
 * Whether those that run move up just now. A joiner stops them half way, for another quiet minute, and goes below where they were:
 * who waits for room lets them end first.
 */
export function mustLetRaise (facts: Facts, out: Outbox): boolean {
  const view = viewOf(facts.table)
  if (view.some((member) => runsVrrp(member) && !isLost(facts, member.id) && isOnTheMove(member, false))) {
    facts.raisingAtMs = facts.nowMs
    return true
  }
  const untilMs = facts.raisingAtMs + RAISING_MS
  const dealt = dealtAnew(facts)
  if (facts.nowMs >= untilMs || view.every((member, i) => priorityOf(member) === dealt[i])) return false
  out.wake(untilMs)
  return true
}

/** Of who is lost only what it said last is known: be it on its way down, or a claim, nobody passes it who stays below its number. */
function isOnTheMove (member: MemberRecord, lost: boolean): boolean {
  const { appliedPriority } = member
  return lost ? runsVrrp(member) && appliedPriority !== null && appliedPriority < priorityOf(member) : appliedPriority !== priorityOf(member)
}

/**
 * Compaction: seniors first, each after the keepalived of its senior runs with the new number, so that no two ever pass each other.
 * Not while the MASTER is out of sight: it may be one who was removed, and is above this member when its agent is back.
 */
function raiseInQuiet (facts: Facts, out: Outbox): void {
  const { self, options, keepalived } = facts
  if (keepalived.vrrpState !== 'MASTER' && masters(facts).length === 0) return
  const view = viewOf(facts.table)
  if (view.some((member) => !isLost(facts, member.id) && !(member.phase === 'active' && runsVrrp(member)))) return
  const dealt = dealtAnew(facts)
  const next = view.findIndex((member, i) => priorityOf(member) !== dealt[i])
  if (next === -1 || view[next]?.id !== options.id) return
  if (view.some((member) => isOnTheMove(member, isLost(facts, member.id)))) return
  const quietFromMs = facts.lastChangeAtMs + (alive(facts).some(({ phase }) => phase === 'standby') ? CROWDED_QUIET_MS : QUIET_MS)
  if (facts.nowMs < quietFromMs) return out.wake(quietFromMs)
  const number = dealt[next] ?? null
  out.log('info', 'all is quiet: moving up to the next free number', { number, was: self.number })
  take(facts, number)
}
