/**
 * The agent of a host without a mesh: static mode writes the conf that the environment describes, passthrough mode
 * touches none; both keep keepalived running. A source address that was found, not given, is followed when it changes.
 */
import type { PassthroughConfig, StaticConfig } from '../config/config.ts'
import { createBackoff } from '../keepalived/backoff.ts'
import { complaintsOf } from '../keepalived/complaints.ts'
import { ConfTestError, createConfTest, keepalivedIn } from '../keepalived/conf-test.ts'
import { DaemonError } from '../keepalived/daemon-error.ts'
import type { DaemonEvent } from '../keepalived/daemon-event.ts'
import { createDaemon } from '../keepalived/daemon.ts'
import { staticInstance } from '../keepalived/instance.ts'
import { createRender } from '../keepalived/render.ts'
import { ConfStoreError, createConfStore } from '../keepalived/store.ts'
import { clearVarRun } from '../keepalived/var-run.ts'
import { documentOf } from '../status/document.ts'
import { createChronicle } from './chronicle.ts'
import type { Agent, AgentDependencies, Fate } from './fate.ts'
import { instanceFiles } from './instance-files.ts'
import { STOP_GRACE_MS } from './keeper.ts'
import { createQueue } from './queue.ts'
import { cidrOf, releaseVips, vipsOf, vipsOnDisk } from './release.ts'
import { createSite } from './site.ts'
import type { Site } from './site.ts'

/** The conf holds a password, but whoever used the image before may read it with other tools: as it was. */
const CONF_MODE = 0o644

/** Puts the conf in place. `changed`: keepalived, if it runs, must reload. */
type Writer = () => Promise<{ readonly ok: true, readonly changed: boolean } | { readonly ok: false, readonly complaints: readonly string[] }>

export async function startStandaloneAgent (config: StaticConfig | PassthroughConfig, { log, version, environment }: AgentDependencies): Promise<Agent> {
  const ending = Promise.withResolvers<Fate>()
  const chronicle = createChronicle(log)
  const queue = createQueue(ending.reject)
  const site = config.mode === 'static' ? await createSite(config, log) : null
  const write = config.mode === 'static' && site !== null ? staticWriter(config, site) : null
  const daemon = createDaemon({ command: config.command, runDir: config.runDir, environment },
    { emit: onDaemonEvent, releaseVips: async () => { await releaseVips(config.conf, log) } })
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

  function onDaemonEvent (event: DaemonEvent): void {
    chronicle.note(event)
    if (event.kind !== 'exit' || event.asked || stopping) return
    waiting = true
    log.warn({ againInMs: backoff.exited() }, 'starting keepalived again')
  }

  async function start (): Promise<void> {
    if (stopping) return
    try {
      backoff.started()
      await daemon.start()
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      if (error.code === 'NOT_FOUND') return unusable(error)
      log.error({ fault: error.message }, 'keepalived did not start')
      if (error.code === 'ALREADY_RUNNING') backoff.exited()
    }
  }

  /** Brings the conf up to date and keepalived to it. What cannot be used leaves all as it is, until the host changes. */
  async function update (): Promise<void> {
    if (stopping || waiting) return
    try {
      const written = write === null ? { ok: true, changed: false } as const : await write()
      if (!written.ok) log.error({ complaints: written.complaints }, 'the conf cannot be used')
      else if (daemon.pid() === null) await start()
      else if (written.changed) await reload()
    } catch (error) {
      if (error instanceof ConfTestError) unusable(error)
      else if (error instanceof ConfStoreError) log.error({ fault: error.message }, 'the conf cannot be written')
      else throw error
    }
  }

  async function reload (): Promise<void> {
    try {
      await daemon.reload()
      chronicle.reloaded('the address of this host has changed')
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      log.error({ fault: error.message }, 'keepalived did not take the new conf')
    }
  }

  function unusable (error: Error): void {
    log.fatal({ fault: error.message }, 'keepalived cannot be used')
    finish('unusable')
  }

  function finish (fate: Fate): void {
    stopping = true
    backoff.stop()
    site?.close()
    daemon.detach()
    ending.resolve(fate)
  }

  async function stopAtOnce (): Promise<void> {
    try {
      await daemon.stop({ graceMs: STOP_GRACE_MS })
      finish('stopped')
    } catch (error) {
      ending.reject(error)
    }
  }

  const adopted = await daemon.adopt()
  if (adopted === null) {
    const cleared = await clearVarRun(config.varRun)
    if (!cleared.ok && cleared.code !== 'IN_USE') log.warn({ fault: cleared.message }, 'KEEPALIVED_VAR_RUN is left as it is')
  } else {
    chronicle.adopted([...adopted.states.values()][0] ?? 'BACKUP', adopted.checks)
  }
  queue.add(update)
  site?.watch(() => { queue.add(update) })

  return {
    ended: ending.promise,
    stop () {
      stopping = true
      backoff.stop()
      void stopAtOnce()
    },
    detach () { finish('stopped') },
    signal: daemon.signal,
    forget: () => 'this host is in no mesh',
    status () {
      const { priority, ...facts } = chronicle.facts(daemon)
      return documentOf(null, {
        version,
        mode: config.mode,
        group: null,
        vip: config.mode === 'static' ? vipsOf(config).map(cidrOf) : [],
        self: { address: site?.seat()?.source ?? null, priority: priority ?? (config.mode === 'static' ? config.priority : null) },
        ...facts
      })
    }
  }
}

function staticWriter (config: StaticConfig, site: Site): Writer {
  const render = createRender(config.template)
  const store = createConfStore({ file: config.conf, mode: CONF_MODE }, { test: createConfTest({ program: keepalivedIn(config.command) }) })
  return async () => {
    const seat = site.seat()
    if (seat === null) return { ok: false, complaints: ['This host has no interface or address for VRRP.'] }
    const placed = await instanceFiles(config)
    if (!placed.ok) return { ok: false, complaints: [placed.complaint] }
    const instance = staticInstance(config, seat, placed.files)
    const complaints = complaintsOf(instance, site.facts(), await vipsOnDisk(config.conf))
    return complaints.length > 0 ? { ok: false, complaints } : await store.write(render(instance))
  }
}
