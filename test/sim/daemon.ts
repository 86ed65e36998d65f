/**
 * keepalived on one host, as the shell of the agent deals with it: a conf on disk, and a process that is started, reloaded,
 * stopped or killed, each taking its time and one after the other. The process outlives the agent; what it
 * reports while nobody listens is lost.
 */
import type { Conf } from '../../src/core/event.ts'
import { sameSpec } from '../../src/core/spec.ts'
import { sameConf } from '../../src/core/wish.ts'
import { createInstance, type Instance, type InstanceDependencies, type InstanceSight } from './instance.ts'
import type { Advert } from './vrrp.ts'

export interface Daemon extends Pick<Instance, 'vrrp' | 'state' | 'holdsVip' | 'heldVip' | 'run' | 'weigh' | 'dropVip'> {
  /** The conf on disk. */
  readonly stored: () => Conf | null
  /** The conf that the process has taken; null where none runs. */
  readonly running: () => Conf | null
  readonly apply: (conf: Conf) => void
  /** Tests and stores a conf beside the one that is there. */
  readonly prepare: (conf: Conf) => void
  /** An agent that died before it could tell keepalived of the conf on disk: the next one does, if it is a change of settings; any other it takes back. */
  readonly catchUp: () => void
  readonly start: () => void
  readonly stop: () => void
  /** Reads the conf that it runs once more. */
  readonly herald: () => void
  readonly countAdverts: () => void
  /** Its agent is gone, and with it what that had asked for and not begun: a conf is tested and stored by the agent, a process or a signal is its own. */
  readonly abandon: () => void
  readonly hear: (advert: Advert) => void
  /** kill -9 of the vrrp child: the parent starts another, which is a new run. */
  readonly killChild: () => void
  /** kill -9 of parent and child: the VIP stays behind until an agent takes it off. */
  readonly kill: () => void
  /** The host has lost its power: process and addresses are gone, the disk is not. */
  readonly powerOff: () => void
  /** Lets each conf fail its test from now on; null: no longer. */
  readonly refuse: (reason: string | null) => void
  readonly refuses: () => boolean
}

export type DaemonSight =
  | InstanceSight
  | { readonly kind: 'stopped' | 'killed' | 'childKilled' }
  | { readonly kind: 'reloaded', readonly conf: Conf, readonly before: Conf }

export interface DaemonDependencies extends Omit<InstanceDependencies, 'seen'> {
  /** Whether an agent runs, which notices that keepalived died and takes the VIP off. */
  readonly hasAgent: () => boolean
  readonly seen: (what: DaemonSight) => void
}

/** Rendering, keepalived's own config test, sync and rename. */
const STORE_MS = 15
/** What was rendered and tested before. */
const RENAME_MS = 2
const RELOAD_MS = 15
/** The last of it: the vrrp process has closed its sockets, and what arrives is lost. */
const DEAF_MS = 2
/** From the process start to the instance's; with the machine's CLAIM_MS these are the 17 ms that were measured. */
const SPAWN_MS = 13
/** From the instance's start until the shell has seen it run, at most: before its first state on the fifo, or after. */
const STARTED_MAX_MS = 20
const STOPPED_MS = 25
const NOTICED_MS = 20
const RESPAWN_MS = 30
const COUNT_MS = 30

export function createDaemon (dependencies: DaemonDependencies): Daemon {
  const { clock, random, onHost, report, seen, hasAgent } = dependencies
  const instance = createInstance(dependencies)
  let stored: Conf | null = null
  let running: Conf | null = null
  let prepared: Conf | null = null
  let refusal: string | null = null
  let busyUntilMs = 0
  let hearsFromMs = 0
  /** How many agents are gone, and when the last of them went. */
  let abandoned = 0
  let abandonedAtMs = Number.NEGATIVE_INFINITY

  /** `by`: who does it, once it was begun. */
  const inTurn = (takesMs: number, then: () => void, by: 'agent' | 'keepalived' = 'keepalived'): void => {
    const asked = abandoned
    const beginsAtMs = Math.max(busyUntilMs, clock.nowMs())
    busyUntilMs = beginsAtMs + takesMs
    const settledAtMs = by === 'agent' ? busyUntilMs : beginsAtMs
    onHost(busyUntilMs - clock.nowMs(), () => { if (abandoned === asked || settledAtMs <= abandonedAtMs) then() })
  }
  const begin = (conf: Conf): void => {
    running = conf
    instance.begin(conf)
  }
  const end = (what: 'stopped' | 'killed'): void => {
    running = null
    instance.end()
    seen({ kind: what })
  }
  const reload = (conf: Conf): void => {
    if (running === null || stored !== conf) return
    const before = running
    running = conf
    seen({ kind: 'reloaded', conf, before })
    instance.reload(conf)
    instance.tell({ kind: 'applied', conf })
  }

  return {
    ...instance,
    stored: () => stored,
    running: () => running,
    apply (conf) {
      let done = false
      inTurn(prepared !== null && sameConf(prepared, conf) ? RENAME_MS : STORE_MS, () => {
        done = refusal !== null || running === null
        if (refusal !== null) return instance.tell({ kind: 'applyFailed', conf, reason: refusal })
        stored = conf
        if (running === null) instance.tell({ kind: 'applied', conf })
      }, 'agent')
      inTurn(RELOAD_MS - DEAF_MS, () => { if (!done && running !== null) hearsFromMs = clock.nowMs() + DEAF_MS })
      inTurn(DEAF_MS, () => {
        if (done) return
        // It may have died meanwhile: then there is nothing to reload.
        if (running === null) instance.tell({ kind: 'applied', conf })
        else reload(conf)
      })
    },
    prepare (conf) {
      inTurn(STORE_MS, () => {
        if (refusal !== null) return instance.tell({ kind: 'prepareFailed', conf, reason: refusal })
        prepared = conf
        instance.tell({ kind: 'prepared', conf })
      }, 'agent')
    },
    catchUp () {
      if (running === null || stored === null) return
      if (sameSpec(stored.spec, running.spec)) stored = running
      else reload(stored)
    },
    start () {
      inTurn(SPAWN_MS, () => {
        if (running !== null || stored === null) return
        instance.weigh({ lowered: 0 })
        begin(stored)
      })
      inTurn(random.between(0, STARTED_MAX_MS), () => report(running === null
        ? { kind: 'keepalivedStopped', asked: false, reason: 'no conf' }
        : { kind: 'keepalivedStarted' }))
    },
    stop () {
      inTurn(1, () => {
        if (running === null) return
        instance.step({ kind: 'stop' })
        end('stopped')
      })
      inTurn(STOPPED_MS, () => {
        instance.dropVip()
        report({ kind: 'keepalivedStopped', asked: true, reason: 'asked to' })
      })
    },
    herald () {
      inTurn(RELOAD_MS - DEAF_MS, () => { if (running !== null) hearsFromMs = clock.nowMs() + DEAF_MS })
      inTurn(DEAF_MS, () => { if (running !== null) instance.reload(running) })
    },
    countAdverts () {
      onHost(COUNT_MS, () => {
        const vrrp = instance.vrrp()
        if (vrrp !== null) report({ kind: 'adverts', received: vrrp.received })
      })
    },
    abandon () {
      abandoned++
      abandonedAtMs = clock.nowMs()
    },
    hear (advert) {
      if (clock.nowMs() >= hearsFromMs) instance.step({ kind: 'advert', advert })
    },
    killChild () {
      if (instance.vrrp() === null) return
      instance.end()
      seen({ kind: 'childKilled' })
      onHost(RESPAWN_MS, () => {
        if (running === null || stored === null || instance.vrrp() !== null) return
        begin(stored)
        report({ kind: 'keepalivedRespawned' })
      })
    },
    kill () {
      if (running === null) return
      end('killed')
      onHost(NOTICED_MS, () => {
        if (!hasAgent()) return
        if (running === null) instance.dropVip()
        report({ kind: 'keepalivedStopped', asked: false, reason: 'killed' })
      })
    },
    powerOff () {
      running = null
      busyUntilMs = 0
      instance.end()
      instance.weigh({ lowered: 0 })
      instance.dropVip()
    },
    refuse (reason) { refusal = reason },
    refuses: () => refusal !== null,
  }
}
