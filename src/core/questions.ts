/**
 * Questions and answers: "do you live?", and "does that member answer you?". An answer carries the newest claim of the
 * member asked, and it is known when the question left, so an answer is also an acknowledgement of known age: what it
 * says was true after the question. Admission and reloads stand on that.
 */
import { overseers } from './degree.ts'
import type { Facts } from './facts.ts'
import { alive, isAlive, neighbourOf } from './liveness.ts'
import type { Message } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { MemberId, MemberRecord } from './record.ts'
import { isMany } from './room.ts'
import { claimDigest } from './table.ts'
import { ACKNOWLEDGED_MS } from './timing.ts'
import { runsVrrp } from './view.ts'

/** Longer than any answer that is still worth something. */
const FORGOTTEN_AFTER_MS = 5000
/** A member that is slow needs less for an answer. */
const UNANSWERED_MS = 1000
/** More open questions than members ever need; the oldest give way. */
const OPEN_MAX = 1024

export interface Questions {
  nextNonce: number
  readonly open: Map<number, Question>
  readonly lastAskedAtMs: Map<MemberId, number>
}

export interface Question {
  readonly to: MemberId
  readonly about: MemberId | null
  readonly askedAtMs: number
  /** The member on whose behalf we ask, with the nonce of its own question. */
  readonly relay: { readonly to: MemberId, readonly nonce: number } | null
  /** Whether the own record goes with it, to whoever is asked after. */
  readonly isTold: boolean
}

type Ask = Extract<Message, { kind: 'ask' }>
type Answer = Extract<Message, { kind: 'answer' }>

/** Asks `to`, of itself or about another. Without a stream to it nothing is asked. */
export function ask (facts: Facts, to: MemberId, out: Outbox, { about = null, relay = null, ...more }: Partial<Pick<Question, 'about' | 'relay'> & Pick<Ask, 'known' | 'claim'>> = {}): void {
  if (!neighbourOf(facts, to).linked) return
  const { questions } = facts
  const nonce = questions.nextNonce++
  prune(facts)
  questions.open.set(nonce, { to, about, askedAtMs: facts.nowMs, relay, isTold: more.claim !== undefined })
  if (about === null) questions.lastAskedAtMs.set(to, facts.nowMs)
  // Whoever is asked for somebody else answers in full: that one may not know what this member does.
  const claim = about === null && relay === null ? facts.table.members.get(to) : undefined
  out.push({ kind: 'send', to, message: { kind: 'ask', nonce, about, ...claim === undefined ? {} : { known: claimDigest(claim) }, ...more } })
}

/** Asks unless a question to that member left within the last `everyMs`; wakes when the next may leave. */
export function askAgain (facts: Facts, to: MemberId, everyMs: number, out: Outbox): void {
  const { questions: { lastAskedAtMs }, nowMs } = facts
  const last = lastAskedAtMs.get(to) ?? Number.NEGATIVE_INFINITY
  if (nowMs - last < everyMs) return out.wake(last + everyMs)
  const isAsked = !canAsk(facts, to) && askAround(facts, to, out)
  // Who cannot ask anybody yet asks as soon as it can.
  if (isAsked || neighbourOf(facts, to).linked) lastAskedAtMs.set(to, nowMs)
  ask(facts, to, out)
  out.wake(nowMs + everyMs)
}

/** Whether a stream leads there, and what was asked over it did not stay without an answer: one that is cut is open at both ends. */
export function canAsk (facts: Facts, id: MemberId): boolean {
  const { questions: { open }, nowMs } = facts
  return neighbourOf(facts, id).linked && ![...open.values()].some(({ to, about, askedAtMs }) => to === id && about === null && nowMs - askedAtMs >= UNANSWERED_MS)
}

/** By way of one that reaches it, where this host does not: what comes back was said no less after the question. Whether there is one. */
function askAround (facts: Facts, to: MemberId, out: Outbox): boolean {
  const witnesses = witnessesOf(facts, to).filter((id) => canAsk(facts, id))
  const witness = witnesses[facts.questions.nextNonce % Math.max(1, witnesses.length)]
  if (witness !== undefined) inquire(facts, witness, to, out)
  return witness !== undefined
}

/** Others that may have a stream to that member: where not all do, those that have one to everybody, if one of them is alive. */
export function witnessesOf (facts: Facts, id: MemberId): readonly MemberId[] {
  const isWitness = (each: MemberId): boolean => each !== id && facts.neighbours.get(each)?.linked === true
  const seers = isMany(facts) ? [...overseers(facts)].filter((each) => isWitness(each) && isAlive(facts, each)) : []
  return seers.length > 0 ? seers : alive(facts).map((member) => member.id).filter(isWitness)
}

/** Asks a witness. Among so many that not all are linked what goes both ways is to be short, and a joiner tells who it is: the other one may hear it from nobody else in time. */
export function inquire (facts: Facts, witness: MemberId, about: MemberId, out: Outbox): void {
  const { table, self, keepalived, options } = facts
  if (!isMany(facts)) return ask(facts, witness, out, { about })
  const claim = table.members.get(about)
  const own = keepalived.run === 'stopped' && self.number !== null && claim !== undefined && !runsVrrp(claim.statement) ? table.members.get(options.id) : undefined
  ask(facts, witness, out, { about, ...claim === undefined ? {} : { known: claimDigest(claim) }, ...own === undefined ? {} : { claim: own } })
}

/** Answers for this member at once; for another it asks in turn, and passes the answer on if there is one. */
export function onAsk (facts: Facts, from: MemberId, { nonce, about, known, claim: told }: Ask, out: Outbox): void {
  if (about === null || about === facts.options.id) {
    const claim = facts.table.members.get(facts.options.id) ?? null
    const isKnown = claim !== null && claimDigest(claim) === known
    out.push({ kind: 'send', to: from, message: { kind: 'answer', nonce, about, alive: true, ...isKnown ? { claim: null, known } : { claim } } })
  } else {
    ask(facts, about, out, { relay: { to: from, nonce }, ...known === undefined ? {} : { known }, ...told === undefined ? {} : { claim: told } })
  }
}

/**
 * Settles an answer. Returns the member that it proves alive, if any: the one that answered, or the one that a witness
 * vouches for. The claim in it is the caller's to merge.
 */
export function onAnswer (facts: Facts, from: MemberId, answer: Answer, out: Outbox): MemberId | null {
  const question = facts.questions.open.get(answer.nonce)
  if (question === undefined || question.to !== from || question.about !== answer.about) return null
  facts.questions.open.delete(answer.nonce)
  if (question.relay !== null) {
    const { to, nonce } = question.relay
    out.push({ kind: 'send', to, message: { ...answer, nonce, about: from, alive: true } })
  }
  if (!answer.alive) return null
  const living = question.about ?? from
  const neighbour = neighbourOf(facts, living)
  if (question.about === null) neighbour.roundTripMs = facts.nowMs - question.askedAtMs
  if (question.about === null || question.isTold) {
    neighbour.answeredAtMs = Math.max(question.askedAtMs, neighbour.answeredAtMs ?? question.askedAtMs)
  }
  // A witness asks before it vouches, so what it passes on was said after our question left as well.
  if (question.askedAtMs >= (neighbour.acknowledgedAtMs ?? Number.NEGATIVE_INFINITY)) {
    neighbour.acknowledgedAtMs = question.askedAtMs
    neighbour.acknowledgementCameAtMs = facts.nowMs
    neighbour.acknowledgedAs = facts.table.members.get(living)?.statement.vrrpState ?? null
  }
  return living
}

/** Whether the member's newest record is what it said in answer, be it by way of another, to a question that left no longer ago than this. */
export function acknowledgedWithin (facts: Facts, id: MemberId, withinMs: number): boolean {
  const at = facts.neighbours.get(id)?.acknowledgedAtMs ?? null
  return at !== null && facts.nowMs - at <= withinMs
}

/** Whether that answer has come no longer ago than this: of one that takes long to answer it counts as it comes, since a moment later that one may be dead. */
export function answerCameWithin (facts: Facts, id: MemberId, withinMs: number): boolean {
  const at = facts.neighbours.get(id)?.acknowledgementCameAtMs ?? null
  return at !== null && facts.nowMs - at <= withinMs
}

/**
 * Whether the member has answered to a question that left after our number last changed, and no longer ago than `withinMs`. Our record went
 * ahead of the question on the same stream, so of two who take one number at once, one at least sees the other's. Who runs has its
 * number already, and may say so by way of another.
 */
export function knowsNumber (facts: Facts, member: MemberRecord, withinMs = Number.POSITIVE_INFINITY): boolean {
  const neighbour = facts.neighbours.get(member.id)
  const at = (runsVrrp(member) ? neighbour?.acknowledgedAtMs : neighbour?.answeredAtMs) ?? null
  return at !== null && at > facts.self.numberSinceMs && facts.nowMs - at <= withinMs
}

/** Whether its answer is one to start on. */
export function acknowledgesNumber (facts: Facts, member: MemberRecord): boolean {
  return knowsNumber(facts, member, ACKNOWLEDGED_MS)
}

function prune ({ questions: { open }, nowMs }: Facts): void {
  for (const [nonce, { askedAtMs }] of open) {
    if (open.size < OPEN_MAX && nowMs - askedAtMs < FORGOTTEN_AFTER_MS) break
    open.delete(nonce)
  }
}
