/**
 * The agent of a host without a mesh: static mode writes the conf that the environment describes, passthrough mode
 * touches none; both keep keepalived running. A source address that was found, not given, is followed when it changes.
 */
import type { PassthroughConfig, StaticConfig } from '../config/config.ts'
import { createBackoff } from '../keepalived/backoff.ts'
import { ConfTestError } from '../keepalived/conf-test.ts'
import { DaemonError } from '../keepalived/daemon-error.ts'
import type { DaemonEvent } from '../keepalived/daemon-event.ts'
import { createDaemon } from '../keepalived/daemon.ts'
import { clearVarRun } from '../keepalived/var-run.ts'
import { documentOf } from '../status/document.ts'
import type { StatusDocument } from '../status/document.ts'
import { createChronicle } from './chronicle.ts'
import type { Agent, AgentDependencies, Fate } from './fate.ts'
import { STOP_GRACE_MS } from './keeper.ts'
import { createQueue } from './queue.ts'
import { cidrOf } from '../config/virtual-ipaddress.ts'
import { notePlaces, releaseVips, vipsOf } from './release.ts'
import { createSite } from './site.ts'
import { createStaticConf } from './static-conf.ts'
import type { WriteConf } from './static-conf.ts'
import { createTrouble } from './trouble.ts'

/** In passthrough mode the conf is as the operator wants it, always. */
const writeNothing: WriteConf = async () => ({ ok: true, changed: false, hasSource: true })

export async function startStandaloneAgent (config: StaticConfig | PassthroughConfig, { log, version, environment }: AgentDependencies): Promise<Agent> {
  const ending = Promise.withResolvers<Fate>()
  const chronicle = createChronicle(log)
  const trouble = createTrouble(log)
  const queue = createQueue(ending.reject)
  const site = config.mode === 'static' ? await createSite(config, log) : null
  const write = config.mode === 'static' && site !== null ? createStaticConf(config, { site, log }) : writeNothing
  const daemon = createDaemon({ command: config.command, runDir: config.runDir, environment, notifies: config.mode === 'static' },
    { emit: onDaemonEvent, releaseVips: async () => { await releaseVips(config, log) } })
  const backoff = createBackoff({}, {
    start: () => {
      waiting = false
      queue.add(update)
    },
    now: () => performance.now(),
    setTimer: (callback, ms) => {
      const timer = setTimeout(callback, ms)
      return { cancel: () => { clearTimeout(timer) } }
    }
  })
  let stopping = false
  /** Until the next start after a death; nothing else starts it before. */
  let waiting = false
  /** keepalived must read its conf anew though no byte differs: it refused to, or is in FAULT for want of the source address. */
  let outdated = false
  let reason = 'the configuration has changed'

  function onDaemonEvent (event: DaemonEvent): void {
    chronicle.note(event)
    if (event.kind !== 'exit' || event.asked || stopping) return
    trouble.died(event)
    waiting = true
    log.warn({ againInMs: backoff.exited() }, 'starting keepalived again')
  }

  async function start (): Promise<void> {
    if (stopping) return
    try {
      backoff.started()
      await daemon.start()
      await notePlaces(config, log, { besides: false })
      trouble.started()
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      if (error.code === 'NOT_FOUND') return unusable(error)
      if (stopping) return
      trouble.found('keepalived did not start', [error.message])
      if (error.code === 'ALREADY_RUNNING') backoff.exited()
    }
  }

  /** Brings the conf up to date and keepalived to it. What cannot be used leaves all as it is, until the host changes. */
  async function update (): Promise<void> {
    if (stopping || waiting) return
    try {
      const written = await write()
      if (!written.ok) return trouble.found('the conf cannot be used', written.complaints)
      trouble.over('the conf cannot be used')
      const isUp = daemon.pid() !== null
      const mustReload = isUp && (written.changed || (outdated && written.hasSource))
      if (!isUp) await start()
      const isCurrent = mustReload ? await reload(written.changed ? reason : 'the source address is there now') : !isUp || !outdated
      outdated = !isCurrent || !written.hasSource
      reason = 'the addresses of this host have changed'
    } catch (error) {
      if (!(error instanceof ConfTestError)) throw error
      unusable(error)
    }
  }

  /** Whether keepalived runs what is on disk. */
  async function reload (why: string): Promise<boolean> {
    if (stopping || daemon.pid() === null) return false
    try {
      await notePlaces(config, log, { besides: true })
      await daemon.reload()
      await notePlaces(config, log, { besides: false })
      chronicle.reloaded({ reason: 'host', why })
      trouble.over('keepalived did not take the new conf')
      return true
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      trouble.found('keepalived did not take the new conf', [error.message])
      return false
    }
  }

  function unusable (error: Error): void {
    log.fatal({ fault: error.message }, 'keepalived cannot be used')
    finish('unusable')
  }

  function finish (fate: Fate): void {
    stopping = true
    backoff.stop()
    trouble.close()
    site?.close()
    daemon.detach()
    ending.resolve(fate)
  }

  async function stop (graceMs: number): Promise<void> {
    try {
      await daemon.stop({ graceMs })
      finish('stopped')
    } catch (error) {
      ending.reject(error)
    }
  }

  const adopted = await daemon.adopt()
  if (adopted === null) {
    const cleared = await clearVarRun(config.varRun, { directories: [config.runDir], files: [config.conf] })
    if (!cleared.ok && cleared.code !== 'IN_USE') log.warn({ fault: cleared.message }, 'KEEPALIVED_VAR_RUN is left as it is')
  } else {
    chronicle.adopted(adopted.states, adopted.checks)
  }
  queue.add(update)
  site?.watch(() => { queue.add(update) })

  return {
    ended: ending.promise,
    stop () {
      const graceMs = stopping ? 0 : STOP_GRACE_MS
      stopping = true
      backoff.stop()
      site?.close()
      void stop(graceMs)
    },
    detach () { finish('stopped') },
    signal (signal) {
      if (signal === 'SIGHUP') queue.add(async () => { await reload('SIGHUP') })
      else daemon.signal(signal)
    },
    measure: () => {},
    forget: () => 'this host is in no mesh',
    status: () => {
      const { priority, ...facts } = chronicle.facts(daemon)
      return documentOf(null, { version, ...settingsOf(config, site?.seat()?.source ?? null, priority), ...facts, alarms: trouble.alarms() })
    }
  }
}

/** What the document shows of the configuration. */
function settingsOf (config: StaticConfig | PassthroughConfig, address: string | null, priority: number | null): Pick<StatusDocument, 'mode' | 'group' | 'vip'> & { readonly self: Pick<StatusDocument['self'], 'address' | 'priority'> } {
  const isStatic = config.mode === 'static'
  return {
    mode: config.mode,
    group: null,
    vip: isStatic ? vipsOf(config).map(cidrOf) : [],
    self: { address, priority: priority ?? (isStatic ? config.priority : null) }
  }
}
