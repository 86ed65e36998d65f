/**
 * The agent of a host in a mesh. Here the core meets the world: what happens goes in through the loop, what the core
 * asks for is handed to whoever does it. Nothing is decided here.
 */
import { createHash } from 'node:crypto'
import type { MeshConfig } from '../config/config.ts'
import { createCore } from '../core/core.ts'
import type { Effect, Memory } from '../core/effect.ts'
import type { Adopted, Happening } from '../core/event.ts'
import type { GroupSpec, MemberRecord } from '../core/record.ts'
import { probeVip } from '../host/probe-vip.ts'
import { createDaemon } from '../keepalived/daemon.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import type { DaemonEvent } from '../keepalived/daemon-event.ts'
import type { Log } from '../log.ts'
import { createDiscovery } from '../mesh/discovery/discovery.ts'
import { loadIdentity, readMachineId } from '../mesh/identity.ts'
import { createMesh } from '../mesh/mesh.ts'
import { createSealing } from '../mesh/sealing.ts'
import { documentOf } from '../status/document.ts'
import { createChronicle } from './chronicle.ts'
import type { Chronicle } from './chronicle.ts'
import type { Agent, Fate } from './fate.ts'
import { instanceFiles, runningPath, viewPath } from './files.ts'
import { STOP_GRACE_MS, createKeeper } from './keeper.ts'
import { createLoop } from './loop.ts'
import { readRunning, readView, writeRunning, writeView } from './memory.ts'
import type { RunningNote } from './memory.ts'
import { createQueue } from './queue.ts'
import { cidrOf, releaseVips, vipsOf } from './release.ts'
import { createSite } from './site.ts'
import type { Site } from './site.ts'

export interface MeshAgentDependencies {
  readonly log: Log
  readonly version: string
}

/** The name of the instance in the conf, as in the image that this one succeeds. */
const INSTANCE = 'MAIN'

/** Listens and has begun to look for others when it resolves. @throws ListenError, and the file system's errors of the state directory */
export async function startMeshAgent (config: MeshConfig, { log, version }: MeshAgentDependencies): Promise<Agent> {
  const { mesh: settings, virtualRouterId } = config
  const group = { name: settings.name, virtualRouterId }
  const ending = Promise.withResolvers<Fate>()
  const chronicle = createChronicle(log)
  const early: Happening[] = []
  let started = false
  const disk = createQueue((error) => { log.error({ err: error }, 'what a restart should know cannot be written') })

  const [identity, site, files] = await Promise.all([
    readMachineId().then(async (machineId) => await loadIdentity({ stateDir: settings.stateDir, machineId }, { log })),
    createSite(config, log),
    instanceFiles(config, log)
  ])
  const daemon = createDaemon({ command: config.command, runDir: config.runDir },
    { emit: onDaemonEvent, releaseVips: async () => { await releaseVips(config.conf, log) } })
  const adopted = await adopt(config, daemon, chronicle)
  const sealing = createSealing({ key: identity.key, group })
  const memory = await readView(viewPath(settings.stateDir), (envelope) => {
    const opened = sealing.open(envelope)
    return opened.ok ? opened.claim : null
  })
  const mesh = createMesh({ key: identity.key, ...group, port: settings.port, secret: settings.secret, software: `keepalived-mesh/${version}` },
    { log, emit: happen })
  const core = createCore({
    id: identity.id,
    address: site.seat()?.source ?? null,
    port: settings.port,
    pinned: config.pinned,
    software: version,
    spec: specOf(config),
    vips: vipsOf(config).map(({ address }) => address),
    staticPeers: config.unicastPeer,
    incarnation: identity.incarnation,
    memory,
    unlistMs: settings.unlistMs
  }, { seal: mesh.seal, random: Math.random })
  const keeper = createKeeper(config, files, {
    daemon,
    site,
    happen,
    onApplied: (conf, text) => { noteRunning({ conf, text }) },
    onReload: chronicle.reloaded,
    onUnusable: (error) => {
      log.fatal({ fault: error.message }, 'keepalived cannot be used')
      void finish('unusable')
    },
    onDefect: ending.reject
  })
  const loop = createLoop(core, { nowMs: () => performance.now(), perform })
  const discovery = createDiscovery({
    sources: new Set(settings.discovery),
    group,
    port: settings.port,
    seeds: settings.seeds,
    staticPeers: config.unicastPeer,
    remembered: addressesIn(memory),
    ownAddress: site.seat()?.source ?? null
  }, { log, alone: () => mesh.links().length === 0, emit: happen })

  let note: RunningNote | null = adopted?.note ?? null
  let stopping = false
  let finishing: Promise<void> | null = null

  function happen (happening: Happening): void {
    if (!started) return void early.push(happening)
    try {
      loop.happen(happening)
    } catch (error) {
      ending.reject(error)
    }
  }

  function perform (effect: Exclude<Effect, { kind: 'timer' }>): void {
    switch (effect.kind) {
      case 'dial': case 'verify': case 'exchange': case 'reply': case 'send': case 'hangUp': case 'publish':
        return mesh.perform(effect)
      case 'apply': case 'start': case 'stop': case 'lower': case 'countAdverts':
        return keeper.perform(effect)
      case 'probeVip': return void probe(site, config, log).then((mac) => { happen({ kind: 'vipProbed', mac }) })
      case 'remember': return remember(effect.memory)
      case 'log': return log[effect.level](effect.facts, effect.message)
      case 'exit': return void finish('stopped')
    }
  }

  function onDaemonEvent (event: DaemonEvent): void {
    chronicle.note(event)
    if (event.kind === 'state') happen({ kind: 'vrrpState', state: event.state })
    if (event.kind === 'state' || event.kind === 'priority') happen({ kind: 'effectivePriority', priority: event.priority })
    if (event.kind === 'exit' && !event.asked) happen({ kind: 'keepalivedStopped', asked: false, reason: event.said.at(-1) ?? `code ${event.code}, signal ${event.signal}` })
  }

  function remember (view: Memory): void {
    disk.add(async () => { await writeView(viewPath(settings.stateDir), view) })
    if (view.number !== null && view.founder !== null) noteRunning({ number: view.number, founder: view.founder })
  }

  function noteRunning (change: Partial<RunningNote>): void {
    note = { ...{ text: '', number: 0, founder: '', conf: { priority: 0, claim: false, source: '', peers: [], lists: [] } }, ...note, ...change }
    const complete = note
    if (complete.number > 0 && complete.text !== '') disk.add(async () => { await writeRunning(runningPath(config), complete) })
  }

  function onAddresses (): void {
    const source = site.seat()?.source ?? null
    discovery.setOwnAddress(source)
    happen({ kind: 'address', address: source })
  }

  /** What was started last ends first; keepalived is not touched here. */
  async function finish (fate: Fate): Promise<void> {
    finishing ??= (async () => {
      loop.stop()
      discovery.stop()
      site.close()
      await mesh.stop()
      await disk.idle()
      daemon.detach()
      ending.resolve(fate)
    })()
    await finishing
  }

  async function stopAtOnce (): Promise<void> {
    loop.stop()
    await daemon.stop({ graceMs: STOP_GRACE_MS })
    await finish('stopped')
  }

  if (adopted !== null) keeper.adopted(adopted.note.text)
  await mesh.start()
  started = true
  happen({ kind: 'started', adopted: adopted?.adopted ?? null })
  early.forEach(happen)
  discovery.start()
  site.watch(onAddresses)
  log.info({ id: identity.id, port: settings.port, group: settings.name, virtualRouterId, adopted: adopted !== null }, 'listening')

  return {
    ended: ending.promise,
    stop () {
      if (stopping) return void stopAtOnce()
      stopping = true
      happen({ kind: 'command', command: { kind: 'stop' } })
    },
    detach () { void finish('stopped') },
    signal: daemon.signal,
    forget (name) {
      const found = core.status().members.find(({ id, address }) => id === name || address === name)
      if (found === undefined) return `no member has the id or address ${name}`
      if (found.id === identity.id) return 'that is this host itself: use leave'
      if (found.state !== 'lost') return `${found.address} is not lost: stop its agent, or have it leave`
      happen({ kind: 'command', command: { kind: 'forget', id: found.id } })
      return null
    },
    status () {
      const { priority, ...facts } = chronicle.facts(daemon)
      return documentOf(core.status(), {
        version,
        mode: config.mode,
        group,
        vip: vipsOf(config).map(cidrOf),
        self: { address: site.seat()?.source ?? null, priority },
        ...facts
      })
    }
  }
}

/** The keepalived that runs, with what its conf says; one that nothing is known of is stopped and started anew. */
async function adopt (config: MeshConfig, daemon: Daemon, chronicle: Chronicle): Promise<{ readonly adopted: Adopted, readonly note: RunningNote } | null> {
  const found = await daemon.adopt()
  if (found === null) return null
  const note = await readRunning(runningPath(config))
  if (note === null) {
    await daemon.stop({ graceMs: STOP_GRACE_MS })
    return null
  }
  const vrrpState = found.states.get(INSTANCE) ?? 'BACKUP'
  chronicle.adopted(vrrpState, found.checks)
  const { conf, number, founder } = note
  return { note, adopted: { conf, number, founder, vrrpState } }
}

/** Who answers for the first VIP; null when nobody does, or nobody could be asked. */
async function probe (site: Site, config: MeshConfig, log: Log): Promise<string | null> {
  const seat = site.seat()
  if (seat === null) return null
  const ownMacs = site.facts().interfaces.map(({ mac }) => mac).filter((mac) => mac !== null)
  const result = await probeVip({ vip: config.virtualIpaddress[0].address, interface: seat.interface, source: null, ownMacs })
  if (!result.ok) log.debug({ fault: result.message }, 'the VIP could not be probed')
  return result.ok ? result.mac : null
}

function specOf ({ virtualRouterId, version, advertInt, virtualIpaddress: [first], authPass, mesh }: MeshConfig): GroupSpec {
  const salted = `${mesh.name} ${virtualRouterId} ${authPass ?? ''}`
  return {
    virtualRouterId,
    version,
    advertInt,
    virtualIpaddress: cidrOf(first),
    authDigest: createHash('sha256').update(salted).digest('hex').slice(0, 16)
  }
}

function addressesIn (memory: Memory | null): ReadonlyArray<Pick<MemberRecord, 'address' | 'port'>> {
  return (memory?.claims ?? []).map(({ statement }) => statement).filter((statement) => statement.kind === 'member')
}
