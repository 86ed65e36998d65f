/**
 * I3, I4 and I8, seen from outside: who may start VRRP, who may be taken off a list, and when a BACKUP may
 * reload. The core judges by what it was told; this judges by what is so, and leaves it the time that news takes.
 */
import type { Conf } from '../../src/core/event.ts'
import type { Address, MemberId, MemberRecord } from '../../src/core/record.ts'
import { createComebacks } from './comebacks.ts'
import { describe, isKnowledge, isOfEarlierRun } from './departure.ts'
import type { Excuses } from './excuses.ts'
import type { Host } from './host.ts'
import { Violation } from './violation.ts'
import type { Watcher, World } from './world.ts'

/** An acknowledgement may be this old; what changed since is nobody's fault. */
const NEWS_MS = 2500
/** Two who were cut apart may have missed more. */
const REACHED_FOR_MS = 5000
/** Who does not list a joiner for this long is passed over, but the MASTER. */
const LAGGARD_MS = 10_000
/** The MASTER's agent answered "just now". */
const ANSWERED_MS = 1500
/** From the core's decision to reload until keepalived has done it. */
const RELOADING_MS = 100
/** Whether a lost host answers on the wire is looked at each 5 s, and silence takes a second to hear. */
const UNLIST_MARGIN_MS = 7000
/** A probe waits a second for its answer, and its silence counts for another. */
const PROBED_MS = 2500
/** A host that crashes is lost everywhere within this. */
const LOST_MS = 4000

/** What a host knows of another is asked no more often: that is dear. */
const MOVERS_LOOK_MS = 1000

export function watchAdmission (world: World, excuses: Excuses): Watcher {
  const { clock, network, options } = world
  const startedAtMs = new Map<Host, number>()
  const masterSinceMs = new Map<Host, number>()
  const joiningSinceMs = new Map<Host, number>()
  /** Where VRRP surely does not run any more, nor will it by itself. */
  const stoppedCleanly = new Set<Host>()
  /** Hosts that a majority has rightly held to be dead, be they or not: a segment may stay split for longer than that takes. */
  const removed = new Set<Host>()
  /** Tombstones are told again and again; each is judged once. */
  const judged = new Set<string>()
  /** Whose identity that is, or was before its disk was wiped. */
  const ownerOf = new Map<MemberId, Host>()
  /** Whose group each says that it is in, and since when. */
  const groupOf = new Map<Host, { readonly founder: MemberId | null, readonly sinceMs: number }>()
  const hiddenSinceMs = new Map<number, number>()
  const hiddenUntilMs = new Map<number, number>()
  const goneSince = new Map<Host, number>()
  const noMasterAnswersSince = new Map<Host, number>()
  const backupSinceMs = new Map<Host, number>()
  const pausedAtMs = new Map<Host, number>()
  /** An agent that hangs is met again like one that was paused: it dials, and tells who it is. */
  const hungAtMs = new Map<Host, number>()
  const addressOf = new Map<Host, Address | null>()
  const movers = new Set<Host>()
  /** Pairs of who looks for whom where that one is no more. */
  const soughtElsewhere = new Set<number>()
  let moversLookedAtMs = -Infinity
  const ageMs = (since: ReadonlyMap<Host, number>, host: Host): number => clock.nowMs() - (since.get(host) ?? clock.nowMs())

  /** Where a firewall drops the agent's port on both, neither can dial the other. */
  const canDial = (a: Host, b: Host): boolean => !world.isPortBlocked(a) || !world.isPortBlocked(b)
  const reaches = (a: Host, b: Host): boolean => canDial(a, b) && b.isUp() && !b.isPaused() && network.joins('mesh', a.index, b.index) && network.joins('vrrp', a.index, b.index)
  /** Whoever has left is dialled by nobody, and here it cannot dial itself: a third one must tell. */
  const isUntold = (host: Host, newcomer: Host): boolean => stoppedCleanly.has(newcomer) && world.isPortBlocked(host) &&
    !world.hosts.some(one => one !== host && one !== newcomer && one.agent() !== null && answers(host, one))
  const hasReached = (a: Host, b: Host): boolean => reaches(a, b) && clock.nowMs() - REACHED_FOR_MS >
    Math.max(network.changedAtMs(a.index, b.index), pausedAtMs.get(b) ?? 0, hungAtMs.get(b) ?? 0, b.agent()?.startedAtMs ?? 0)
  /** An answer comes through the mesh, whatever becomes of adverts. */
  const answers = (a: Host, b: Host): boolean => b.isUp() && !b.isPaused() && network.joins('mesh', a.index, b.index)
  /** Itself, or by way of a witness. */
  const isHeard = (a: Host, b: Host): boolean => answers(a, b) || world.hosts.some(one => one !== a && one !== b && one.agent() !== null && answers(a, one) && answers(one, b))
  const comebacks = createComebacks(world, { reaches, answers })
  /** Whether some MASTER's agent can answer it just now. */
  const isAnswered = (host: Host): boolean =>
    world.hosts.some(other => other !== host && other.daemon.state() === 'MASTER' && (isStatic(other) || (other.agent() !== null && isHeard(host, other))))

  /** Of a host without an agent, where such hosts are listed by hand, the VIP itself tells that it lives. */
  const isStatic = (other: Host): boolean => world.options.isUnion === true && !other.hasAgent() && other.daemon.holdsVip() && other.isUp()

  /** Since when that is so; not at all while it is not. */
  const note = (since: Map<Host, number>, host: Host, isSo: boolean): void => {
    if (!isSo) since.delete(host)
    else if (!since.has(host)) since.set(host, clock.nowMs())
  }

  const judgeStart = (joiner: Host): void => {
    const address = joiner.address()
    // Its address went in these very milliseconds: it starts in FAULT, and stops again.
    if (address === null || joiner.daemon.running()?.source !== address) return
    for (const member of world.hosts) {
      if (member === joiner || member.agent() === null || !hasReached(joiner, member) || isUntold(member, joiner)) continue
      // Of another group, which it has not met yet, or only just.
      if (member.agent()?.status().self.founder !== joiner.agent()?.status().self.founder || clock.nowMs() - (groupOf.get(member)?.sinceMs ?? -Infinity) < NEWS_MS) continue
      const lists = member.daemon.running()?.peers.includes(address)
      if (lists !== false || ageMs(startedAtMs, member) < NEWS_MS) continue
      const isMaster = member.daemon.state() === 'MASTER' && ageMs(masterSinceMs, member) > NEWS_MS
      if (isMaster || ageMs(joiningSinceMs, joiner) < LAGGARD_MS) {
        throw new Violation('I3', `${joiner.name} starts VRRP, but ${member.name} (${member.daemon.state()}) does not list it`)
      }
    }
  }
  const judgeReload = (host: Host, before: Conf): void => {
    // What was in hand when the host stood still ends when it goes on.
    if (before.claim || clock.nowMs() - (pausedAtMs.get(host) ?? -Infinity) < RELOADING_MS) return
    if (host.daemon.state() !== 'BACKUP' || isAnswered(host) || ageMs(startedAtMs, host) < ANSWERED_MS || ageMs(backupSinceMs, host) < RELOADING_MS + host.lagMs()) return
    const sinceMs = noMasterAnswersSince.get(host)
    if (sinceMs !== undefined && clock.nowMs() - sinceMs > ANSWERED_MS) {
      throw new Violation('I8', `${host.name} reloads as BACKUP, but no MASTER's agent answers it since ${Math.round(clock.nowMs() - sinceMs)} ms`)
    }
  }
  const noteGroup = (host: Host, { founder }: MemberRecord): void => {
    if (groupOf.get(host)?.founder !== founder) groupOf.set(host, { founder, sinceMs: clock.nowMs() })
  }
  /** For how long that one sees no sign of life at the other's address. */
  const silenceMs = (host: Host, gone: Host): number => clock.nowMs() - (hiddenSinceMs.get(pairOf(host, gone)) ?? clock.nowMs())
  const pairOf = (host: Host, other: Host): number => host.index * world.hosts.length + other.index
  const watchMovers = (): void => {
    if (movers.size === 0 || clock.nowMs() < moversLookedAtMs + MOVERS_LOOK_MS) return
    moversLookedAtMs = clock.nowMs()
    soughtElsewhere.clear()
    for (const moved of movers) {
      const seekers = world.hosts.filter(host => looksElsewhere(host, moved))
      for (const host of seekers) soughtElsewhere.add(pairOf(host, moved))
      if (seekers.length === 0) movers.delete(moved)
    }
  }
  const watchSilence = (): void => {
    const isWhole = network.isWhole('arp')
    const gone = new Set(world.hosts.filter(host => !host.isUp() || host.isPaused()))
    watchMovers()
    if (gone.size === 0 && hiddenSinceMs.size === 0 && soughtElsewhere.size === 0 && isWhole) return
    for (const host of world.hosts) {
      for (const other of world.hosts) {
        const isHidden = gone.has(other) || (!isWhole && !network.joins('arp', host.index, other.index)) || soughtElsewhere.has(pairOf(host, other))
        const pair = pairOf(host, other)
        if (!isHidden && !hiddenSinceMs.has(pair)) continue
        // Whoever was silent until a moment ago is so to those that asked before.
        if (isHidden) hiddenUntilMs.set(pair, clock.nowMs())
        else if (clock.nowMs() - (hiddenUntilMs.get(pair) ?? -Infinity) > PROBED_MS) hiddenSinceMs.delete(pair)
        if (isHidden && !hiddenSinceMs.has(pair)) hiddenSinceMs.set(pair, clock.nowMs())
      }
    }
  }
  /** A guess from silence, which takes a majority that has heard nothing for long, the MASTER among them. */
  const judgeRemoved = (master: Host, gone: Host): void => {
    const others = master.agent()?.status().members.filter(({ id, priority }) => priority !== null && id !== gone.id()).length ?? 0
    // Who had given its number up is in no list, and costs nobody anything by going: it is not one of those that must be asked.
    const isNumberless = gone.agent()?.status().self.priority === null || master.daemon.running()?.lists.includes(gone.id()) !== true
    const members = others + (isNumberless ? 0 : 1)
    const isSilentFor = (host: Host): boolean => silenceMs(host, gone) >= options.unlistMs - UNLIST_MARGIN_MS
    // What somebody said counts until it is lost itself.
    const spokenFromMs = clock.nowMs() - LOST_MS
    const voices = world.hosts.filter(host => host !== gone && (host.isUp() || host.downAtMs() > spokenFromMs) && isSilentFor(host)).length
    if (!isSilentFor(master) || voices * 2 <= members) {
      throw new Violation('I4', `${master.name} removes ${describe(gone, gone.address() ?? 'no address', silenceMs(master, gone))}; ${voices} of ${members} could say so`)
    }
  }
  const judgeUnlisted = (host: Host, before: Conf, after: Conf): void => {
    for (const address of before.peers) {
      const gone = world.hosts.find(other => other.address() === address)
      if (after.peers.includes(address) || gone === undefined || gone === host || stoppedCleanly.has(gone)) continue
      // Superseded: whoever was listed is not who lives there now, and that one comes in by the front door.
      if (gone.agent() !== null && !before.lists.includes(gone.id())) continue
      // Its own word: it runs no VRRP and has given its number up.
      if (gone.isUp() && gone.daemon.running() === null) continue
      if (comebacks.cannotKnow(host, gone) || removed.has(gone)) continue
      const goneMs = gone.daemon.running() !== null && reaches(host, gone) ? 0 : Math.max(ageMs(goneSince, gone), silenceMs(host, gone))
      if (goneMs < options.unlistMs - UNLIST_MARGIN_MS) throw new Violation('I4', `${host.name} unlists ${describe(gone, address, goneMs)}`)
    }
  }

  return {
    agentStarted (host) {
      comebacks.agentStarted(host)
      // Of a host and its copy the one that had the name first, for as long as it has it.
      if (ownerOf.get(host.id())?.id() !== host.id()) ownerOf.set(host.id(), host)
      joiningSinceMs.set(host, clock.nowMs())
      if (host.daemon.state() === 'MASTER') noMasterAnswersSince.clear()
      if (host.daemon.running() === null) stoppedCleanly.add(host)
    },
    effect (host, effect) {
      if (effect.kind === 'stop' && removed.delete(host)) excuses.excuse('a host that was removed learns of it')
      if (effect.kind !== 'publish') return
      for (const { statement } of effect.claims) {
        if (statement.kind === 'member' && statement.id === host.id()) noteGroup(host, statement)
        const gone = ownerOf.get(statement.id)
        if (gone === undefined || statement.kind !== 'tombstone') continue
        if (isKnowledge(statement.departure) && !isOfEarlierRun(gone, statement)) stoppedCleanly.add(gone)
        const tombstone = `${statement.id} ${statement.incarnation}`
        if (statement.departure !== 'removed' || statement.issuer !== host.id() || judged.has(tombstone)) continue
        judged.add(tombstone)
        if (gone.id() === statement.id) judgeRemoved(host, gone)
        else if (gone.daemon.running() !== null) continue
        removed.add(gone)
      }
    },
    daemon (host, sight) {
      if (sight.kind === 'started') {
        startedAtMs.set(host, clock.nowMs())
        judgeStart(host)
        removed.delete(host)
        if (!stoppedCleanly.delete(host)) return
        comebacks.began(host)
      }
      // An agent that sees keepalived die says so, and gives the number up.
      if (sight.kind === 'killed' && host.agent() !== null) stoppedCleanly.add(host)
      if (sight.kind === 'stopped') {
        stoppedCleanly.add(host)
        joiningSinceMs.set(host, clock.nowMs())
      }
      if (sight.kind === 'state' && sight.state === 'MASTER') masterSinceMs.set(host, clock.nowMs())
      // Be it for a moment: whom it answered may reload.
      if (sight.kind === 'state' && sight.state === 'MASTER' && host.agent() !== null) noMasterAnswersSince.clear()
      if (sight.kind === 'state' && sight.state === 'BACKUP') backupSinceMs.set(host, clock.nowMs())
      if (sight.kind === 'reloaded') {
        judgeReload(host, sight.before)
        judgeUnlisted(host, sight.before, sight.conf)
      }
    },
    tick () {
      const nowMs = clock.nowMs()
      watchSilence()
      comebacks.tick()
      const able = world.hosts.filter(host => host.isUp() && !host.isPaused())
      const masters = able.filter(host => host.daemon.state() === 'MASTER' && host.agent() !== null)
      const isWhole = network.isWhole()
      for (const host of world.hosts) {
        if (host.isPaused()) pausedAtMs.set(host, nowMs)
        if (host.hasAgent() && host.agent() === null) hungAtMs.set(host, nowMs)
        if (addressOf.has(host) && addressOf.get(host) !== host.address()) movers.add(host)
        addressOf.set(host, host.address())
        const isSeen = isWhole ? able.length > 1 : able.some(other => other !== host && network.joins('arp', host.index, other.index))
        note(goneSince, host, !host.isUp() || host.isPaused() || !isSeen)
        note(noMasterAnswersSince, host, !masters.some(master => master !== host && (isWhole || isHeard(host, master))))
      }
    },
  }
}

/** It is somewhere else, and that one could not be told: where it looks nobody is. */
function looksElsewhere (host: Host, moved: Host): boolean {
  const known = host.agent()?.status().members.find(({ id }) => id === moved.id())?.address
  return known !== undefined && known !== moved.address()
}
