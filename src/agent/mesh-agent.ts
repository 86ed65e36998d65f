/**
 * The agent of a host in a mesh. Here the core meets the world: what happens goes in through the loop, what the core
 * asks for is handed to whoever does it. Nothing is decided here.
 */
import type { MeshConfig } from '../config/config.ts'
import { createCore } from '../core/core.ts'
import type { Core } from '../core/core.ts'
import type { Effect, Memory } from '../core/effect.ts'
import type { Happening } from '../core/event.ts'
import type { Log } from '../log.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import { createDiscovery } from '../mesh/discovery/discovery.ts'
import { abandonIdentity, loadIdentity, readMachineId } from '../mesh/identity.ts'
import type { Identity } from '../mesh/identity.ts'
import { createMesh } from '../mesh/mesh.ts'
import { createSealing } from '../mesh/sealing.ts'
import { documentOf } from '../status/document.ts'
import type { StatusDocument } from '../status/document.ts'
import { adopt } from './adoption.ts'
import { createChronicle } from './chronicle.ts'
import type { Chronicle } from './chronicle.ts'
import type { AgentDependencies, Fate } from './fate.ts'
import { STATE_NAMES, runningPath, spareStateDir, tenurePath, viewPath } from './files.ts'
import { createKeeper } from './keeper.ts'
import { createLoop } from './loop.ts'
import { readRunning, readView, recall } from './memory.ts'
import { accessOf, coreOptions, discoveryOptions } from './mesh-options.ts'
import { createNotebook } from './notebook.ts'
import { createSite } from './site.ts'
import type { Site } from './site.ts'
import type { Reign } from './succession.ts'
import { holdPlace, nameOf } from './tenure.ts'
import type { Tenure } from './tenure.ts'
import { createWatchedDaemon } from './watched-daemon.ts'
import { probeAddress, vipProbed } from './wire-probe.ts'

/** Listens and has begun to look for others when it resolves. @throws ListenError, and the file system's errors of the state directory */
export async function startMeshAgent (config: MeshConfig, { log, version, environment, stirred }: AgentDependencies): Promise<Reign> {
  const { mesh: settings, virtualRouterId } = config
  const group = { name: settings.name, virtualRouterId }
  const ending = Promise.withResolvers<Fate | 'renamed'>()
  const chronicle = createChronicle(log)
  const [identity, note] = await Promise.all([identityOf(config, log), recall(runningPath(config), readRunning, log)])
  const finding = createSite(config, log, note?.conf)
  // Made while the host is looked at, which is mostly waiting for `ip`.
  const mesh = createMesh({ key: identity.key, ...group, port: settings.port, ...accessOf(config), software: `keepalived-mesh/${version}` },
    { log, emit: (happening) => { loop.happen(happening) } })
  const site = await finding
  const { seal, open } = createSealing({ key: identity.key, group })
  const view = await recall(viewPath(identity.dir), async (path) => await readView(path, open), log)
  const memory = memoryOf(view, identity)
  const core = createCore(coreOptions(config, site, { id: identity.id, incarnation: identity.incarnation, memory, version }),
    { seal, random: Math.random })
  const loop = createLoop(core, { nowMs: () => performance.now(), perform, stirred, onDefect: ending.reject })
  const { daemon, damper } = createWatchedDaemon(config, { log, environment, chronicle, happen: loop.happen })
  const [adopted] = await Promise.all([adopt(config, { daemon, chronicle, site, note, known: { self: identity.id, memory: view }, log }), mesh.start()])
  log.info({ id: identity.id, port: settings.port, group: settings.name, virtualRouterId, adopted: adopted !== null }, 'listening')
  const notebook = createNotebook(config, { stateDir: identity.dir, last: adopted?.note ?? null }, log)
  const keeper = createKeeper(config, {
    daemon,
    site,
    happen: loop.happen,
    onApplied: notebook.conf,
    onPrepared: notebook.prepared,
    onReload: chronicle.reloaded,
    onRestored: chronicle.restored,
    onUnusable: (error) => {
      log.fatal({ fault: error.message }, 'keepalived cannot be used')
      void finish('unusable')
    },
    onDefect: ending.reject
  })
  const discovery = createDiscovery(discoveryOptions(config, memory, adopted?.note.conf.peers ?? [], site, environment), { log, alone: () => mesh.links().length === 0, emit: loop.happen })
  let lastLink = site.link()
  let stopping = false
  let finishing: Promise<void> | null = null

  function perform (effect: Exclude<Effect, { kind: 'timer' }>): void {
    switch (effect.kind) {
      case 'dial': case 'forgo': case 'verify': case 'exchange': case 'reply': case 'send': case 'hangUp': case 'publish':
        return mesh.perform(effect)
      case 'apply': case 'prepare': case 'start': case 'stop': case 'lower': case 'herald': case 'countAdverts':
        return keeper.perform(effect)
      case 'probeVip': return void vipProbed(effect.address, site).then(loop.happen, ending.reject)
      case 'probeAddress': return void probeAddress(effect, site, loop.happen).catch(ending.reject)
      case 'vips': return site.setVips(effect.vips, { moves: daemon.pid() === null })
      case 'remember': return notebook.view(effect.memory)
      case 'log': return log[effect.level](effect.facts, effect.message)
      case 'renew': return void abandonIdentity(identity.dir).then(async () => await finish('renamed')).catch(ending.reject)
      case 'exit': return void finish('stopped')
    }
  }

  /** What was started last ends first; keepalived is not touched here. */
  async function finish (fate: Fate | 'renamed'): Promise<void> {
    finishing ??= (async () => {
      loop.stop()
      discovery.stop()
      site.close()
      await mesh.stop()
      await notebook.idle()
      daemon.detach()
      damper.stop()
      await identity.tenure.end()
      ending.resolve(fate)
    })()
    await finishing
  }

  async function stopAtOnce (): Promise<void> {
    loop.stop()
    await daemon.stop({ graceMs: 0 })
    await finish('stopped')
  }

  if (adopted !== null) keeper.adopted(adopted.note)
  site.watch(() => {
    const address = site.seat()?.source ?? null
    const link = site.link()
    // An interface that was made anew has lost its multicast memberships, whatever its address.
    if (link !== lastLink) discovery.setOwnAddress(null)
    lastLink = link
    discovery.setOwnAddress(address)
    loop.happen({ kind: 'address', address, mac: site.mac(), link, held: site.held() })
  })
  loop.begin({ kind: 'started', adopted: adopted?.adopted ?? null })
  discovery.start()

  return {
    ended: ending.promise,
    stop () {
      if (stopping) return void stopAtOnce()
      stopping = true
      loop.happen({ kind: 'command', command: { kind: 'stop' } })
    },
    detach () { void finish('stopped') },
    signal: daemon.signal,
    measure: () => { loop.happen({ kind: 'command', command: { kind: 'measure' } }) },
    forget: (name) => forget(core, loop.happen, name),
    status: () => statusOf(config, { core, daemon, chronicle, site, version, alarms: [identity.fault, damper.alarm(), ...notebook.alarms()].filter((alarm) => alarm !== null) })
  }
}

/** A state directory that cannot be written is no reason to leave the group without this host. */
async function identityOf (config: MeshConfig, log: Log): Promise<Identity & { readonly dir: string, readonly fault: string | null, readonly tenure: Tenure }> {
  const { stateDir } = config.mesh
  const identity = await loadIdentity({ stateDir, machineId: await readMachineId(), spareDir: spareStateDir(config), besides: STATE_NAMES }, { log })
  if (identity.fault !== null) log.error({ fault: identity.fault, keptIn: identity.dir }, 'the state directory cannot be used: after a reboot this host will be a new one to its group')
  const tenure = await holdPlace({ what: identity.dir, socket: tenurePath(identity.dir), remedy: 'KEEPALIVED_MESH_STATE_DIR' }, nameOf(config))
  return { ...identity, tenure }
}

/** Whom to look for holds for a new identity too; a place in the order was another's. */
function memoryOf (view: Memory | null, { origin }: Identity): Memory | null {
  return view === null || origin === 'kept' ? view : { ...view, number: null, founder: null }
}

/** Only somebody who is lost: who lives would be back at once, and its VRRP with it. */
function forget (core: Core, happen: (happening: Happening) => void, name: string): string | null {
  const { members, self } = core.status()
  const found = members.find(({ id, address }) => id === name || address === name)
  if (found === undefined) return `no member has the id or address ${name}`
  if (found.id === self.id) return 'that is this host itself: use leave'
  if (found.state !== 'lost') return `${found.address} is not lost: stop its agent, or have it leave`
  happen({ kind: 'command', command: { kind: 'forget', id: found.id } })
  return null
}

interface Shown {
  readonly core: Core
  readonly daemon: Daemon
  readonly chronicle: Chronicle
  readonly site: Site
  readonly version: string
  readonly alarms: readonly string[]
}

function statusOf (config: MeshConfig, { core, daemon, chronicle, site, version, alarms }: Shown): StatusDocument {
  const { priority, ...facts } = chronicle.facts(daemon)
  const status = core.status()
  return documentOf(status, {
    version,
    mode: config.mode,
    group: { name: config.mesh.name, virtualRouterId: config.virtualRouterId },
    vip: [...status.vip],
    self: { address: site.seat()?.source ?? null, priority },
    alarms,
    ...facts
  })
}
