/**
 * Who is lost. SWIM (Das et al. 2002): a member that was not heard in time is suspected and asked, directly and by way
 * of two others; only when none of that brings a word is it *lost*. The first suspicion costs nothing and tells nobody.
 *
 * A slow observer doubts itself first (Lifeguard, Dadgar et al. 2018): when this process was not scheduled for a while,
 * the silence of the others is our own (awake.ts).
 *
 * Lost is a mark for admission, removal and people. It never takes anybody off a peer list (I4).
 */
import type { Facts, Neighbour } from './facts.ts'
import { memoized, steady } from './memo.ts'
import type { Outbox } from './outbox.ts'
import { ask, askAgain } from './questions.ts'
import type { MemberId, MemberRecord } from './record.ts'
import { isCrowd } from './room.ts'
import { derivedFrom } from './table.ts'
import { lists, mastersOf, runsVrrp } from './view.ts'
import { BEAT_GRACE_MS, BEAT_MS, UNLINKED_MS, UNMET_MS, VERDICT_MS, tickAt } from './timing.ts'

/** Those that are asked on our behalf, when a member does not answer us. */
const INDIRECT_PROBES = 2

export function neighbourOf (facts: Facts, id: MemberId): Neighbour {
  const known = facts.neighbours.get(id)
  if (known !== undefined) return known
  const neighbour: Neighbour = {
    metAtMs: facts.nowMs,
    linked: false,
    linkedAtMs: Number.NEGATIVE_INFINITY,
    linkedAt: null,
    verified: null,
    heardAtMs: null,
    suspectedAtMs: null,
    lostAtMs: null,
    lifeSignAtMs: null,
    probedAtMs: Number.NEGATIVE_INFINITY,
    silentAtMs: null,
    acknowledgedAtMs: null,
    acknowledgementCameAtMs: null,
    acknowledgedAs: null,
    answeredAtMs: null,
    tableSentAtMs: Number.NEGATIVE_INFINITY
  }
  facts.neighbours.set(id, neighbour)
  return neighbour
}

/** Heard, with a record of this run, and not lost. Somebody never heard is neither alive nor, at first, lost. */
export function isAlive (facts: Facts, id: MemberId): boolean {
  const neighbour = facts.neighbours.get(id)
  return neighbour !== undefined && neighbour.heardAtMs !== null && neighbour.lostAtMs === null && !facts.stale.has(id)
}

export function isLost (facts: Facts, id: MemberId): boolean {
  const neighbour = facts.neighbours.get(id)
  return neighbour !== undefined && neighbour.lostAtMs !== null
}

/** The other members that are alive, in the table's order. */
export const alive = steady((facts: Facts) => others(facts).filter(({ id }) => isAlive(facts, id)))

/** Those of them that run VRRP. */
export const runners = memoized((facts: Facts) => [alive(facts)], (living) => living.filter(runsVrrp))

/** Those of them that report MASTER. */
export const masters = memoized((facts: Facts) => [alive(facts)], mastersOf)

/** The other members that are lost. */
export const lostOnes = steady((facts: Facts) => others(facts).filter(({ id }) => isLost(facts, id)))

/** Everybody in the table but this member. */
export const others = derivedFrom(({ table }: Facts) => table, ({ table, options }): readonly MemberRecord[] =>
  [...table.members.values()].map(({ statement }) => statement).filter(({ id }) => id !== options.id))

/** Whether the conf of `member` sends to this host at the address that it has now. */
export function listsSelf ({ options, self }: Facts, member: MemberRecord): boolean {
  return self.address !== null && lists(member, { id: options.id, address: self.address })
}

/** Whether nothing is held against it, so that another word from it without news changes nothing but when it was last heard. */
export function isUndoubted (facts: Facts, id: MemberId): boolean {
  const neighbour = facts.neighbours.get(id)
  return neighbour !== undefined && neighbour.heardAtMs !== null && neighbour.suspectedAtMs === null && neighbour.lostAtMs === null
}

/** A word from the member itself: whatever was held against it is void. What it said before it was lost is too, since it may have begun anew. */
export function hear (facts: Facts, id: MemberId, out: Outbox): void {
  const neighbour = neighbourOf(facts, id)
  if (neighbour.heardAtMs === null) facts.lastFaceAtMs = facts.nowMs
  if (neighbour.lostAtMs !== null) {
    facts.stale.add(id)
    out.log('info', 'member is back', { member: id, lostMs: facts.nowMs - neighbour.lostAtMs })
  }
  neighbour.heardAtMs = facts.nowMs
  neighbour.suspectedAtMs = null
  neighbour.lostAtMs = null
}

/** A word from a later run than any known before, be it by way of others: what was held against the earlier runs is void (SWIM §4.2). */
export function acquit (facts: Facts, id: MemberId): void {
  const neighbour = neighbourOf(facts, id)
  if (neighbour.linked) return
  neighbour.heardAtMs = null
  neighbour.suspectedAtMs = null
  neighbour.lostAtMs = null
  neighbour.silentAtMs = null
}

export function judgeLiveness (facts: Facts, out: Outbox): void {
  for (const { id, address } of others(facts)) {
    const neighbour = neighbourOf(facts, id)
    if (neighbour.lostAtMs !== null) continue
    if (neighbour.suspectedAtMs === null && isMissed(facts, neighbour)) suspect(facts, id, neighbour, out)
    if (neighbour.suspectedAtMs === null) {
      out.wake(tickAt((neighbour.heardAtMs ?? facts.nowMs) + patienceMs(neighbour)))
    } else if (facts.nowMs >= neighbour.suspectedAtMs + verdictMs(neighbour)) {
      neighbour.lostAtMs = facts.nowMs
      if (neighbour.linked) out.push({ kind: 'hangUp', id })
      neighbour.linked = false
      // Of a crowd that somebody invents, one alarm tells (room.ts).
      const isSomebody = neighbour.heardAtMs !== null || !isCrowd(facts)
      out.log(isSomebody ? 'warn' : 'debug', 'member is lost: no answer, directly or through others', { member: id, address })
    } else {
      out.wake(neighbour.suspectedAtMs + verdictMs(neighbour))
      // Whoever could vouch for it may not have met it yet either.
      if (neighbour.heardAtMs === null && !neighbour.linked && !isCrowd(facts)) askAgain(facts, id, VERDICT_MS, out)
    }
  }
}

/** Whoever was never met may be on its way: many who start at once need seconds to connect. A refusal is an answer. */
function verdictMs ({ heardAtMs, lifeSignAtMs }: Neighbour): number {
  return heardAtMs === null && lifeSignAtMs === null ? UNMET_MS : VERDICT_MS
}

function isMissed (facts: Facts, neighbour: Neighbour): boolean {
  return neighbour.heardAtMs === null || facts.nowMs - neighbour.heardAtMs >= patienceMs(neighbour)
}

/** Without a stream only others can vouch for it, and no beat will come. */
function patienceMs ({ linked }: Neighbour): number {
  return linked ? BEAT_MS + BEAT_GRACE_MS : UNLINKED_MS
}

/** The end of a stream is the first sign of a crash. */
export function onUnlinked (facts: Facts, id: MemberId, out: Outbox): void {
  const neighbour = neighbourOf(facts, id)
  neighbour.linked = false
  if (neighbour.suspectedAtMs === null && neighbour.lostAtMs === null) suspect(facts, id, neighbour, out)
}

function suspect (facts: Facts, id: MemberId, neighbour: Neighbour, out: Outbox): void {
  neighbour.suspectedAtMs = facts.nowMs
  if (neighbour.linked) ask(facts, id, out)
  const witnesses = alive(facts).filter((member) => member.id !== id && neighbourOf(facts, member.id).linked)
  // A different pair for each suspect, so that one witness with a fault of its own does not condemn all.
  const first = facts.questions.nextNonce % Math.max(1, witnesses.length)
  for (const witness of [...witnesses.slice(first), ...witnesses.slice(0, first)].slice(0, INDIRECT_PROBES)) {
    ask(facts, witness.id, out, { about: id })
  }
}
