/**
 * The VIP itself: held by one, all the time, and moved by nothing but VRRP's own reasons. Three promises: nobody takes or
 * drops it unexcused; two who can hear each other do not both hold it (without a split: but for the moment of a
 * hand-over; after one: I11); and where a BACKUP stands ready, it is never without a holder for longer than an election.
 */
import { MASTER_SETTLE_MS } from '../../src/core/timing.ts'
import type { Excuses } from './excuses.ts'
import { canHearOf } from './hearsay.ts'
import type { Host } from './host.ts'
import { Violation } from './violation.ts'
import { effectivePriorityOf, masterDownMs } from './vrrp.ts'
import type { Watcher, World } from './world.ts'

/** The new MASTER's first advert is on its way to the old one. */
const HAND_OVER_MS = 100
/** A BACKUP that became MASTER may reload again once it has settled: from then on it lists whoever it put off, and its adverts reach that one. */
const LISTS_AGAIN_MS = MASTER_SETTLE_MS + 500
/** Hosts that could not reach each other dial each 800 ms, and then have to tell each other who they are. */
const MEETING_MS = 1000
/** From the last silent probe until the VIP is taken. */
const CLAIM_MS = 1000
/** An agent that takes long over everything has to hear of the stream, to find the other at its address, and to be told that it may reload. */
const SLOW_STEPS = 3
/** A loser needs this long to stop VRRP, once it may. */
const STOP_MS = 250
/**
 * A keepalived whose agent is down or out of reach cannot be told of a newcomer, so it never sends to it. The newcomer finds out by ARP,
 * 1, 2, 4, then 10 s after it took the VIP, waits for as long as VRRP may need, and stops.
 */
const DEAF_LOOK_MS = 11_000
/**
 * Two holders of which neither lists the other send nothing to each other. They find out by ARP, 10 s apart, and one lets go, at the
 * latest 15 s after that. So it is as well where one has no agent, and sends to the other: of that one it hears nothing, and
 * nobody is there whom it could ask.
 */
const UNACQUAINTED_MS = 30_000
/** A storm of reloads may delay an election by this: a BACKUP reloads for the last time when the MASTER last answered. */
const STORM_MS = 300
/** Longer than a conf may be refused until that ends VRRP on its host, and an agent needs to be met. */
const BACK_MS = 10_000
/**
 * An agent that takes long over everything hears as late that the MASTER has answered, and by then that one may be dead: nobody on this
 * host could know. Were it never to reload, joiners would pass it over, and at the next election it and they would not hear each other. What it
 * asked longer ago than this gives no leave, however slow it is.
 */
const SLOW_ANSWER_MS = 1000
/** No more of one host's lost adverts are kept than could matter to one hand-over. */
const MOST_LOST = 10

/** Two that hold the VIP, and since when … */
interface Pair {
  readonly tookAtMs: number
  /** … they could find out that the other does, by ARP at least … */
  sinceMs: number
  /** … one whose agent runs knows whom it is to list … */
  metSinceMs: number
  /** … and both have agents that can speak to each other. */
  hearSinceMs: number
  /** Since when each sends adverts to the other, or should. */
  listedSinceMs: number
  /** Whether that was not so at first. */
  wasDeaf: boolean
}

export function watchHolders (world: World, excuses: Excuses): Watcher {
  const { clock } = world
  const pairs = new Map<number, Pair>()
  let emptySinceMs = 0

  const judgePair = (a: Host, b: Host): void => {
    const key = a.index * world.hosts.length + b.index
    if (!holds(a) || !holds(b) || !world.network.joins('vrrp', a.index, b.index)) return void pairs.delete(key)
    const nowMs = clock.nowMs()
    const pair = pairs.get(key) ?? { tookAtMs: nowMs, sinceMs: nowMs, metSinceMs: nowMs, hearSinceMs: nowMs, listedSinceMs: nowMs, wasDeaf: false }
    pairs.set(key, pair)
    if (servesAnother(a, b)) {
      pair.sinceMs = pair.metSinceMs = pair.hearSinceMs = nowMs
      pair.wasDeaf = true
    }
    const agents = [a, b].filter(host => host.agent() !== null).length
    // Without any agent there is nobody to notice.
    if (agents === 0 || isMute(a) || isMute(b)) return void pairs.delete(key)
    const meets = world.network.joins('mesh', a.index, b.index)
    const isDeaf = agents === 1 || !meets
    if (isStranger(a, b, meets) || isStranger(b, a, meets)) pair.sinceMs = nowMs
    const isUnacquainted = [[a, b] as const, [b, a] as const].every(([one, other]) => one.agent() === null || !lists(one, other)) && nowMs - pair.sinceMs <= UNACQUAINTED_MS
    if (isUnacquainted) pair.metSinceMs = nowMs
    if (isYetToList(a, b) || isYetToList(b, a)) pair.listedSinceMs = nowMs
    if (isUnacquainted || isDeaf) {
      pair.hearSinceMs = nowMs
      pair.wasDeaf = true
    }
    // Whose check recovers, or fails, while another takes over tells so with its next advert; and that one may be lost.
    const advertIntMs = Math.max(intervalOf(a), intervalOf(b))
    const handOverMs = [a, b].some(excuses.mayMove) ? (1 + lostBetween(a, b)) * advertIntMs + HAND_OVER_MS : HAND_OVER_MS
    const lagMs = SLOW_STEPS * Math.max(a.lagMs(), b.lagMs())
    // Where one does not list the other only their agents can tell, and these have to meet first.
    const meetingMs = lists(a, b) && lists(b, a) ? 0 : MEETING_MS
    const isHandOver = !pair.wasDeaf && !excuses.mayBeHeldTwice([a, b])
    const limitMs = isHandOver ? handOverMs + pair.listedSinceMs - pair.tookAtMs : 3 * advertIntMs + 1000 + STOP_MS + meetingMs + lagMs
    if (nowMs - pair.hearSinceMs <= limitMs && (!isDeaf || nowMs - pair.metSinceMs <= Math.max(limitMs, DEAF_LOOK_MS + 3 * advertIntMs + 1000))) return
    throw new Violation('I11', `${a.name} and ${b.name} both hold the VIP and hear each other, for ${Math.round(nowMs - pair.tookAtMs)} ms`)
  }
  const judgeEmpty = (holding: readonly Host[]): void => {
    if (holding.length > 0 || !world.network.isWhole('vrrp')) {
      emptySinceMs = clock.nowMs()
      return
    }
    for (const host of world.hosts) {
      const vrrp = host.daemon.vrrp()
      if (vrrp?.state !== 'BACKUP' || !host.isUp() || host.isPaused()) continue
      const waitedMs = clock.nowMs() - Math.max(emptySinceMs, readySince.get(host) ?? 0, stoodStillAtMs.get(host) ?? 0)
      const late = lateReloads.get(host)
      const stormMs = STORM_MS + (late !== undefined && late.atMs >= emptySinceMs ? late.lagMs : 0)
      if (waitedMs > masterDownMs(vrrp) + stormMs) {
        throw new Violation('outage', `nobody has held the VIP for ${Math.round(waitedMs)} ms, though ${host.name} runs as BACKUP`)
      }
    }
  }
  /** The first VIP of the other is another one, and their agents have not met, or cannot tell each other: neither adverts nor ARP nor the VIP lead from one to the other. */
  const servesAnother = (host: Host, other: Host): boolean => firstVipOf(host) !== firstVipOf(other) &&
    (host.agent() === null || other.agent() === null || !world.network.joins('mesh', host.index, other.index) || !(knows(host, other) || knows(other, host)))
  const readySince = new Map<Host, number>()
  /** The last reload of each, and how slow its agent was. */
  const lateReloads = new Map<Host, { readonly atMs: number, readonly lagMs: number }>()
  /** Whoever goes on after a pause may hear one advert that came meanwhile, of a holder that has gone since: it waits once more. */
  const stoodStillAtMs = new Map<Host, number>()
  const takenAtMs = new Map<Host, number>()
  /** When an advert to each got lost, lately. */
  const lostAtMs = new Map<Host, readonly number[]>()
  const startedAtMs = new Map<Host, number>()
  const absentAtMs = new Map<Host, number>()
  /** It took the VIP just now, and does not send to the other yet. */
  const isYetToList = (host: Host, other: Host): boolean => !lists(host, other) && clock.nowMs() - (takenAtMs.get(host) ?? -Infinity) <= LISTS_AGAIN_MS
  /** Adverts that did not reach one of the two since both hold the VIP: the take-over itself sends the first, at that very moment. */
  const lostBetween = (a: Host, b: Host): number => {
    const sinceMs = Math.max(takenAtMs.get(a) ?? 0, takenAtMs.get(b) ?? 0)
    return [a, b].flatMap(host => lostAtMs.get(host) ?? []).filter(atMs => atMs >= sinceMs).length
  }
  /** Two that start from nothing and cannot speak to each other, or have not found each other yet, claim at once; VRRP settles that. Nor could one that stood still until now. */
  const claimsApart = (host: Host, other: Host): boolean => host.daemon.running()?.claim === true &&
    (!world.network.joins('mesh', host.index, other.index) || !knows(host, other) ||
      clock.nowMs() - Math.max(world.network.changedAtMs(host.index, other.index), stoodStillAtMs.get(other) ?? 0) <= MEETING_MS) &&
    clock.nowMs() - (takenAtMs.get(other) ?? -Infinity) < intervalOf(other) + CLAIM_MS
  /** Its agent was not there when the other joined, or hung, and is back for moments only; by now there is no MASTER that would give it leave to reload. */
  const wasDeafTo = (host: Host, joined: Host): boolean => host.agent() === null ||
    ((absentAtMs.get(host) ?? -Infinity) > (startedAtMs.get(joined) ?? 0) && clock.nowMs() - (absentAtMs.get(host) ?? -Infinity) <= BACK_MS)
  /** The other was admitted without it, which was lost by then; its agent is back, its disk is not. */
  const cannotList = (host: Host, joined: Host): boolean => !lists(host, joined) && host.daemon.refuses() && wasDeafTo(host, joined)
  /** It stood above the other when that one took the VIP, but had just reloaded; each reload since has put its turn off. */
  const wasPassedOver = (host: Host, other: Host): boolean =>
    priorityOf(host) > priorityOf(other) && (readySince.get(host) ?? Infinity) <= (takenAtMs.get(other) ?? -Infinity)
  const judgeMove = (host: Host, isTaken: boolean, others: readonly Host[]): void => {
    if (excuses.mayMove(host)) return
    if (isTaken && others.some(other => !isPinnedAbove(host, other) && !wasPassedOver(host, other))) throw new Violation('VIP', `${host.name} takes the VIP, though ${namesOf(others)} holds it and nothing happened to it`)
    // Who is told to leave while it starts takes the VIP yet: a process that is being started cannot be called back.
    if (!isTaken && others.length === 0 && host.agent()?.status().phase !== 'leaving') throw new Violation('VIP', `${host.name} drops the VIP, and nothing happened to it`)
  }

  return {
    advert (to, _advert, isLost) {
      if (isLost) lostAtMs.set(to, [...(lostAtMs.get(to) ?? []).slice(-MOST_LOST), clock.nowMs()])
    },
    daemon (host, sight) {
      if (sight.kind === 'started' && host.pinned !== null) excuses.excuse('a pinned host goes where its pin says')
      if (sight.kind === 'state' || sight.kind === 'started') readySince.set(host, clock.nowMs())
      if (sight.kind === 'started') startedAtMs.set(host, clock.nowMs())
      if (sight.kind === 'reloaded') lateReloads.set(host, { atMs: clock.nowMs(), lagMs: Math.min(SLOW_ANSWER_MS, host.lagMs()) })
      if (sight.kind !== 'vip') return
      // Taken, be it for less than a tick: who has it may stand still a moment later.
      emptySinceMs = clock.nowMs()
      const others = world.hosts.filter(other => other !== host && holds(other) && !(sight.up && servesAnother(host, other)))
      if (sight.up) takenAtMs.set(host, clock.nowMs())
      if (others.some(other => claimsApart(host, other))) excuses.split('two that start apart')
      // Of two holders one goes: its last word, priority 0, lets whoever hears it take over, until the other's next advert.
      if (!sight.up && others.length > 0) excuses.split('one of two holders', 2 * Math.max(...others.map(intervalOf)))
      if (sight.up && others.some(other => !lists(other, host) && (!canHearOf(world, other, host) || wasDeafTo(other, host)))) excuses.split('a holder that could not be told of this host')
      if (sight.up && others.some(other => cannotList(host, other))) excuses.split('this host cannot write of a holder', 3 * intervalOf(host) + 1000 + STOP_MS + MEETING_MS)
      judgeMove(host, sight.up, others)
      // All that stand above a low pin are BACKUPs that do not heed it, each with a timer of its own: one after the other takes the VIP.
      if (sight.up && others.some(other => isPinnedAbove(host, other))) excuses.excuse('a MASTER with a lower pin than a joiner')
    },
    tick () {
      const holding = world.hosts.filter(holds)
      for (const host of world.hosts) {
        if (host.isPaused()) stoodStillAtMs.set(host, clock.nowMs())
        if (host.agent() === null) absentAtMs.set(host, clock.nowMs())
      }
      if (holding.length < 2) pairs.clear()
      else for (const a of world.hosts) for (const b of world.hosts) if (a.index < b.index) judgePair(a, b)
      judgeEmpty(holding)
    },
  }
}

function holds (host: Host): boolean {
  return host.isUp() && !host.isPaused() && host.daemon.holdsVip()
}

/** Of two of which one is pinned, the operator's word says who is higher, not who came first. */
function isPinnedAbove (host: Host, other: Host): boolean {
  return (host.pinned === null) !== (other.pinned === null) && (host.daemon.running()?.priority ?? 0) > (other.daemon.running()?.priority ?? 0)
}

function firstVipOf (host: Host): string | undefined {
  return host.daemon.vrrp()?.conf.vip
}

function priorityOf (host: Host): number {
  const vrrp = host.daemon.vrrp()
  return vrrp === null ? 0 : effectivePriorityOf(vrrp)
}

function intervalOf (host: Host): number {
  return host.daemon.vrrp()?.conf.advertIntMs ?? 0
}

/** Without its source address it neither sends nor is there an agent that would stop it. */
function isMute (host: Host): boolean {
  return host.agent() === null && host.daemon.running()?.source !== host.address()
}

function knows (host: Host, other: Host): boolean {
  return host.agent()?.status().members.some(({ id }) => id === other.id()) === true
}

/**
 * A group keeps the VIP beside somebody whom it cannot meet, because the mesh is cut between them or no agent is there, and never
 * met. It calls for a person: were it to let go, it would lose the VIP to any stranger. Another group does the same; who is
 * alone lets go.
 */
function isStranger (host: Host, other: Host, meets: boolean): boolean {
  if (!hasCompany(host) || knows(host, other)) return false
  return other.agent() === null || (!meets && hasCompany(other))
}

function hasCompany (host: Host): boolean {
  return host.agent()?.status().members.some(({ id, state, vrrpState }) => id !== host.id() && state !== 'lost' && vrrpState !== 'STOP') === true
}

function lists (host: Host, other: Host): boolean {
  const address = other.address()
  return address !== null && host.daemon.running()?.peers.includes(address) === true
}

function namesOf (hosts: readonly Host[]): string {
  return hosts.map(({ name }) => name).join(', ')
}
