/**
 * keepalived and its conf, as the core's effects ask for them: render, test, store, start, reload, stop. The conf that
 * runs is told apart from the one on disk by its text, so a reload happens exactly when bytes differ; and a conf that
 * keepalived refuses gives way to the one before it.
 */
import { createHash } from 'node:crypto'
import type { MeshConfig } from '../config/config.ts'
import type { Effect, Place } from '../core/effect.ts'
import type { Conf, Happening } from '../core/event.ts'
import { authDigestOf } from '../config/group-spec.ts'
import { complaintsOf } from '../keepalived/complaints.ts'
import { ConfTestError, createConfTest, keepalivedIn } from '../keepalived/conf-test.ts'
import { DaemonError } from '../keepalived/daemon-error.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import { meshInstance } from '../keepalived/instance.ts'
import { TemplateError, createRender } from '../keepalived/render.ts'
import { ConfStoreError, createConfStore } from '../keepalived/store.ts'
import { instanceFiles } from './instance-files.ts'
import type { NotedConf } from './memory.ts'
import { createQueue } from './queue.ts'
import { vipsOnDisk } from './release.ts'
import { reloadOf, type Reload } from './reload-reason.ts'
import type { Site } from './site.ts'

export type KeeperEffect = Extract<Effect, { kind: 'apply' | 'prepare' | 'start' | 'stop' | 'lower' | 'herald' | 'countAdverts' }>

export interface KeeperDependencies {
  readonly daemon: Daemon
  readonly site: Site
  readonly happen: (happening: Happening) => void
  /** keepalived runs this conf now, or will start with it. */
  readonly onApplied: (conf: Conf, text: string, place: Place) => void
  /** The conf is stored for later; resolves when that is noted: null, or why it cannot be. */
  readonly onPrepared: (conf: Conf, text: string) => Promise<string | null>
  readonly onReload: (reload: Reload) => void
  /** The conf on the disk was not the one that runs, and now is; or why it is not. */
  readonly onRestored: (fault: string | null) => void
  /** keepalived cannot be used at all. */
  readonly onUnusable: (error: Error) => void
  readonly onDefect: (error: unknown) => void
}

export interface Keeper {
  readonly perform: (effect: KeeperEffect) => void
  /** The keepalived that was adopted runs this conf. If another one is on the disk, or half of it, it is written anew. */
  readonly adopted: (note: NotedConf) => void
  readonly idle: () => Promise<void>
}

/** A clean stop takes 1 s, of which keepalived 2.2.7 itself waits most; one that hangs for this long is killed. */
export const STOP_GRACE_MS = 2000

/** A disk that was full for a moment. */
const SETTLE_RETRY_MS = 1000

/** keepalived reads the conf as root, and a password stands in it. */
const CONF_MODE = 0o600

/** SHA-256, hex. */
export function digestOfText (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function createKeeper (config: MeshConfig, dependencies: KeeperDependencies): Keeper {
  const { daemon, site, happen, onApplied, onPrepared, onReload, onRestored, onUnusable, onDefect } = dependencies
  const render = createRender(config.template)
  const store = createConfStore({ file: config.conf, mode: CONF_MODE }, { test: createConfTest({ program: keepalivedIn(config.command) }) })
  const queue = createQueue(onDefect)
  let running: string | null = null
  /** What `running` was made of; null: not known. */
  let ran: Conf | null = null
  /** What belongs on the disk, while a conf stands there that keepalived has refused, and the disk refuses the one before. */
  let owed: string | null = null
  /** Tries again to put it there. Whoever has started that has told of it. */
  let retry: NodeJS.Timeout | null = null

  async function apply ({ conf, place }: Extract<Effect, { kind: 'apply' }>): Promise<void> {
    await rendered(conf, (reason) => { happen({ kind: 'applyFailed', conf, reason }) }, async (text) => {
      const before = owed ?? await store.read()
      const stored = await store.write(text)
      if (!stored.ok) return stored.complaints.join(' ')
      await reloadInto(conf, text, before)
      ran = conf
      onApplied(conf, digestOfText(text), place)
      happen({ kind: 'applied', conf })
      return null
    })
  }

  /** Null where there is no conf, or none that can be read. */
  async function digestOnDisk (): Promise<string | null> {
    try {
      const text = await store.read()
      return text === null ? null : digestOfText(text)
    } catch (error) {
      if (error instanceof ConfStoreError) return null
      throw error
    }
  }

  /** keepalived runs it already; but whatever stands in its place would be read at the next reload, whoever asks for that. */
  async function restore ({ text: digest, conf }: NotedConf): Promise<void> {
    if (await digestOnDisk() === digest) return
    await rendered(conf, (reason) => { onRestored(reason) }, async (text) => {
      const stored = await store.write(text)
      if (!stored.ok) return stored.complaints.join(' ')
      onRestored(null)
      return null
    })
  }

  async function prepare ({ conf }: Extract<Effect, { kind: 'prepare' }>): Promise<void> {
    await rendered(conf, (reason) => { happen({ kind: 'prepareFailed', conf, reason }) }, async (text) => {
      const stored = await store.prepare(text)
      if (!stored.ok) return stored.complaints.join(' ')
      const fault = await onPrepared(conf, digestOfText(text))
      if (fault !== null) return fault
      happen({ kind: 'prepared', conf })
      return null
    })
  }

  /** Renders the conf, looks at it with this host's eyes, and hands it to `take`, which says what is wrong with it, or null. */
  async function rendered (conf: Conf, refuse: (reason: string) => void, take: (text: string) => Promise<string | null>): Promise<void> {
    const interfaceName = site.seat()?.interface
    if (interfaceName === undefined) return refuse('this host has no interface for VRRP')
    const placed = await instanceFiles(config)
    if (!placed.ok) return refuse(placed.complaint)
    const { spec } = conf
    // Signed by its member, but made by nobody that could see both.
    if (spec.authDigest !== authDigestOf(config, spec.authPass)) return refuse('the password that was told is not the one that its digest names')
    const instance = meshInstance(config, interfaceName, conf, placed.files)
    const complaints = complaintsOf(instance, site.facts(), vipsOnDisk(config))
    if (complaints.length > 0) return refuse(complaints.join(' '))
    try {
      const complaint = await take(render(instance))
      if (complaint !== null) refuse(complaint)
    } catch (error) {
      if (error instanceof ConfTestError) onUnusable(error)
      if (!(error instanceof ConfStoreError || error instanceof DaemonError || error instanceof ConfTestError || error instanceof TemplateError)) throw error
      refuse(error.message)
    }
  }

  /** Nothing to do when it does not run, or runs that text already. */
  async function reloadInto (conf: Conf, text: string, before: string | null): Promise<void> {
    const digest = digestOfText(text)
    if (daemon.pid() === null || running === digest) return
    try {
      await daemon.reload()
    } catch (error) {
      owed = before
      await settle()
      throw error
    }
    running = digest
    clear()
    onReload(reloadOf(ran, conf))
  }

  /** Puts back what is owed; whether nothing is any more. Tries again by itself: nobody else may come to write anything. */
  async function settle (): Promise<boolean> {
    if (owed === null) return true
    const fault = await faultOfWriting(owed)
    if (fault === null) {
      clear()
      return true
    }
    if (retry === null) onRestored(fault)
    else clearTimeout(retry)
    retry = setTimeout(() => { queue.add(async () => { await settle() }) }, SETTLE_RETRY_MS).unref()
    return false
  }

  /** What is on the disk is what belongs there. */
  function clear (): void {
    owed = null
    if (retry === null) return
    clearTimeout(retry)
    retry = null
    onRestored(null)
  }

  async function faultOfWriting (text: string): Promise<string | null> {
    try {
      const stored = await store.write(text)
      return stored.ok ? null : stored.complaints.join(' ')
    } catch (error) {
      if (!(error instanceof ConfStoreError || error instanceof ConfTestError)) throw error
      return error.message
    }
  }

  /**
   * A MASTER that is told to read its conf anew says by ARP, or ND, that each VIP is its own, because its next refresh
   * (`vrrp_garp_master_refresh`) is then due at once: measured with 2.2.7, both families, 70 ms. Nothing else comes of it.
   */
  async function herald (): Promise<void> {
    if (!await settle() || daemon.pid() === null || running !== await digestOnDisk()) return
    try {
      await daemon.reload()
      onReload({ reason: 'herald', why: 'another holder has let the VIP go: clients are told where it is' })
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error // It says so itself, and tells the clients again in 10 s.
    }
  }

  async function start (): Promise<void> {
    if (!await settle()) return happen({ kind: 'keepalivedStopped', asked: false, reason: 'the conf on the disk is one that it has refused' })
    try {
      await daemon.start()
      running = await digestOnDisk()
      happen({ kind: 'keepalivedStarted' })
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      if (error.code === 'NOT_FOUND') onUnusable(error)
      happen({ kind: 'keepalivedStopped', asked: false, reason: error.message })
    }
  }

  async function stop (): Promise<void> {
    await daemon.stop({ graceMs: STOP_GRACE_MS })
    happen({ kind: 'keepalivedStopped', asked: true, reason: 'stopped' })
  }

  async function countAdverts (): Promise<void> {
    const stats = await daemon.stats()
    if (stats !== null) happen({ kind: 'adverts', received: stats.reduce((sum, { received }) => sum + received, 0) })
  }

  return {
    adopted (note) {
      running = note.text
      ran = note.conf
      queue.add(async () => { await restore(note) })
    },
    idle: queue.idle,
    perform (effect) {
      switch (effect.kind) {
        case 'apply': return queue.add(async () => await apply(effect))
        case 'prepare': return queue.add(async () => await prepare(effect))
        case 'start': return queue.add(start)
        case 'stop': return queue.add(stop)
        case 'lower': return daemon.lower(effect.by)
        case 'herald': return queue.add(herald)
        case 'countAdverts': return void countAdverts()
      }
    }
  }
}
