/**
 * Admission of a joiner, which is this member. It starts VRRP only when the MASTER has it in the list that its keepalived
 * runs, and so has every other member that is not lost (I3): an unlisted host hears no advert and makes itself MASTER
 * after three intervals. What it starts on are answers of theirs to questions of its own, at most two seconds old.
 *
 * A member that lags is named and passed over after a while. The MASTER never is: without its word, wait.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { alive, isAlive, isLost, listsSelf, neighbourOf, runners } from './liveness.ts'
import { isCold } from './founding.ts'
import { freePlace, mustLetRaise, mustTakeAnew } from './numbering.ts'
import type { Outbox } from './outbox.ts'
import { block, clearTo, enter, take } from './phase.ts'
import { acknowledgesNumber, askAgain, canAsk, knowsNumber } from './questions.ts'
import type { MemberId, MemberRecord } from './record.ts'
import { isMany } from './room.ts'
import { groupSpec, refusalOf } from './shared.ts'
import { ADMISSION_ASK_MANY_MS, ADMISSION_ASK_MS, GO_FIRST_MS, LAGGARD_MS, LONE_SILENT_PROBES, VIP_PROBE_FOLLOWER_MS, VIP_PROBE_MS } from './timing.ts'
import { holderBeside, holderToLetGo, probePeers } from './union.ts'
import { listOf, lists, mastersOf, runsVrrp, viewOf } from './view.ts'
import { isSilent, probeVip } from './vip.ts'

export function judgeAdmission (facts: Facts, out: Outbox): void {
  const { self, keepalived, nowMs } = facts
  if (keepalived.run !== 'stopped' || facts.leaving !== null) return
  if (self.address === null) {
    self.waitingFor = 'a source address'
    return
  }
  if (isCold(facts)) return
  if (self.phase === 'blocked' || self.phase === 'leaving' || keepalived.clearance !== null) return
  const running = runners(facts)
  const [group] = running
  if (group === undefined) return
  // Whoever runs may take the VIP: that it was silent before says nothing when they are out of sight.
  if (running.some(({ vrrpState }) => vrrpState !== 'FAULT')) facts.vip.silentProbes = 0
  const spec = groupSpec(facts)
  const refusal = spec === null ? null : refusalOf(facts, spec)
  if (refusal !== null) return block(facts, refusal, out)
  self.founder = mastersOf(running)[0]?.founder ?? self.founder ?? group.founder
  if (nowMs < keepalived.respawnAtMs) return out.wake(keepalived.respawnAtMs)
  if (self.phase === 'standby' && mustLetRaise(facts, out)) return
  if (mustTakeAnew(facts)) {
    take(facts, freePlace(facts))
    if (self.number === null) return enter(facts, 'standby', 'no number is left: more members than VRRP takes')
  }
  enter(facts, 'joining')
  self.waitingFor = obstacle(facts, running, out)
  if (self.waitingFor !== null) return
  clearTo(facts, 'join')
}

/** What keeps this member from starting, for people; null when nothing does. Asks those that it waits for. */
function obstacle (facts: Facts, running: readonly MemberRecord[], out: Outbox): string | null {
  const [master, rival] = mastersOf(running)
  if (master === undefined && holderBeside(facts, out) === null) {
    facts.listedBy = null
    probePeers(facts, out)
    const isContended = running.some(({ vrrpState }) => vrrpState !== 'FAULT')
    probeVip(facts, out, isContended && isMany(facts) ? VIP_PROBE_FOLLOWER_MS : VIP_PROBE_MS)
    if (isContended) return electionNotice(facts)
    // Nobody who runs can take the VIP: this host may, once it is sure that nobody has it.
    if (!isSilent(facts, LONE_SILENT_PROBES)) return 'probes of the VIP to stay silent: every member that runs is in FAULT'
  }
  if (master !== undefined && rival !== undefined) return `one MASTER: ${master.address} and ${rival.address} both report it`
  // Beside one that makes way nobody may reload, so nobody lags until the next one lists this host.
  if (master !== undefined) facts.listedBy = listsSelf(facts, master) && master.phase === 'active' ? listedNow(facts, master) : null
  const listers = [...(master === undefined ? [] : [master]), ...listersOf(facts, running.filter(({ id }) => id !== master?.id), lagsSinceMs(facts, master), out)]
  const unlisted = listers.filter((member) => !listsSelf(facts, member))
  const stale = [...listers.filter((member) => !acknowledgesNumber(facts, member)), ...joinersOf(facts).filter((member) => !knowsNumber(facts, member))]
  const missing = master === undefined ? [] : [...master.lists, master.id].filter((id) => isMissing(facts, id, master))
  const first = unlisted.length + missing.length === 0 ? firstOf(facts, running, out) : undefined
  for (const { id } of new Set(askedOf(facts, { master, unlisted, stale, first }))) askAgain(facts, id, isMany(facts) ? ADMISSION_ASK_MANY_MS : ADMISSION_ASK_MS, out)
  if (unlisted.length > 0) return `${unlisted.map(({ address }) => address).join(', ')} to list this host`
  if (missing.length > 0) return `its own conf to list ${missing.join(', ')}`
  if (first !== undefined) return `${first.address}, which stands above it, to start first`
  return stale.length === 0 ? null : 'fresh acknowledgements'
}

interface Waited {
  readonly master: MemberRecord | undefined
  /** Those that must list this host and do not. */
  readonly unlisted: readonly MemberRecord[]
  /** Those whose last answer is too old, or does not know the own number. */
  readonly stale: readonly MemberRecord[]
  /** Who goes first. */
  readonly first: MemberRecord | undefined
}

/** Among many gossip tells who lists this host, and to ask each of them before all do would be of no use; but of who was not met yet nothing is sure. */
function askedOf (facts: Facts, { master, unlisted, stale, first }: Waited): readonly MemberRecord[] {
  if (first !== undefined) return []
  if (!isMany(facts)) return [...unlisted, ...stale]
  if (unlisted.length === 0) return stale
  if (master !== undefined && unlisted.includes(master)) return [master]
  return unlisted.every(({ id }) => !isAlive(facts, id)) ? unlisted : []
}

/**
 * A joiner with a higher number whom all that run list as well. If this host started before it, that one would have to go below, and ask all others
 * anew; so it is waited for, while any of them starts.
 */
function firstOf (facts: Facts, running: readonly MemberRecord[], out: Outbox): MemberRecord | undefined {
  const { self, nowMs } = facts
  const first = alive(facts).find((member) => member.phase === 'joining' && !runsVrrp(member) && (member.number ?? 0) > (self.number ?? 0) &&
    running.every((runner) => lists(runner, member)))
  facts.queue = first === undefined ? null : facts.queue?.runners === running.length ? facts.queue : { runners: running.length, sinceMs: nowMs }
  if (facts.queue === null || nowMs >= facts.queue.sinceMs + GO_FIRST_MS) return undefined
  out.wake(facts.queue.sinceMs + GO_FIRST_MS)
  return first
}

/**
 * Whether it is to be listed, and the own conf does not: the MASTER where it is by now, and others too where the MASTER has them there. Who has
 * moved and was found there by nobody yet may be listed where it was.
 */
function isMissing (facts: Facts, id: MemberId, master: MemberRecord): boolean {
  const { options, table, keepalived: { applied } } = facts
  if (id === options.id || isKnownOut(facts, id)) return false
  const record = table.members.get(id)?.statement
  const isKnownThere = record !== undefined && (id === master.id || lists(master, record))
  return applied === null || !(isKnownThere ? lists(applied, record) : applied.lists.includes(id))
}

/** Who is out may be listed for a while yet, and need not be listed by those who come. */
function isKnownOut ({ table }: Facts, id: MemberId): boolean {
  const record = table.members.get(id)?.statement
  return record === undefined ? table.tombstones.has(id) : record.number === null
}

/**
 * Others that are about to start: they need not list this member, but must not have its number. Of two that cannot ask each
 * other the higher id waits until the lower one runs.
 */
function joinersOf (facts: Facts): readonly MemberRecord[] {
  const isWaitedFor = ({ id }: MemberRecord): boolean => id < facts.options.id || canAsk(facts, id)
  return alive(facts).filter((member) => member.phase === 'joining' && member.number !== null && !runsVrrp(member) && isWaitedFor(member))
}

/**
 * Those besides the MASTER that must list this member: all that run and are not lost, without those that lag. What others know of
 * who was not met yet may be of before it started, so its own word counts, or that it is lost.
 */
function listersOf (facts: Facts, others: readonly MemberRecord[], sinceMs: number, out: Outbox): readonly MemberRecord[] {
  const { options, nowMs } = facts
  const unmet = listOf(viewOf(facts.table), options.id).filter((member) => !isAlive(facts, member.id) && !isLost(facts, member.id) && !comesAfter(facts, member))
  const all = [...others, ...unmet]
  const laggards = all.filter((member) => !listsSelf(facts, member))
  if (laggards.length === 0) {
    clear(facts, 'laggards', out)
    return all
  }
  if (nowMs < sinceMs + LAGGARD_MS) {
    out.wake(sinceMs + LAGGARD_MS)
    return all
  }
  raise(facts, 'laggards', `going on without ${laggards.map(({ address }) => address).join(', ')}: does not list this host`, out, 'warn')
  return all.filter((member) => listsSelf(facts, member))
}

/** Since when the others could have listed this host. Without a MASTER's answer nobody may reload, so nobody lags before the MASTER itself does. */
function lagsSinceMs ({ self, listedBy, nowMs }: Facts, master: MemberRecord | undefined): number {
  return master === undefined ? self.phaseSinceMs : Math.max(self.phaseSinceMs, listedBy?.sinceMs ?? nowMs)
}

function listedNow ({ listedBy: before, nowMs }: Facts, master: MemberRecord): Facts['listedBy'] {
  return before?.master === master.id ? before : { master: master.id, sinceMs: before?.sinceMs ?? nowMs, beside: master.lists }
}

/**
 * Whether it was first heard of when the MASTER listed this host and not it yet: so it cannot start before it lists what the MASTER lists, which is this
 * host too. Where hosts come all the time, the last one is never met yet.
 */
function comesAfter (facts: Facts, member: MemberRecord): boolean {
  const { listedBy: since } = facts
  return isMany(facts) && since !== null && !runsVrrp(member) && neighbourOf(facts, member.id).metAtMs > since.sinceMs && !since.beside.includes(member.id)
}

function electionNotice (facts: Facts): string {
  const { mac } = facts.vip
  return holderToLetGo(facts) ?? (mac === null
    ? 'a MASTER: an election is under way, or the agent of the MASTER is down'
    : `a MASTER: ${mac} holds the VIP and its agent does not answer`)
}
