/**
 * Two members that meet, in one process and over the loopback interface: nearly all that an agent does from its start until it has joined is called
 * once, so that what V8 makes of it can be kept (start.ts). An image is built so: it takes no right, no keepalived runs, and nothing of the host is
 * changed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MeshConfig } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { createCore } from '../core/core.ts'
import type { Effect } from '../core/effect.ts'
import type { Address } from '../core/record.ts'
import { daemonFiles } from '../keepalived/daemon-files.ts'
import { meshInstance } from '../keepalived/instance.ts'
import { createRender } from '../keepalived/render.ts'
import type { Log } from '../log.ts'
import { createDiscovery } from '../mesh/discovery/discovery.ts'
import { loadIdentity, readMachineId } from '../mesh/identity.ts'
import { createMesh } from '../mesh/mesh.ts'
import { createSealing } from '../mesh/sealing.ts'
import { createChronicle } from './chronicle.ts'
import { STATE_NAMES, viewPath } from './files.ts'
import { createLoop } from './loop.ts'
import { writeView } from './memory.ts'
import { accessOf, coreOptions, discoveryOptions } from './mesh-options.ts'
import { createSite } from './site.ts'
import { createWatchedDaemon } from './watched-daemon.ts'

/** For documentation (RFC 5737). */
const VIP = '192.0.2.1/32'
/** Not that of an agent. */
const PORT = '11302'
/** An agent starts within a second; emulated, of another processor's image, in a minute. */
const CEILING_MS = 600_000

/** Loopback plays the segment, which the core takes no loopback address for. */
const SEGMENT = [{ address: '126.0.0.1', prefixLength: 7, link: 'lo 1' }]

export interface WarmUpOptions {
  readonly log: Log
  readonly version: string
  /** Of this process: two warm-ups at once have addresses of their own by it. */
  readonly pid: number
}

/** Resolves when both have listed each other and left. @throws Error when that takes far too long */
export async function warmUp (options: WarmUpOptions): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keepalived-mesh-'))
  try {
    const addresses = [loopbackAddress(2 * options.pid), loopbackAddress(2 * options.pid + 1)]
    const members = await Promise.all(addresses.map(async (address) => await startMember(configIn(join(dir, address), addresses), address, options)))
    const late = setTimeout(() => { for (const { fail } of members) fail(new Error(`two members on ${addresses.join(' and ')} have not met within ${CEILING_MS} ms`)) }, CEILING_MS)
    await Promise.all(members.map(async ({ met }) => { await met }))
    for (const { stop } of members) stop()
    await Promise.all(members.map(async ({ ended }) => { await ended }))
    clearTimeout(late)
  } finally {
    await rm(dir, { recursive: true })
  }
}

/** The nth of 127.0.0.0/8. A process id has 22 bits at most. */
function loopbackAddress (n: number): Address {
  return `127.${n >> 16}.${n >> 8 & 255}.${n & 255}`
}

function configIn (dir: string, seeds: readonly Address[]): MeshConfig {
  const read = readConfig({
    KEEPALIVED_VIRTUAL_IPADDRESS_1: VIP,
    KEEPALIVED_CONF: join(dir, 'keepalived.conf'),
    KEEPALIVED_MESH: 'on',
    KEEPALIVED_MESH_SECRET: 'of two members on loopback',
    KEEPALIVED_MESH_PORT: PORT,
    KEEPALIVED_MESH_SEEDS: seeds.join(),
    KEEPALIVED_MESH_RUN_DIR: dir,
    KEEPALIVED_MESH_STATE_DIR: dir
  }, () => '')
  if ('faults' in read || read.config.mode !== 'mesh') throw new Error('the configuration of the warm-up is none')
  return read.config
}

interface Member {
  /** When its conf lists another. */
  readonly met: Promise<void>
  readonly ended: Promise<void>
  readonly stop: () => void
  readonly fail: (error: Error) => void
}

async function startMember (config: MeshConfig, address: Address, { log, version }: Omit<WarmUpOptions, 'pid'>): Promise<Member> {
  const { mesh: { name, port, stateDir }, virtualRouterId } = config
  const group = { name, virtualRouterId }
  const met = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const identity = await loadIdentity({ stateDir, machineId: await readMachineId(), spareDir: stateDir, besides: STATE_NAMES }, { log })
  const around = await createSite(config, log)
  const site = { ...around, seat: () => ({ interface: 'lo', source: address, vrid: virtualRouterId }), mac: () => null, link: () => 'lo 1', held: () => SEGMENT }
  const mesh = createMesh({ key: identity.key, ...group, port, ...accessOf(config), software: `keepalived-mesh/${version}`, addresses: [address] }, { log, emit: (happening) => { loop.happen(happening) } })
  const core = createCore(coreOptions(config, site, { id: identity.id, incarnation: identity.incarnation, memory: null, version }), { seal: createSealing({ key: identity.key, group }).seal, random: Math.random })
  const loop = createLoop(core, { nowMs: () => performance.now(), perform, stirred: () => {}, onDefect: fail })
  const { daemon, damper } = createWatchedDaemon(config, { log, environment: {}, chronicle: createChronicle(log), happen: loop.happen })
  const discovery = createDiscovery({ ...discoveryOptions(config, null, [], site, {}), sources: new Set(['seeds']) }, { log, alone: () => mesh.links().length === 0, emit: loop.happen })
  const render = createRender(config.template)
  const files = { ...daemonFiles(config.runDir), checkScript: config.runDir }

  function perform (effect: Exclude<Effect, { kind: 'timer' }>): void {
    switch (effect.kind) {
      case 'dial': case 'forgo': case 'verify': case 'exchange': case 'reply': case 'send': case 'hangUp': case 'publish':
        return mesh.perform(effect)
      case 'apply':
        render(meshInstance(config, 'lo', effect.conf, files))
        if (effect.conf.peers.length > 0) met.resolve()
        return loop.happen({ kind: 'applied', conf: effect.conf })
      case 'start': return loop.happen({ kind: 'keepalivedStarted' })
      case 'stop': return loop.happen({ kind: 'keepalivedStopped', asked: true, reason: '' })
      case 'probeVip': return loop.happen({ kind: 'vipProbed', mac: null })
      case 'remember': return void writeView(viewPath(stateDir), effect.memory).catch(fail)
      case 'log': return log[effect.level](effect.facts, effect.message)
      case 'exit': return void end().then(ended.resolve, fail)
      case 'prepare': case 'lower': case 'herald': case 'countAdverts': case 'probeAddress': case 'vips': case 'renew':
    }
  }

  function fail (error: unknown): void {
    met.reject(error)
    ended.reject(error)
  }

  async function end (): Promise<void> {
    loop.stop()
    discovery.stop()
    around.close()
    daemon.detach()
    damper.stop()
    await mesh.stop()
  }

  around.watch(() => {})
  await mesh.start()
  loop.begin({ kind: 'started', adopted: null })
  discovery.start()
  return {
    met: met.promise,
    ended: ended.promise,
    fail,
    stop: () => { loop.happen({ kind: 'command', command: { kind: 'stop' } }) }
  }
}
