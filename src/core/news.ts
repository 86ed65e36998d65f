/**
 * What others say, taken in. A claim changes the table or it does not; a word about this very member is answered.
 */
import { enrol, inter } from './burial.ts'
import type { Event } from './event.ts'
import type { Facts } from './facts.ts'
import { distrust, hear, isUndoubted, neighbourOf, trust } from './liveness.ts'
import type { Message } from './message.ts'
import type { Outbox } from './outbox.ts'
import { rejoin } from './phase.ts'
import { onMoved } from './reach.ts'
import { isKnownPlace } from './reach.ts'
import { onAnswer, onAsk } from './questions.ts'
import { isMany, makeRoom } from './room.ts'
import { onDoubt } from './suspicion.ts'
import { spread } from './spread.ts'
import { COUNTER_MAX, isMember, isTombstone, supersedes } from './record.ts'
import type { Claim, MemberId, MemberRecord, Tombstone } from './record.ts'
import { claimDigest, inventoryOf, isKnown, tableDigest } from './table.ts'
import { COMPARE_REPEAT_MS } from './timing.ts'
import { onOwnRecord } from './twin.ts'

export function onMessage (facts: Facts, from: MemberId, message: Message, out: Outbox): void {
  hear(facts, from, out)
  switch (message.kind) {
    case 'inventory':
      sendMissing(facts, from, message, out)
      break
    case 'table':
      learn(facts, from, message.claims, out, message)
      break
    case 'beat':
      // A change that gossip did not bring: whoever sees it first asks.
      if (message.digest !== tableDigest(facts.table)) compareAgain(facts, from, out)
      break
    case 'doubt':
      onDoubt(facts, message.about, out)
      break
    case 'ask':
      if (message.claim !== undefined) learn(facts, from, [message.claim], out, { spread: false })
      onAsk(facts, from, message, out)
      break
    case 'answer': {
      if (message.claim !== null) learn(facts, from, [message.claim], out, { spread: false })
      else if (message.about === null && isNewestOf(facts, from, message.known)) trust(facts, from)
      const living = onAnswer(facts, from, message, out)
      if (living === null || living === from) break
      hear(facts, living, out)
      // What a witness passes on was said after it was asked.
      if (message.claim?.statement.id === living || isNewestOf(facts, living, message.known)) trust(facts, living)
      break
    }
  }
}

/** Whether that is the record of `id` that this member has: what it knew before is what that one says now. */
function isNewestOf ({ table }: Facts, id: MemberId, digest: string | undefined): boolean {
  const claim = table.members.get(id)
  return claim !== undefined && claimDigest(claim) === digest
}

/**
 * Whether an event only says again what is known, so that nothing follows from it before the next timer: most beats, what
 * discovery finds again and again, hosts that stay away. That is most of all events.
 */
export function isNoNews (facts: Facts, event: Event): boolean {
  if (event.kind === 'found') return isKnownPlace(facts, event.address, event.port) && !facts.deleted.has(event.address)
  if (event.kind === 'dialFailed') return event.failure === 'unreachable'
  if (event.kind === 'claims') return saysNothingNew(facts, event.from, event.claims)
  return event.kind === 'message' && isUndoubted(facts, event.from) && isIdle(facts, event.from, event.message)
}

function isIdle (facts: Facts, from: MemberId, message: Message): boolean {
  if (message.kind === 'beat') return message.digest === tableDigest(facts.table)
  if (message.kind === 'ask') return message.claim === undefined || saysNothingNew(facts, from, [message.claim])
  return message.kind === 'inventory' || (message.kind === 'table' && saysNothingNew(facts, from, message.claims))
}

/** Also nothing of this host itself, which would have to be answered. */
function saysNothingNew ({ table, stale, options }: Facts, from: MemberId, claims: readonly Claim[]): boolean {
  return !stale.has(from) && claims.every((claim) => claim.statement.id !== options.id && isKnown(table, claim))
}

/** Merges claims; those that are news are passed on where they came to us alone. */
export function learn (facts: Facts, from: MemberId, claims: readonly Claim[], out: Outbox, { spread: isAlone }: { readonly spread: boolean }): void {
  const news = claims.filter((claim) => take(facts, from, claim, out))
  // Its own word, even if nothing in it is new.
  if (claims.some(({ statement }) => statement.kind === 'member' && statement.id === from)) trust(facts, from)
  if (isAlone) spread(facts, news, out)
}

function take (facts: Facts, from: MemberId, claim: Claim, out: Outbox): boolean {
  if (isTombstone(claim)) return bury(facts, claim, out)
  if (!isMember(claim)) return false
  const { id, address } = claim.statement
  if (id === facts.options.id) return refute(facts, claim.statement, out)
  const was = facts.table.members.get(id)?.statement.address
  if (!makeRoom(facts, id, from) || !enrol(facts, claim)) return false
  // What others pass on may come from their own memory, and be of an earlier run.
  if (was === undefined && id !== from) distrust(facts, id)
  if (was !== address) onMoved(facts, id, address, out)
  return true
}

/** Somebody has a newer record of us than we have: an earlier run whose state was lost. We are newer yet. */
function refute (facts: Facts, record: MemberRecord, out: Outbox): boolean {
  const { self, table } = facts
  onOwnRecord(facts, record)
  const own = table.members.get(record.id)?.statement
  if (own !== undefined && !supersedes(record, own)) return false
  if (record.incarnation < self.incarnation) return false
  out.log('info', 'the group remembers a later run of this host: raising the incarnation', { incarnation: record.incarnation })
  outbid(facts, record.incarnation, out)
  return false
}

/** Whoever is told to be in its very last run can say nothing under this name any more. */
function outbid (facts: Facts, incarnation: number, out: Outbox): void {
  if (incarnation < COUNTER_MAX) {
    facts.self.incarnation = incarnation + 1
    facts.self.sequence = 0
    return
  }
  facts.isSpent = true
  rejoin(facts, out)
}

function bury (facts: Facts, claim: Claim<Tombstone>, out: Outbox): boolean {
  const { id, incarnation, departure, issuer } = claim.statement
  if (departure === 'left' && issuer !== id) return false
  if (!inter(facts, claim)) return false
  const about = { member: id, incarnation, departure, issuer }
  if (id !== facts.options.id) {
    out.log('info', 'member is out', about)
  } else if (incarnation >= facts.self.incarnation && facts.leaving === null) {
    // Nobody lists us any more, so to run on would make a second MASTER.
    out.log('warn', 'the group has dropped this host: stopping VRRP and joining anew', about)
    outbid(facts, incarnation, out)
    rejoin(facts, out)
  }
  return true
}

/** Begins to compare tables with a member to whom a stream was just opened: it may know nothing of this one, and nobody else either. */
export function introduce (facts: Facts, to: MemberId, out: Outbox): void {
  const own = facts.table.members.get(facts.options.id)
  if (own !== undefined) out.push({ kind: 'send', to, message: { kind: 'table', claims: [own], spread: true } })
  compare(facts, to, true, out)
}

function compareAgain (facts: Facts, to: MemberId, out: Outbox): void {
  const { comparedAtMs, linked } = neighbourOf(facts, to)
  // Where news come all the time tables differ all the time, and one of them shows as well as each what gossip has lost.
  const sinceMs = isMany(facts) ? facts.comparedAtMs : comparedAtMs
  if (linked && facts.nowMs - sinceMs >= COMPARE_REPEAT_MS) compare(facts, to, true, out)
}

function compare (facts: Facts, to: MemberId, reply: boolean, out: Outbox): void {
  facts.comparedAtMs = neighbourOf(facts, to).comparedAtMs = facts.nowMs
  out.push({ kind: 'send', to, message: { kind: 'inventory', digests: [...inventoryOf(facts.table).keys()], reply } })
}

/** Its own word goes with it even where it is known: only that tells that it still holds (`stale`). What the one who asked lacks of the rest, this member has not spread. */
function sendMissing (facts: Facts, to: MemberId, { digests, reply }: Extract<Message, { kind: 'inventory' }>, out: Outbox): void {
  const inventory = inventoryOf(facts.table)
  const theirs = new Set(digests)
  const claims = [...inventory].flatMap(([digest, claim]) => !theirs.has(digest) || (reply && claim.statement.id === facts.options.id) ? [claim] : [])
  if (claims.length > 0) out.push({ kind: 'send', to, message: { kind: 'table', claims, spread: !reply } })
  if (reply && digests.some((digest) => !inventory.has(digest))) compare(facts, to, false, out)
}
