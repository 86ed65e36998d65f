/**
 * One run of an agent: a core, and the thinnest shell around it that turns each effect into something of this world.
 * Its clock is the host's own, which is no other's; its timers come a little late, and some a fraction early, as Node's do.
 */
import type { Core, CoreDependencies, CoreOptions } from '../../src/core/core.ts'
import type { Effect, Memory, Place } from '../../src/core/effect.ts'
import type { Adopted, Conf, Event, Happening } from '../../src/core/event.ts'
import type { Address } from '../../src/core/record.ts'
import type { Status } from '../../src/core/status.ts'
import type { Clock } from './clock.ts'
import type { Daemon } from './daemon.ts'
import { publish, type Dialling } from './dialling.ts'
import type { Endpoint, Links } from './links.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'

export type CreateCore = (options: CoreOptions, dependencies: CoreDependencies) => Core

export interface Agent extends Endpoint {
  readonly status: () => Status
  readonly startedAtMs: number
  /** `silently`: with its host. */
  readonly kill: (silently: boolean) => void
  /** Everything that it hears waits for that long from now on, Infinity: until it is told another time. */
  readonly setLag: (lagMs: number) => void
  readonly lagMs: () => number
  /** Neither answers nor acts, though its process is there. */
  readonly isHung: () => boolean
}

export interface AgentOptions {
  /** Index of its host. */
  readonly host: number
  readonly core: CoreOptions
  readonly adopted: Adopted | null
  /** Added to the world's time, a whole number. */
  readonly clockOffsetMs: number
}

export interface AgentDependencies {
  readonly createCore: CreateCore
  readonly clock: Clock
  readonly random: Random
  readonly network: Network
  readonly links: Links
  readonly dialling: Dialling
  readonly daemon: Daemon
  readonly onHost: (delayMs: number, run: () => void) => void
  readonly address: () => Address | null
  /** Where a conf comes from that is about to be applied. */
  readonly placed: (conf: Conf, place: Place) => void
  readonly remember: (memory: Memory) => void
  /** Another run under another identity. */
  readonly renew: () => void
  /** Who else answers ARP for the VIP. */
  readonly macOfVip: (vip: Address) => string | null
  /** Who answers ARP for a host's own address. */
  readonly macAt: (address: Address) => string | null
  readonly isPaused: () => boolean
  readonly seen: AgentEyes
}

/** Who watches what a core hears and says. */
export interface AgentEyes {
  readonly event: (event: Event) => void
  readonly effect: (effect: Effect) => void
  /** `asked`: by its own core. */
  readonly ended: (asked: boolean) => void
}

/** arping sends one question and waits this long for the answer. */
const ARP_SILENCE_MS = 1000
const ARP_ANSWER_MS = 3
const TIMER_LAG_MS = 2
/** Happenings that a process which has fallen behind takes in at once. */
const TURN_MAX = 4
const TIMER_EARLY_MS = 0.9

export function createAgent (
  { host, core: coreOptions, adopted, clockOffsetMs }: AgentOptions,
  { createCore, clock, random, network, links, dialling, daemon, onHost, address, placed, remember, renew, macOfVip, macAt, isPaused, seen }: AgentDependencies,
): Agent {
  let alive = true
  let stepping = false
  let timerAtMs = Infinity
  let queuedAtMs = Infinity
  const core = createCore(coreOptions, { seal, random: random.next })

  /** What comes before the beginning is kept for after it. */
  let early: Happening[] | null = []
  /** What a slow process has not come to yet, oldest first. */
  const unheard: Happening[] = []
  let lagMs = 0

  const deliver = (happening: Happening): void => {
    if (!alive) return
    if (lagMs === 0 && unheard.length === 0 && !stepping && !isPaused()) return handle([happening])
    unheard.push(happening)
    if (lagMs !== Infinity) onHost(lagMs, hearSome)
  }
  /** As many at once as a turn of its event loop may bring. */
  const hearSome = (): void => {
    if (lagMs === Infinity) return
    if (stepping || isPaused()) return onHost(0, hearSome)
    handle(unheard.splice(0, random.whole(1, TURN_MAX)))
  }
  const handle = (happenings: readonly Happening[]): void => {
    const [first, ...rest] = happenings.map((happening): Event => ({ atMs: clock.nowMs() + clockOffsetMs, ...happening }))
    if (!alive || first === undefined) return
    for (const event of [first, ...rest]) seen.event(event)
    stepping = true
    for (const effect of core.step(first, ...rest)) {
      seen.effect(effect)
      perform(effect)
    }
    stepping = false
  }
  /** A timer that was put off stays in the queue and goes back there when it comes up: far fewer entries. */
  const awaitTimer = (): void => {
    if (queuedAtMs <= timerAtMs) return
    const queued = queuedAtMs = timerAtMs
    const waitMs = Math.max(0, timerAtMs - clockOffsetMs - clock.nowMs() + random.between(-TIMER_EARLY_MS, TIMER_LAG_MS))
    onHost(waitMs, () => {
      if (queuedAtMs !== queued) return
      queuedAtMs = Infinity
      if (timerAtMs > queued) return awaitTimer()
      timerAtMs = Infinity
      deliver({ kind: 'timer' })
    })
  }
  const probeVip = (vip: Address): void => {
    const mac = macOfVip(vip)
    onHost(mac === null ? ARP_SILENCE_MS : ARP_ANSWER_MS, () => deliver({ kind: 'vipProbed', mac }))
  }
  const end = (silently: boolean, asked: boolean): void => {
    if (!alive) return
    alive = false
    links.end(endpoint, silently)
    daemon.abandon()
    seen.ended(asked)
  }

  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'timer':
        timerAtMs = effect.atMs
        return awaitTimer()
      case 'dial': case 'verify': case 'exchange': return dialling.perform(endpoint, effect)
      case 'reply': return dialling.reply(endpoint, effect.exchange, effect.claims)
      case 'send': return links.send(endpoint, effect.to, effect.message)
      // A dial begins at once here.
      case 'forgo': return
      case 'hangUp': return links.hangUp(endpoint, effect.id)
      case 'publish': return publish(endpoint, effect.claims, { clock, random, network, links })
      case 'probeAddress': {
        const mac = macAt(effect.address)
        return onHost(mac === null ? ARP_SILENCE_MS : ARP_ANSWER_MS, () => deliver({ kind: 'addressProbed', address: effect.address, askedAtMs: effect.askedAtMs, mac }))
      }
      case 'apply':
        placed(effect.conf, effect.place)
        return daemon.apply(effect.conf)
      case 'prepare': return daemon.prepare(effect.conf)
      case 'start': return daemon.start()
      case 'stop': return daemon.stop()
      case 'lower': return daemon.weigh({ lowered: effect.by })
      case 'herald': return daemon.herald()
      case 'countAdverts': return daemon.countAdverts()
      case 'probeVip': return probeVip(effect.address)
      case 'remember': return remember(effect.memory)
      case 'renew': return renew()
      case 'log': case 'vips': return
      case 'exit': return end(false, true)
    }
  }

  const endpoint: Agent = {
    id: coreOptions.id,
    host,
    port: coreOptions.port,
    address,
    isAlive: () => alive,
    deliver: happening => early === null ? deliver(happening) : void early.push(happening),
    status: core.status,
    startedAtMs: clock.nowMs(),
    kill: silently => end(silently, false),
    isHung: () => lagMs === Infinity,
    lagMs: () => lagMs,
    setLag (ms) {
      lagMs = ms
      if (lagMs !== Infinity) for (const _ of unheard) onHost(0, hearSome)
    },
  }
  onHost(0, () => {
    const waiting = early ?? []
    early = null
    for (const happening of [{ kind: 'started', adopted } as const, ...waiting]) deliver(happening)
  })
  return endpoint
}

/** Nobody forges here. The payload is made when somebody looks, which nobody should. */
const seal: CoreDependencies['seal'] = (statement) => {
  if ('lists' in statement) Object.freeze(statement.lists)
  Object.freeze(statement)
  return { statement, envelope: { get payload () { return JSON.stringify(statement) }, signature: '' } }
}
