/**
 * Cold boot: nobody within reach runs VRRP. Everyone who is there becomes a participant, takes its place in an order
 * that follows from the records alone, and writes its conf with all the others in it. Then the first in the order
 * claims the VIP at once, and the rest are ordinary joiners whom everyone lists already.
 *
 * The order: those who remember being one group keep their numbers, so that a power cut changes nothing; everyone else
 * follows by id. Whoever is missing stays listed and blocks nothing. Of several groups the one with the lowest founder id is
 * kept, not the largest: not everybody has met everybody yet, and two that count differently would each go below the other
 * for ever.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { isAlive, isLost, listsSelf, others, runners } from './liveness.ts'
import { NUMBER_MAX, PLACES, placeBelow } from './number.ts'
import type { Outbox } from './outbox.ts'
import { clearTo, enter, take } from './phase.ts'
import { acknowledgesNumber, askAgain } from './questions.ts'
import type { Address, MemberId, MemberRecord } from './record.ts'
import { isMany } from './room.ts'
import { coldObstacle, partnersOf } from './shared.ts'
import { ADMISSION_ASK_MS, APART_SILENT_PROBES, COLD_FACE_MS, COLD_MAX_MANY_MS, COLD_MAX_MS, COLD_START_MS, FALLEN_SILENT_PROBES, LONE_JITTER_MS, VIP_PROBE_FOLLOWER_MS, VIP_PROBE_MS } from './timing.ts'
import { holderBeside, holderToLetGo, probePeers, staticHolder } from './union.ts'
import { lists, runsVrrp } from './view.ts'
import { electionProbes, heedFrom, isSilent, probeVip } from './vip.ts'

/** A participant of a cold boot, as much as the order needs. */
export type Participant = Pick<MemberRecord, 'id' | 'founder' | 'number' | 'pinned'>

/** Whether nobody within reach runs VRRP, this member included. */
export function isCold (facts: Facts): boolean {
  return facts.keepalived.run === 'stopped' && facts.self.address !== null && facts.leaving === null &&
    (facts.self.phase === 'discovering' || facts.self.phase === 'joining' || facts.self.phase === 'standby') && runners(facts).length === 0
}

/** The founder whose group the participants carry on, the lowest id that any of them remembers; null when none remembers any. */
export function commonFounder (participants: readonly Participant[]): MemberId | null {
  const [lowest] = participants.map(({ founder }) => founder).filter((founder) => founder !== null).toSorted()
  return lowest ?? null
}

/**
 * The order of the participants with their numbers, highest first. `held` are the numbers of members that are missing:
 * nobody new stands above them.
 */
export function coldOrder (participants: readonly Participant[], held: readonly number[]): Map<MemberId, number> {
  const founder = commonFounder(participants)
  const order = new Map<MemberId, number>()
  const isKeeper = (participant: Participant): boolean => participant.founder !== null && participant.founder === founder
  for (const { id, number } of participants.filter(isKeeper).toSorted(byNumberThenId)) {
    if (number !== null && ![...order.values()].includes(number)) order.set(id, number)
  }
  let lowest = Math.min(...order.values(), ...held)
  for (const { id } of participants.filter((participant) => !order.has(participant.id)).toSorted(byId)) {
    const number = Number.isFinite(lowest) ? placeBelow(lowest) ?? highestFree(order) : NUMBER_MAX
    if (number === null) break
    order.set(id, number)
    lowest = number
  }
  return order
}

/** Where the missing hold the last numbers: without anybody who runs, a place above one of them is better than no VIP. */
function highestFree (order: ReadonlyMap<MemberId, number>): number | null {
  const taken = new Set(order.values())
  return PLACES.find((place) => !taken.has(place)) ?? null
}

/**
 * Who claims the VIP: whoever VRRP would elect, or it would move again at once. That is the first in the order, unless
 * there are pins. Null when nobody has a number.
 */
export function claimantOf (participants: readonly Participant[], order: ReadonlyMap<MemberId, number>): MemberId | null {
  const numbered = participants.flatMap(({ id, pinned }) => {
    const number = order.get(id)
    return number === undefined ? [] : [{ id, number, priority: pinned ?? number }]
  })
  const [first] = numbered.toSorted((a, b) => b.priority - a.priority || b.number - a.number)
  return first?.id ?? null
}

export function judgeFounding (facts: Facts, out: Outbox): void {
  if (!isCold(facts) || facts.keepalived.clearance !== null) return
  if (facts.nowMs < facts.keepalived.respawnAtMs) return out.wake(facts.keepalived.respawnAtMs)
  const { self, options } = facts
  const participants = partnersOf(facts)
  const standing = others(facts).filter((member) => !isAlive(facts, member.id) && !isBidding(member)).map(({ number }) => number).filter((number) => number !== null)
  const all = [...participants, { id: options.id, founder: self.founder, number: self.number, pinned: options.pinned }]
  const order = coldOrder(all, standing)
  probeVip(facts, out, isMany(facts) && claimantOf(all, order) !== options.id ? VIP_PROBE_FOLLOWER_MS : VIP_PROBE_MS)
  probePeers(facts, out)
  const holder = holderBeside(facts, out)
  self.waitingFor = coldObstacle(facts)
  if (self.waitingFor !== null) return
  const apart = apartOf(facts)
  for (const { id } of apart) heedFrom(facts, facts.neighbours.get(id)?.lostAtMs ?? 0)
  const comesFirst = claimantOf([...all, ...apart], coldOrder([...all, ...apart], standing)) === options.id
  // Who has no pin waits beside a static holder, and must keep nobody waiting.
  const claimant = claimantOf(holder === null ? all : all.filter(({ pinned }) => pinned !== null), order)
  if (claimant === options.id) take(facts, order.get(options.id) ?? null)
  else if (isDoubled(self.number, options.id, participants)) take(facts, freeBeside(facts, all, order, claimant))
  if (participants.length > 0) enter(facts, 'joining')
  self.waitingFor = obstacle(facts, participants, { claimant, holder, probes: probesNeeded(facts) + (comesFirst ? 0 : APART_SILENT_PROBES) }, out)
  warnOfStranger(facts, out)
  if (self.waitingFor !== null) return
  self.founder = commonFounder(all) ?? options.id
  if (holder !== null) {
    out.log('info', 'a static peer holds the VIP: standing beside it', { holder, priority: options.pinned })
    return clearTo(facts, 'join')
  }
  out.log('info', 'nobody holds the VIP: claiming it', { others: participants.length, number: self.number })
  clearTo(facts, 'claim')
}

/**
 * Whether a participant has no number of its own. Of the numbers only the claimant's counts yet, and the order shifts with each host that comes
 * or goes out of sight: whoever followed it would make news for all, each time.
 */
function isDoubled (number: number | null, id: MemberId, among: readonly Participant[]): boolean {
  return number === null || among.some((other) => other.id < id && other.number === number)
}

/**
 * A number that nobody has, and the claimant will not have: whoever needs one at the same time finds another, by id. Below all who are missing
 * and all who keep theirs, where there is room.
 */
function freeBeside (facts: Facts, all: readonly Participant[], order: ReadonlyMap<MemberId, number>, claimant: MemberId | null): number | null {
  const founder = commonFounder(all)
  const seekers = all.filter(({ id, number }) => id !== claimant && isDoubled(number, id, all)).map(({ id }) => id)
  const kept = [...others(facts), ...all].filter(({ id }) => !seekers.includes(id))
  const taken = new Set([...kept.map(({ number }) => number), claimant === null ? null : order.get(claimant)])
  const isAbove = ({ id, founder: theirs }: Participant): boolean => !all.some((here) => here.id === id) || (founder !== null && theirs === founder)
  const floor = Math.min(NUMBER_MAX + 1, ...kept.filter(isAbove).map(({ number }) => number).filter((number) => number !== null))
  const free = PLACES.filter((place) => !taken.has(place))
  const turn = seekers.filter((id) => id < facts.options.id).length
  return free.filter((place) => place < floor)[turn] ?? free[turn] ?? null
}

/** Known by way of others, and about to be met: the number that it has in mind depends on those of the rest as well. */
function isBidding (member: MemberRecord): boolean {
  return !runsVrrp(member) && (member.phase === 'discovering' || member.phase === 'joining')
}

/**
 * Others that were about to begin when they went out of sight. They may do so yet, at the same time as this host, and no record will tell: the
 * wire must, and only from then on. So the first of two waits for silence, and the second for as much longer as it takes to see that the first
 * has claimed.
 */
function apartOf (facts: Facts): readonly MemberRecord[] {
  return others(facts).filter((member) => isBidding(member) && isLost(facts, member.id) && (facts.neighbours.get(member.id)?.heardAtMs ?? null) !== null)
}

/** The holder's agent, if it has one, had its time to answer through the VIP. */
function warnOfStranger (facts: Facts, out: Outbox): void {
  const { vip, nowMs, startedAtMs, options } = facts
  if (vip.mac === null || staticHolder(facts) !== null) return clear(facts, 'stranger', out)
  if (nowMs < startedAtMs + COLD_START_MS) return
  raise(facts, 'stranger', `the VIP is held by ${vip.mac}, where no agent of this group answers: stop keepalived there or take the VIP off its interface; ` +
    `if it is a host of this group, see that its agent runs, with the same mesh name and secret, and that TCP port ${options.port} is open there`, out)
}

interface Cold {
  readonly claimant: MemberId | null
  /** The static peer that holds the VIP, beside which this member may stand. */
  readonly holder: Address | null
  /** How many of the VIP must stay silent. */
  readonly probes: number
}

/** What keeps this member from claiming the VIP, or from standing beside its static holder, for people; null when nothing does. */
function obstacle (facts: Facts, participants: readonly MemberRecord[], { claimant, holder, probes }: Cold, out: Outbox): string | null {
  const { vip, options, keepalived } = facts
  if (vip.mac !== null && holder === null) return holderToLetGo(facts) ?? `${vip.mac} to let go of the VIP: no agent of this group answers there`
  if (claimant !== options.id) return `${participants.find(({ id }) => id === claimant)?.address ?? 'somebody with a number'}, the first in the order, to claim the VIP`
  const wait = remainingWaitMs(facts, participants)
  if (wait > 0) {
    out.wake(facts.nowMs + wait)
    return 'others that may still come'
  }
  if (holder === null && !isSilent(facts, probes)) return 'probes of the VIP to stay silent'
  if (facts.nowMs - facts.startedAtMs >= longestWaitMs(facts)) return null
  const laggard = participants.find((member) => !listsSelf(facts, member) || keepalived.applied === null || !lists(keepalived.applied, member))
  if (laggard !== undefined) {
    askAgain(facts, laggard.id, ADMISSION_ASK_MS, out)
    return `${laggard.address} to list this host and to be listed by it`
  }
  const silent = participants.filter((member) => !acknowledgesNumber(facts, member))
  for (const { id } of silent) askAgain(facts, id, ADMISSION_ASK_MS, out)
  return silent.length === 0 ? null : 'fresh acknowledgements'
}

/**
 * How many probes of the VIP must stay silent. Whoever is missing may be about to take it; but not who was MASTER when it last
 * spoke to this run: that one would answer, or is dead. So where a MASTER that nobody heard crashes, its group follows sooner.
 */
function probesNeeded (facts: Facts): number {
  if (isComplete(facts)) return 1
  const missing = others(facts).filter(({ id, number }) => number !== null && !isAlive(facts, id))
  const were = missing.filter(({ id, vrrpState }) => vrrpState === 'MASTER' && isLost(facts, id) && (facts.neighbours.get(id)?.heardAtMs ?? null) !== null)
  return missing.length > 0 && were.length === missing.length ? FALLEN_SILENT_PROBES : electionProbes(facts)
}

/** How long to wait for others yet: not at all once everybody that is remembered is here. */
function remainingWaitMs (facts: Facts, participants: readonly MemberRecord[]): number {
  const { nowMs, startedAtMs, lastFaceAtMs, vip } = facts
  if (participants.length === 0) return startedAtMs + COLD_START_MS + vip.jitterMs * LONE_JITTER_MS - nowMs
  if (isComplete(facts)) return 0
  const untilMs = Math.max(startedAtMs + COLD_START_MS, lastFaceAtMs + COLD_FACE_MS)
  return Math.min(untilMs, startedAtMs + longestWaitMs(facts)) - nowMs
}

function longestWaitMs (facts: Facts): number {
  return isMany(facts) ? COLD_MAX_MANY_MS : COLD_MAX_MS
}

/** Whether all that are remembered are here: then nobody can run VRRP elsewhere. */
function isComplete (facts: Facts): boolean {
  const { remembered } = facts
  return remembered.size > 0 && [...remembered.keys()].every((id) => isAlive(facts, id))
}

function byNumberThenId (a: Participant, b: Participant): number {
  return (b.number ?? 0) - (a.number ?? 0) || byId(a, b)
}

function byId (a: Participant, b: Participant): number {
  return a.id < b.id ? -1 : 1
}
