/**
 * What can be done to a world: hosts come and go, break and pause, cables are pulled. Each act tells the story, and
 * says whether VRRP may now move the VIP and for how long: a membership change never may, and what
 * nobody excused is a violation.
 */
import type { Address, MemberId } from '../../src/core/record.ts'
import type { Excuses } from './excuses.ts'
import type { Host } from './host.ts'
import { ALL_LAYERS, type Layer } from './network.ts'
import type { World } from './world.ts'

export interface Acts {
  /** Power, then the agent. A host that never ran, or comes back. */
  readonly boot: (...hosts: readonly Host[]) => void
  /** The power is gone. */
  readonly crash: (host: Host) => void
  /** SIGTERM to the agent: it leaves the group. */
  readonly stop: (host: Host) => void
  readonly killAgent: (host: Host) => void
  /** kill -9 of the agent, and another one beside its keepalived that has another environment: how a rolling restart spares the VIP. */
  readonly restartWith: (host: Host, brought: Parameters<Host['bring']>[0]) => void
  readonly startAgent: (host: Host) => void
  /** kill -9 of keepalived, parent and child. */
  readonly killDaemon: (host: Host) => void
  readonly killChild: (host: Host) => void
  /** The virtual machine stands still, to itself unnoticed. */
  readonly pause: (host: Host) => void
  readonly resume: (host: Host) => void
  readonly wipe: (host: Host) => void
  /** The check script's result: a failing one takes 127 off the priority. */
  readonly check: (host: Host, failing: boolean) => void
  readonly refuseConfs: (host: Host, reason: string | null) => void
  /** Its agent takes so long over everything; Infinity: hangs, while its keepalived runs; 0: is itself again. */
  readonly slow: (host: Host, lagMs: number) => void
  /** One way, those layers only. Gives back what mends it. */
  readonly cut: (from: Host, to: Host, layers: readonly Layer[]) => () => void
  /** These hosts here, all others there. */
  readonly partition: (side: readonly Host[]) => void
  readonly heal: () => void
  /** The address of its interface; null: it has none. */
  readonly setAddress: (host: Host, address: Address | null) => void
  /** A firewall drops what comes for the agent's port. */
  readonly blockPort: (host: Host, blocked: boolean) => void
  /** Somebody outside the mesh answers ARP for the VIP. */
  readonly setStranger: (answers: boolean) => void
  readonly forget: (at: Host, gone: MemberId) => void
}

/** By how much a failing check lowers the priority in mesh mode. */
const CHECK_WEIGHT = -127
/** By how much, at least, a MASTER that goes lowers itself first. */
const HANDED_OVER = -253
/** From the end of one agent to the first act of the next, at least: what the first had begun is over by then. */
const PROCESS_MS = 200

export function createActs (world: World, excuses: Excuses): Acts {
  const tell = (host: Host, what: string): void => world.story.tell(host.name, `*** ${what}`)
  /** Whatever happens to the MASTER may move the VIP; what happens to another may not. */
  const touch = (host: Host): void => {
    if (isHolder(host)) excuses.excuse('what happened to the MASTER')
  }
  const start = (host: Host): void => {
    tell(host, 'agent starts')
    if ((host.daemon.vrrp()?.weight ?? 0) <= HANDED_OVER) excuses.excuse('a hand-over that was cut short')
    // The agent takes a VIP off that was left behind; and whoever follows to another source gives the VIP up on the way.
    if (host.daemon.running()?.source !== host.address()) touch(host)
    host.startAgent()
  }

  /** Its address is gone, and nobody is there who could tell keepalived. */
  const strand = (host: Host): void => {
    if (host.agent() === null && host.daemon.running() !== null && host.daemon.running()?.source !== host.address()) excuses.split('a source address that is gone')
  }

  return {
    boot (...hosts) {
      for (const host of hosts) {
        if (!host.isUp()) {
          tell(host, `power on, address ${host.address() ?? 'none'}`)
          host.powerOn()
        }
        start(host)
      }
    },
    crash (host) {
      tell(host, `loses its power (${host.daemon.state()})`)
      touch(host)
      host.powerOff()
    },
    stop (host) {
      tell(host, `SIGTERM (${host.daemon.state()})`)
      touch(host)
      host.command({ kind: 'stop' })
    },
    killAgent (host) {
      tell(host, `kill -9 of the agent (${host.daemon.state()})`)
      host.killAgent()
      strand(host)
    },
    restartWith (host, brought) {
      tell(host, `agent is replaced by one that brings ${JSON.stringify(brought)}`)
      host.killAgent()
      host.bring(brought)
      world.clock.after(PROCESS_MS, () => { if (host.isUp() && !host.hasAgent()) start(host) })
    },
    startAgent: start,
    killDaemon (host) {
      tell(host, `kill -9 of keepalived (${host.daemon.state()})`)
      touch(host)
      if (host.agent() === null) excuses.split('a VIP left behind')
      host.daemon.kill()
    },
    killChild (host) {
      tell(host, `kill -9 of the vrrp child (${host.daemon.state()})`)
      touch(host)
      host.daemon.killChild()
    },
    pause (host) {
      tell(host, `pauses (${host.daemon.state()})`)
      if (isHolder(host)) excuses.split('a pause')
      else excuses.deafen(host)
      host.pause()
    },
    resume (host) {
      tell(host, 'resumes')
      if (isHolder(host)) excuses.split('a resume')
      else excuses.deafen(host)
      host.resume()
    },
    wipe (host) {
      host.wipe()
      tell(host, `disk wiped, now ${host.id()}`)
    },
    check (host, failing) {
      tell(host, failing ? 'check fails' : 'check recovers')
      excuses.excuse('a check')
      excuses.ail(host, failing)
      host.daemon.weigh({ checks: failing ? CHECK_WEIGHT : 0 })
    },
    refuseConfs (host, reason) {
      tell(host, reason === null ? 'takes confs again' : `refuses each conf: ${reason}`)
      excuses.excuse('a refused conf')
      host.daemon.refuse(reason)
    },
    slow (host, lagMs) {
      tell(host, lagMs === 0 ? 'agent is itself again' : lagMs === Infinity ? 'agent hangs' : `agent takes ${Math.round(lagMs)} ms over everything`)
      // What it was asked meanwhile, to stop perhaps, it does now.
      if (lagMs === 0) touch(host)
      host.setLag(lagMs)
      strand(host)
    },
    cut (from, to, layers) {
      tell(from, `nothing reaches ${to.name} by ${layers.join(', ')}`)
      const splits = layers.includes('vrrp')
      if (splits) excuses.split('a cut')
      const mend = world.network.cut(layers, from.index, to.index)
      return () => {
        tell(from, `reaches ${to.name} again by ${layers.join(', ')}`)
        if (splits) excuses.split('a cut that is mended')
        mend()
      }
    },
    partition (side) {
      const others = world.hosts.filter(host => !side.includes(host))
      world.story.tell('net', `*** ${side.map(({ name }) => name).join(' ')} | ${others.map(({ name }) => name).join(' ')}`)
      excuses.split('a partition')
      for (const here of side) {
        for (const there of others) {
          world.network.cut(ALL_LAYERS, here.index, there.index)
          world.network.cut(ALL_LAYERS, there.index, here.index)
        }
      }
    },
    heal () {
      world.story.tell('net', '*** heals')
      excuses.split('a heal')
      world.network.heal()
    },
    setAddress (host, address) {
      tell(host, `has the address ${address ?? 'none'} now (${host.daemon.state()})`)
      touch(host)
      host.setAddress(address)
      strand(host)
    },
    blockPort (host, blocked) {
      tell(host, blocked ? 'firewall drops the agent\'s port' : 'firewall lets the agent\'s port through')
      world.blockPort(host, blocked)
    },
    setStranger (answers) {
      world.story.tell('net', answers ? '*** a stranger answers for the VIP' : '*** the stranger is gone')
      excuses.ail('stranger', answers)
      world.setStranger(answers)
    },
    forget (at, gone) {
      tell(at, `operator: forget ${gone}`)
      at.command({ kind: 'forget', id: gone })
    },
  }
}

function isHolder (host: Host): boolean {
  return host.daemon.state() === 'MASTER' || host.daemon.holdsVip()
}
