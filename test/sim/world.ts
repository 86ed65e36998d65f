/**
 * A segment with hosts, a mesh, VRRP and one virtual clock: all that a core can meet, made from one seed. The same
 * options and the same acts give the same story, to the last line.
 *
 * It only lets things happen. What must not happen is judged by those who watch (invariants.ts); what goes wrong is up to the
 * scenario (acts.ts).
 */
import type { Effect } from '../../src/core/effect.ts'
import type { Event } from '../../src/core/event.ts'
import type { Address } from '../../src/core/record.ts'
import type { CreateCore } from './agent.ts'
import { createClock, type Clock } from './clock.ts'
import type { DaemonSight } from './daemon.ts'
import { createDialling, type Answer } from './dialling.ts'
import { createDiscovery, type DiscoveryOptions } from './discovery.ts'
import { createGarps } from './garp.ts'
import { createHost, type Host } from './host.ts'
import { createLinks } from './links.ts'
import { createNetwork, type Network, type Weather } from './network.ts'
import { createRandom, type Random } from './random.ts'
import { STRANGER_MAC } from './segment.ts'
import { createStory, type Story } from './story.ts'
import type { Advert } from './vrrp.ts'

export interface WorldOptions extends DiscoveryOptions {
  readonly seed: number
  readonly hosts: number
  readonly weather: Weather
  readonly advertIntMs: number
  /** `KEEPALIVED_MESH_UNLIST`. */
  readonly unlistMs: number
  /** `KEEPALIVED_MESH_SECRET` on every host. */
  readonly hasSecret?: boolean
  /** `KEEPALIVED_PRIORITY` by index of the host. */
  readonly pins?: Readonly<Record<number, number>>
  /** `KEEPALIVED_MESH=on` with all others as static peers, on every host. */
  readonly isUnion?: boolean
}

/** Whoever watches; each is told right after it happened. */
export interface Watcher {
  readonly daemon?: (host: Host, sight: DaemonSight) => void
  readonly event?: (host: Host, event: Event) => void
  readonly effect?: (host: Host, effect: Effect) => void
  readonly agentStarted?: (host: Host) => void
  readonly agentEnded?: (host: Host, asked: boolean) => void
  /** The segment has lost an advert to that host, or brought one; told only where the weather loses any. */
  readonly advert?: (to: Host, advert: Advert, isLost: boolean) => void
  /** Each TICK_MS. */
  readonly tick?: () => void
}

export interface World {
  readonly options: WorldOptions
  readonly clock: Clock
  readonly network: Network
  readonly story: Story
  readonly hosts: readonly Host[]
  /** For the scenario alone. */
  readonly random: Random
  /** `h1` is the first. */
  readonly host: (name: string) => Host
  readonly holders: () => readonly Host[]
  /** Whom clients of the VIP send to; null before anybody held it. */
  readonly believed: () => Host | null
  readonly watch: (watcher: Watcher) => void
  /** From now on a stranger answers ARP for the VIP, or no longer. */
  readonly setStranger: (answers: boolean) => void
  /** Lets a host's firewall drop what comes for the agent's port. */
  readonly blockPort: (host: Host, blocked: boolean) => void
  readonly isPortBlocked: (host: Host) => boolean
}

export const TICK_MS = 50

export function createWorld (options: WorldOptions, { createCore }: { readonly createCore: CreateCore }): World {
  const seed = createRandom(options.seed)
  const clock = createClock()
  const story = createStory(clock.nowMs)
  const watchers: Watcher[] = []
  /** Those that want to see the two things of which there are many. */
  const eventEyes: Array<NonNullable<Watcher['event']>> = []
  const effectEyes: Array<NonNullable<Watcher['effect']>> = []
  const hosts: Host[] = []
  const blocked = new Set<number>()
  let hasStranger = false

  const network = createNetwork({ hosts: options.hosts, weather: options.weather },
    { random: seed.stream('network'), nowMs: clock.nowMs, onHeal: () => links.resume() })
  const links = createLinks({ clock, network })
  const isAt = (address: Address, fromHost: number) => (host: Host): boolean => host.isUp() && !host.isPaused() &&
    (host.address() === address || host.daemon.heldVip() === address) && network.joins('mesh', fromHost, host.index)
  const answerAt = (address: Address, port: number, fromHost: number): Answer => {
    const own = hosts[fromHost]
    const host = own !== undefined && isAt(address, fromHost)(own) ? own : garps.lastOf(hosts.filter(isAt(address, fromHost)))
    // The kernel takes the connection of a process that hangs, and then nothing comes.
    if (host === undefined || blocked.has(host.index) || (host.hasAgent() && host.agent() === null)) return { kind: 'silent' }
    const agent = host.agent()
    return agent === null || agent.port !== port ? { kind: 'refused' } : { kind: 'agent', endpoint: agent }
  }
  const garps = createGarps(clock.nowMs)
  const dialling = createDialling({ clock, random: seed.stream('dialling'), network, links, answerAt })
  const discovery = createDiscovery(options, { clock, random: seed.stream('discovery'), network, hosts })
  const weather = seed.stream('adverts')

  const isLost = (to: Host, advert: Advert): boolean => {
    if (options.weather.advertLoss === 0) return false
    const lost = weather.chance(options.weather.advertLoss)
    for (const watcher of watchers) watcher.advert?.(to, advert, lost)
    return lost
  }
  const sendAdvert = (from: Host) => (to: readonly Address[], advert: Advert): void => {
    for (const host of hosts) {
      const address = host.address()
      if (host === from || address === null || !to.includes(address)) continue
      if (!network.passes('vrrp', from.index, host.index) || isLost(host, advert)) continue
      clock.after(network.delayMs(), () => {
        if (host.isUp() && !host.isPaused()) host.daemon.hear(advert)
      })
    }
  }
  const macAt = (asker: Host, address: Address): string | null => hosts.find(host => host !== asker && host.isUp() && !host.isPaused() &&
    host.address() === address && network.joins('arp', asker.index, host.index))?.mac ?? null
  const macOfVip = (asker: Host, vip: Address): string | null => {
    const holder = hosts.find(host => host !== asker && host.isUp() && !host.isPaused() && host.daemon.heldVip() === vip &&
      network.joins('arp', asker.index, host.index))
    return holder?.mac ?? (hasStranger ? STRANGER_MAC : null)
  }

  for (let index = 0; index < options.hosts; index++) {
    hosts.push(createHost(index, options, {
      createCore,
      clock,
      random: seed.stream(`host ${index}`),
      network,
      links,
      dialling,
      sendAdvert: (to, advert) => sendAdvert(hostAt(index))(to, advert),
      macOfVip,
      macAt,
      named: story.name,
      agentStarted: (host, agent) => {
        discovery.agentStarted(host, agent)
        for (const watcher of watchers) watcher.agentStarted?.(host)
      },
      sees: host => ({
        daemon: (sight) => {
          if (sight.kind === 'garp') garps.told(host)
          if (sight.kind === 'vip' && !sight.up) garps.letGo(host)
          for (const watcher of watchers) watcher.daemon?.(host, sight)
        },
        event: (event) => { for (const see of eventEyes) see(host, event) },
        effect: (effect) => { for (const see of effectEyes) see(host, effect) },
        ended: (asked) => { for (const watcher of watchers) watcher.agentEnded?.(host, asked) },
      }),
    }))
  }
  const hostAt = (index: number): Host => {
    const host = hosts[index]
    if (host === undefined) throw new RangeError(`host ${index}: expected one of ${hosts.length}`)
    return host
  }
  const tick = (): void => {
    for (const watcher of watchers) watcher.tick?.()
    clock.after(TICK_MS, tick)
  }
  tick()

  return {
    options,
    clock,
    network,
    story,
    hosts,
    random: seed.stream('scenario'),
    host: name => hostAt(Number(name.slice(1)) - 1),
    holders: () => hosts.filter(host => host.isUp() && host.daemon.holdsVip()),
    believed: garps.believed,
    watch (watcher) {
      watchers.push(watcher)
      if (watcher.event !== undefined) eventEyes.push(watcher.event)
      if (watcher.effect !== undefined) effectEyes.push(watcher.effect)
    },
    setStranger: (answers) => { hasStranger = answers },
    blockPort: (host, isBlocked) => { if (isBlocked) blocked.add(host.index); else blocked.delete(host.index) },
    isPortBlocked: host => blocked.has(host.index),
  }
}
