/**
 * How a member comes to be lost. SWIM (Das et al. 2002): a member that was not heard in time is suspected and asked, directly and by way
 * of two others; only when none of that brings a word is it *lost*. Those who do not watch it (ring.ts) are told as soon as the first question
 * stays without an answer ("suspect", §4.2), and ask it themselves: so all come to the same verdict at about the same time.
 *
 * A slow observer doubts itself first (Lifeguard, Dadgar et al. 2018): when this process was not scheduled for a while,
 * the silence of the others is our own (awake.ts).
 */
import { distant } from './degree.ts'
import type { Facts, Neighbour } from './facts.ts'
import { alive, lose, lostOnes, masters, neighbourOf, others } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { ask, askAgain, inquire, witnessesOf } from './questions.ts'
import type { MemberId, MemberRecord } from './record.ts'
import { near } from './ring.ts'
import { isCrowd, isMany } from './room.ts'
import { BEAT_GRACE_MS, BEAT_MS, DISTANT_ASK_MS, DOUBT_MS, FAR_BEAT_MS, LAST_TRY_MS, LATE_MEMORY_MS, UNLINKED_FAR_MS, UNLINKED_MS, UNMET_MS, VERDICT_MS, tickAt } from './timing.ts'

/** Those that are asked on our behalf, when a member does not answer us. */
const INDIRECT_PROBES = 2

export function judgeLiveness (facts: Facts, out: Outbox): void {
  const watched = near(facts)
  const unseen = distant(facts)
  for (const { id } of masters(facts)) facts.vouchedAtMs = Math.max(facts.vouchedAtMs, neighbourOf(facts, id).heardAtMs ?? facts.vouchedAtMs)
  const patience = patienceOf(facts)
  for (const member of others(facts)) {
    const neighbour = neighbourOf(facts, member.id)
    if (neighbour.lostAtMs !== null) continue
    const isNear = watched.has(member.id)
    if (!isNear) neighbour.farAtMs = facts.nowMs
    const isLeft = unseen.has(member.id) && !neighbour.linked
    const dueAtMs = isLeft ? vouchedUntilMs(facts, neighbour) : beatDueAtMs(neighbour, isNear, facts.nowMs, BEAT_GRACE_MS * patience, isMany(facts))
    if (neighbour.suspectedAtMs === null && facts.nowMs >= dueAtMs) suspect(facts, member.id, neighbour, out)
    if (neighbour.suspectedAtMs === null) out.wake(tickAt(dueAtMs))
    else judgeSuspect(facts, member, neighbour, neighbour.suspectedAtMs, { patience, isLeft }, out)
    if (isNear) doubt(facts, member.id, neighbour, DOUBT_MS * patience, out)
  }
}

function judgeSuspect (facts: Facts, { id, address }: MemberRecord, neighbour: Neighbour, suspectedAtMs: number, { patience, isLeft }: { readonly patience: number, readonly isLeft: boolean }, out: Outbox): void {
  const dueAtMs = suspectedAtMs + verdictMs(neighbour) * patience
  const isStranger = isLeft && neighbour.heardAtMs === null
  // It is dialled then, before it is lost: there may be nobody that reaches it (reach.ts).
  if (isStranger && facts.nowMs >= dueAtMs) neighbour.unvouchedAtMs ??= facts.nowMs
  const verdictAtMs = isStranger ? (neighbour.unvouchedAtMs ?? dueAtMs) + LAST_TRY_MS : dueAtMs
  if (facts.nowMs >= verdictAtMs) {
    if (neighbour.linked) out.push({ kind: 'hangUp', id })
    lose(facts, id)
    // Of a crowd that somebody invents, one alarm tells (room.ts).
    const isSomebody = neighbour.heardAtMs !== null || !isCrowd(facts)
    out.log(isSomebody ? 'warn' : 'debug', 'member is lost: no answer, directly or through others', { member: id, address })
    return
  }
  out.wake(facts.nowMs < dueAtMs ? dueAtMs : verdictAtMs)
  if (neighbour.heardAtMs !== null || neighbour.linked) return
  // Of a crowd each costs one question, once whoever could vouch for it may have met it.
  if (isLeft && isCrowd(facts)) askAfter(facts, id, suspectedAtMs + DISTANT_ASK_MS, out)
  else if (isLeft) askAgain(facts, id, DISTANT_ASK_MS, out)
  else if (!isCrowd(facts)) askAfter(facts, id, suspectedAtMs + DOUBT_MS + (isMany(facts) ? verdictMs(neighbour) - VERDICT_MS : 0), out)
}

/** Whoever was never met is asked after once a dial had its time, which among many is longer; whoever could vouch for it may not have met it yet either. */
function askAfter (facts: Facts, id: MemberId, fromMs: number, out: Outbox): void {
  if (facts.nowMs < fromMs) return out.wake(fromMs)
  askAgain(facts, id, isMany(facts) ? UNMET_MS : VERDICT_MS, out)
}

/** Among many whose hosts are busy an answer takes longer; who is late itself is in no place to condemn others (Lifeguard). */
function patienceOf (facts: Facts): number {
  return isMany(facts) && facts.nowMs < facts.lateAtMs + LATE_MEMORY_MS ? 3 : 1
}

/** Whoever was never met may be on its way: many who start at once need seconds to connect. A refusal is an answer. */
function verdictMs ({ heardAtMs, lifeSignAtMs }: Neighbour): number {
  return heardAtMs === null && lifeSignAtMs === null ? UNMET_MS : VERDICT_MS
}

/** When it is missed if no word comes. Without a stream only others can vouch for it; and who was far a moment ago may not know yet that it is near. */
function beatDueAtMs ({ linked, heardAtMs, farAtMs }: Neighbour, isNear: boolean, nowMs: number, graceMs: number, amongMany: boolean): number {
  if (heardAtMs === null) return nowMs
  if (!linked) return heardAtMs + (amongMany ? isNear ? BEAT_MS : UNLINKED_FAR_MS : UNLINKED_MS)
  return (isNear ? Math.max(heardAtMs, farAtMs + BEAT_MS) + BEAT_MS : heardAtMs + FAR_BEAT_MS) + graceMs
}

/** Who is new to a MASTER has not been told whom it misses. */
export function tellLost (facts: Facts, to: MemberId, out: Outbox): void {
  if (facts.keepalived.vrrpState !== 'MASTER' || !isMany(facts)) return
  for (const { id } of lostOnes(facts)) out.push({ kind: 'send', to, message: { kind: 'doubt', about: id } })
}

/** Whoever is left to others is missed when neither it nor a MASTER, who would tell, was heard for so long. */
function vouchedUntilMs ({ nowMs, vouchedAtMs }: Facts, { heardAtMs }: Neighbour): number {
  return heardAtMs === null ? nowMs : Math.max(heardAtMs, vouchedAtMs) + FAR_BEAT_MS + BEAT_GRACE_MS
}

/** The end of a stream is the first sign of a crash. */
export function onUnlinked (facts: Facts, id: MemberId, out: Outbox): void {
  const neighbour = neighbourOf(facts, id)
  neighbour.linked = false
  if (neighbour.suspectedAtMs === null && neighbour.lostAtMs === null) suspect(facts, id, neighbour, out)
}

function suspect (facts: Facts, id: MemberId, neighbour: Neighbour, out: Outbox): void {
  neighbour.suspectedAtMs = facts.nowMs
  neighbour.isDoubtSpread = false
  if (neighbour.linked) ask(facts, id, out)
  if (neighbour.heardAtMs !== null && !(neighbour.linked && isMany(facts) && near(facts).has(id))) askWitnesses(facts, id, out)
}

function askWitnesses (facts: Facts, id: MemberId, out: Outbox): void {
  const witnesses = witnessesOf(facts, id)
  // A different pair for each suspect, so that one witness with a fault of its own does not condemn all.
  const first = facts.questions.nextNonce % Math.max(1, witnesses.length)
  for (const witness of [...witnesses.slice(first), ...witnesses.slice(0, first)].slice(0, INDIRECT_PROBES)) {
    inquire(facts, witness, id, out)
  }
}

/**
 * A suspect has left the first question without an answer: those are told that do not watch it. Among many it is only now that others are asked, since
 * busy hosts are often late by a little.
 */
function doubt (facts: Facts, id: MemberId, neighbour: Neighbour, afterMs: number, out: Outbox): void {
  const { suspectedAtMs, isDoubtSpread } = neighbour
  if (suspectedAtMs === null || isDoubtSpread) return
  const isWatchedByAll = near(facts).size + lostOnes(facts).length === others(facts).length
  if (isWatchedByAll && !isMany(facts)) return
  if (facts.nowMs < suspectedAtMs + afterMs) return out.wake(suspectedAtMs + afterMs)
  neighbour.isDoubtSpread = true
  if (neighbour.linked && isMany(facts)) askWitnesses(facts, id, out)
  if (isWatchedByAll) return
  for (const other of alive(facts)) {
    if (other.id !== id && neighbourOf(facts, other.id).linked) out.push({ kind: 'send', to: other.id, message: { kind: 'doubt', about: id } })
  }
}

/** Somebody who watches that member has missed it. Whoever watches it too knows better, and whoever has just heard it as well. */
export function onDoubt (facts: Facts, id: MemberId, out: Outbox): void {
  const neighbour = facts.neighbours.get(id)
  if (neighbour === undefined || !facts.table.members.has(id) || near(facts).has(id)) return
  const { heardAtMs, suspectedAtMs, lostAtMs, linked } = neighbour
  if (heardAtMs === null || suspectedAtMs !== null || lostAtMs !== null || facts.nowMs < heardAtMs + BEAT_MS) return
  neighbour.suspectedAtMs = facts.nowMs - DOUBT_MS
  neighbour.isDoubtSpread = true
  if (linked) ask(facts, id, out)
  else askWitnesses(facts, id, out)
}
