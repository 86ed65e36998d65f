/**
 * One machine: its power, its address, its disk, its keepalived, and the runs of its agent, one after the other. What runs on
 * it waits while it is paused and is gone when its power is.
 */
import type { Memory, Place } from '../../src/core/effect.ts'
import type { Command, Conf, Held } from '../../src/core/event.ts'
import type { Address, GroupSpec, MemberId } from '../../src/core/record.ts'
import { createAgent, type Agent, type AgentDependencies } from './agent.ts'
import { createDaemon, type Daemon, type DaemonDependencies } from './daemon.ts'
import { addressOf, MESH_PORT, specOf } from './segment.ts'
import type { WorldOptions } from './world.ts'

export interface Host {
  readonly index: number
  readonly name: string
  readonly mac: string
  readonly pinned: number | null
  readonly daemon: Daemon
  readonly address: () => Address | null
  readonly isUp: () => boolean
  readonly isPaused: () => boolean
  /** The agent that runs now, and can answer and act. */
  readonly agent: () => Agent | null
  /** Whether the process of an agent is there, able or hung. */
  readonly hasAgent: () => boolean
  /** Id of the present identity, whether its agent runs or not. */
  readonly id: () => MemberId
  /** When this host last lost its power, and when it last had it back. */
  readonly downAtMs: () => number
  readonly powerOn: () => void
  readonly powerOff: () => void
  readonly startAgent: () => void
  /** What its environment says from the next start of its agent on: what is not said is as usual; null: no VIP. */
  readonly bring: (brought: { readonly spec: Partial<GroupSpec> | null, readonly vips?: readonly string[], readonly isAuthPassSet?: boolean }) => void
  readonly killAgent: () => void
  /** Its agent takes that long over everything, Infinity: hangs; 0: is itself again. */
  readonly setLag: (lagMs: number) => void
  readonly lagMs: () => number
  readonly command: (command: Command) => void
  readonly pause: () => void
  readonly resume: () => void
  /** The disk is new: identity and memory are lost. */
  readonly wipe: () => void
  /** The disk is a copy of the other's, identity and memory. */
  readonly copyDisk: (from: Host) => void
  readonly disk: () => Disk
  readonly setAddress: (address: Address | null) => void
}

interface Environment {
  readonly spec: GroupSpec | null
  /** Besides the first VIP. */
  readonly vips: readonly string[]
  readonly isAuthPassSet: boolean
}

interface Disk {
  readonly id: MemberId
  incarnation: number
  memory: Memory | null
  /** Of the keepalived that runs: as its conf came with it, or as was remembered since. */
  place: Place | null
}

export interface HostDependencies extends
  Omit<AgentDependencies, 'daemon' | 'onHost' | 'address' | 'placed' | 'remember' | 'renew' | 'macOfVip' | 'macAt' | 'isPaused' | 'seen'>,
  Pick<DaemonDependencies, 'sendAdvert'> {
  readonly macOfVip: (asker: Host, vip: Address) => string | null
  readonly macAt: (asker: Host, address: Address) => string | null
  readonly sees: (host: Host) => AgentDependencies['seen'] & { readonly daemon: DaemonDependencies['seen'] }
  /** An agent begins to run. */
  readonly agentStarted: (host: Host, agent: Agent) => void
  /** A new identity. */
  readonly named: (id: MemberId, name: string) => void
}

const LINK = 'eth0 2'
const heldAt = (address: Address | null): readonly Held[] => address === null ? [] : [{ address, prefixLength: 16, link: LINK }]
/** From the end of one run until the next has begun. */
const RENEWED_MS = 200
const CLOCK_OFFSET_MAX_MS = 10_000_000

export function createHost (index: number, options: WorldOptions, dependencies: HostDependencies): Host {
  const { clock, random, network } = dependencies
  const name = `h${index + 1}`
  let up = false
  let boot = 0
  let paused = false
  let downAtMs = -Infinity
  let backlog: Array<() => void> = []
  /** What mends that it cannot be reached without an address. */
  const offline: Array<() => void> = []
  let clockOffsetMs = 0
  let agent: Agent | null = null
  let address: Address | null = addressOf(index)
  const freshDisk = (): Disk => ({ id: `${random.whole(0x1000, 0xFFFF).toString(16)}-${name}-${random.whole(0x1000, 0xFFFF).toString(16)}`, incarnation: 0, memory: null, place: null })
  let disk = freshDisk()
  let identities = 1
  const placeOf = new WeakMap<Conf, Place>()
  const usual = specOf(options.advertIntMs / 1000)
  let environment: Environment = { spec: usual, vips: [], isAuthPassSet: true }

  const onHost = (delayMs: number, run: () => void): void => {
    const at = boot
    clock.after(delayMs, () => {
      if (boot !== at) return
      if (paused) backlog.push(run)
      else run()
    })
  }

  const host: Host = {
    index,
    name,
    mac: `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
    pinned: options.pins?.[index] ?? null,
    daemon: createDaemon({
      clock,
      random,
      onHost,
      hasAddress: asked => asked === address,
      hasAgent: () => agent?.isAlive() === true,
      report: (happening) => {
        if (happening.kind === 'applied') disk.place = placeOf.get(happening.conf) ?? disk.place
        agent?.deliver(happening)
      },
      sendAdvert: (to, advert) => { if (advert.from === address) dependencies.sendAdvert(to, advert) },
      seen: sight => eyes.daemon(sight),
    }),
    address: () => address,
    isUp: () => up,
    isPaused: () => paused,
    agent: () => agent?.isAlive() === true && !agent.isHung() ? agent : null,
    hasAgent: () => agent?.isAlive() === true,
    id: () => disk.id,
    downAtMs: () => downAtMs,
    powerOn () {
      up = true
      boot++
      clockOffsetMs = random.whole(0, CLOCK_OFFSET_MAX_MS)
    },
    powerOff () {
      if (!up) return
      up = false
      boot++
      paused = false
      backlog = []
      downAtMs = clock.nowMs()
      agent?.kill(true)
      host.daemon.powerOff()
    },
    startAgent () {
      if (!up || agent?.isAlive() === true) return
      const { running, state, catchUp } = host.daemon
      // The parent tells, whose child may just have died: it starts another one.
      if (running() === null) host.daemon.dropVip()
      // A hand-over that the agent before began is off.
      else {
        host.daemon.weigh({ lowered: 0 })
        catchUp()
      }
      const conf = running()
      disk.incarnation = Math.max(disk.incarnation, disk.memory?.incarnation ?? 0) + 1
      const born = disk
      const known = environment.spec ?? usual
      agent = createAgent({
        host: index,
        clockOffsetMs,
        adopted: conf !== null
          ? { conf, number: born.place?.number ?? conf.priority, founder: born.place?.founder ?? born.id, vrrpState: state() === 'STOP' ? 'BACKUP' : state() }
          : null,
        core: {
          id: born.id,
          address,
          mac: host.mac,
          link: LINK,
          held: heldAt(address),
          port: MESH_PORT,
          pinned: host.pinned,
          software: 'simulated',
          spec: environment.spec,
          vips: [...environment.spec === null ? [] : [environment.spec.virtualIpaddress], ...environment.vips],
          isAuthPassSet: environment.isAuthPassSet,
          passwords: new Map([[known.authDigest, known.authPass ?? '']]),
          hasSecret: options.hasSecret ?? false,
          asksVip: true,
          staticPeers: options.isUnion === true ? Array.from({ length: options.hosts }, (_, other) => addressOf(other)).filter((other) => other !== addressOf(index)) : [],
          incarnation: born.incarnation,
          memory: born.memory,
          unlistMs: options.unlistMs,
        },
      }, {
        ...dependencies,
        daemon: host.daemon,
        onHost,
        address: () => address,
        placed: (fresh, { number, founder }) => { placeOf.set(fresh, { number, founder: founder ?? born.place?.founder ?? null }) },
        remember (memory) {
          born.memory = memory
          if (memory.number !== null && memory.founder !== null) born.place = { number: memory.number, founder: memory.founder }
        },
        renew () {
          host.killAgent()
          host.wipe()
          onHost(RENEWED_MS, host.startAgent)
        },
        macOfVip: vip => dependencies.macOfVip(host, vip),
        macAt: at => dependencies.macAt(host, at),
        isPaused: () => paused,
        seen: eyes,
      })
      dependencies.agentStarted(host, agent)
    },
    bring (brought) { environment = { spec: brought.spec === null ? null : { ...usual, ...brought.spec }, vips: brought.vips ?? [], isAuthPassSet: brought.isAuthPassSet ?? true } },
    killAgent: () => agent?.kill(false),
    setLag: lagMs => agent?.setLag(lagMs),
    lagMs: () => agent?.lagMs() ?? 0,
    command: command => agent?.deliver({ kind: 'command', command }),
    pause () { paused = true },
    resume () {
      paused = false
      for (const run of backlog.splice(0)) onHost(0, run)
    },
    disk: () => disk,
    copyDisk (from) { disk = { ...from.disk() } },
    wipe () {
      disk = freshDisk()
      identities++
      dependencies.named(disk.id, `${name}#${identities}`)
    },
    setAddress (fresh) {
      address = fresh
      for (const mend of offline.splice(0)) mend()
      // TCP and ARP want an address on both ends.
      const others = fresh === null ? options.hosts : 0
      for (let other = 0; other < others; other++) {
        if (other !== index) offline.push(network.cut(['mesh'], index, other), network.cut(['mesh', 'arp'], other, index))
      }
      agent?.deliver({ kind: 'address', address, mac: host.mac, link: address === null ? null : LINK, held: heldAt(address) })
    },
  }
  const eyes = dependencies.sees(host)
  dependencies.named(disk.id, name)
  return host
}
