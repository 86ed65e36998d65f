/**
 * What would keep an agent from working on this host, found without touching anything that runs: each finding with what to do about it.
 * It looks at what is there whether an agent runs or not; of a running one it asks the status besides, since that one sees the wire.
 */
import { constants, readFileSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isWithin } from '../config/address.ts'
import type { Config, MeshConfig, StaticConfig } from '../config/config.ts'
import type { Environment } from '../config/environment.ts'
import { masked, type Fault } from '../config/fault.ts'
import { readConfig } from '../config/read-config.ts'
import { runsScripts } from '../config/scripts.ts'
import { lackOf } from '../host/capabilities.ts'
import type { HostFacts } from '../host/facts.ts'
import { listenFaultOf } from '../host/listen.ts'
import { isOnPath } from '../host/on-path.ts'
import { errnoOf } from '../host/plain-file.ts'
import { probeVip } from '../host/probe-vip.ts'
import { promoteSysctl, promotesSecondaries } from '../host/promote-secondaries.ts'
import { hostFacts } from '../host/read-facts.ts'
import { chooseSeat, type Seat } from '../keepalived/seat.ts'
import { isTooOld, versionOf } from '../keepalived/version.ts'
import { mdnsFaultOf } from '../mesh/discovery/hears-itself.ts'
import { askAgent, AskError } from '../status/ask.ts'
import { documentSchema, type StatusDocument } from '../status/document.ts'
import { controlPath } from './files.ts'

export interface Finding {
  /** What was looked at: a variable, a program, an interface, … */
  readonly subject: string
  /** `warning`: it works, but not as most would want it. `fault`: it does not work. */
  readonly level: 'ok' | 'warning' | 'fault'
  readonly message: string
  /** What to do; null where all is well. */
  readonly remedy: string | null
}

const ASK_TIMEOUT_MS = 3000
/** What the agent writes there in a week is less. */
const LEAST_BYTES = 64 * 1024

const ok = (subject: string, message: string): Finding => ({ subject, level: 'ok', message, remedy: null })
const warning = (subject: string, message: string, remedy: string): Finding => ({ subject, level: 'warning', message, remedy })
const fault = (subject: string, message: string, remedy: string): Finding => ({ subject, level: 'fault', message, remedy })

/** Looks at everything; nothing that is at fault hides anything else. */
export async function examine (environment: Environment): Promise<readonly Finding[]> {
  const read = readConfig(environment, (path) => readFileSync(path, 'utf8'))
  const warnings = read.warnings.map(({ variable, message }) => warning(variable, message, `change ${variable}, or leave it if it is meant so`))
  if ('faults' in read) return [...read.faults.map(configurationFault), ...warnings, capabilities(false), await keepalived('/usr/sbin/keepalived')]
  const { config } = read
  const [keepalivedProgram = ''] = config.command
  const agent = await agentOf(config)
  return [
    ok('configuration', `${config.mode} mode`),
    ...warnings,
    capabilities(runsScripts(config)),
    await keepalived(keepalivedProgram),
    ...programs(config, environment['PATH'] ?? ''),
    await directory('run directory', config.runDir, 'KEEPALIVED_MESH_RUN_DIR'),
    ...config.mode === 'passthrough' ? [] : await onTheNetwork(config, agent !== null),
    ...agent === null ? [] : ofAgent(agent)
  ]
}

function configurationFault ({ variable, received, expected }: Fault): Finding {
  const shown = received === null ? 'nothing' : received === masked ? masked : JSON.stringify(received)
  return fault(variable, `received ${shown}, expected ${expected}`, `set ${variable} to what is expected, in the environment of the container or unit`)
}

function capabilities (hasScripts: boolean): Finding {
  const lack = lackOf(['NET_ADMIN', 'NET_RAW', ...hasScripts ? ['SETGID'] as const : []])
  if (lack === null) return ok('capabilities', 'all that are needed')
  return fault('capabilities', lack, 'run as root, in a container with --cap-add for each that is named')
}

async function keepalived (program: string): Promise<Finding> {
  const version = await versionOf(program)
  if (version === null) return fault('keepalived', `${program} cannot be run, or is no keepalived`, 'install keepalived 2.2 or newer, or name it in KEEPALIVED_CMD')
  if (isTooOld(version)) return fault('keepalived', `${program} is version ${version.join('.')}`, 'install keepalived 2.2 or newer')
  return ok('keepalived', `${program}, version ${version.join('.')}`)
}

function programs (config: Config, path: string): readonly Finding[] {
  const needed = [
    { program: 'ip', package: 'iproute2', isNeeded: true, for: 'to read the addresses of this host' },
    { program: 'arping', package: 'iputils-arping, or arping of busybox', isNeeded: config.mode === 'mesh' || config.mode === 'union', for: 'to see who holds the VIP' },
    { program: 'curl', package: 'curl', isNeeded: config.mode !== 'passthrough' && config.check !== null, for: 'to ask the API server' }
  ]
  return needed.filter(({ program, isNeeded }) => isNeeded && !isOnPath(program, path))
    .map((lacking) => fault(lacking.program, `is not on the PATH; it is needed ${lacking.for}`, `install ${lacking.package}`))
}

/** One that is missing is made when the agent starts, if what it is to be made in can be written. Nothing is written here: it may be somebody else's. */
async function directory (subject: string, path: string, variable: string): Promise<Finding> {
  const remedy = `mount a volume that can be written there, or set ${variable} to another directory`
  for (let place = path; ; place = dirname(place)) {
    try {
      await access(`${place}/.`, constants.W_OK | constants.X_OK) // A dot, so that a file is none.
      const { bavail, bsize } = await statfs(place)
      return bavail * bsize < LEAST_BYTES ? fault(subject, `${place} has no room left`, remedy) : ok(subject, path)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno !== 'ENOENT' || place === dirname(place)) return fault(subject, `${place} cannot be written: ${errno}`, remedy)
    }
  }
}

async function onTheNetwork (config: StaticConfig | MeshConfig, hasAgent: boolean): Promise<readonly Finding[]> {
  const read = await hostFacts()
  if (!read.ok) return [fault('addresses', `those of this host cannot be read: ${read.message}`, 'install iproute2')]
  const { value: seat, reason } = chooseSeat(config, read.facts)
  const ofMesh = config.mode === 'static' ? [] : [...config.mesh.access.open ? [] : [ok('secret', 'set')], ...hasAgent ? [] : [await port(config)], await directory('state directory', config.mesh.stateDir, 'KEEPALIVED_MESH_STATE_DIR')]
  if (seat === null) return [fault('interface', reason, 'give this host an address in the subnet of the VIP, or set KEEPALIVED_INTERFACE and KEEPALIVED_UNICAST_SRC_IP'), ...ofMesh]
  const place = standing(seat, read.facts, reason)
  const isUp = place.level === 'ok'
  return [
    place,
    ...isUp ? [...sysctl(config, seat, read.facts), ...hasAgent ? [] : [await vip(config, seat, read.facts)]] : [],
    ...isUp && config.mode !== 'static' && config.mesh.discovery.includes('mdns') ? [await mdns(config, seat)] : [],
    ...ofMesh
  ]
}

function standing ({ interface: device, source }: Seat, { interfaces }: HostFacts, reason: string): Finding {
  const found = interfaces.find(({ name }) => name === device)
  if (found === undefined) return fault('interface', `this host has no interface ${device}; it has ${interfaces.map(({ name }) => name).join(', ')}`, 'set KEEPALIVED_INTERFACE to one that it has, or unset it')
  if (!found.up) return fault('interface', `${device} is down`, `ip link set ${device} up`)
  if (!interfaces.some(({ addresses }) => addresses.some(({ address }) => address === source))) {
    return fault('source address', `${source} is no address of this host`, 'set KEEPALIVED_UNICAST_SRC_IP to one that it has, or unset it')
  }
  return ok('interface', `${device}, ${source}: ${reason}`)
}

function sysctl ({ virtualIpaddress }: StaticConfig | MeshConfig, { interface: device, source }: Seat, { interfaces }: HostFacts): readonly Finding[] {
  const own = interfaces.flatMap(({ addresses }) => addresses).find(({ address }) => address === source)
  const isShared = own !== undefined && virtualIpaddress.some(({ address, prefixLength }) => prefixLength === own.prefixLength && isWithin(address, source, prefixLength))
  if (!isShared || promotesSecondaries(device) !== false) return []
  return [warning('sysctl', `${promoteSysctl(device)} is 0: when ${source} goes and comes back, Linux deletes it together with the VIP`,
    `sysctl -w ${promoteSysctl(device)}=1, or give the VIP the prefix length /32; the agent sets it at its start where /proc/sys can be written`)]
}

async function vip ({ virtualIpaddress: [first] }: StaticConfig | MeshConfig, { interface: device }: Seat, { interfaces }: HostFacts): Promise<Finding> {
  if (first === undefined) return ok('VIP', 'learnt from the group')
  const holder = interfaces.find(({ addresses }) => addresses.some(({ address }) => address === first.address))
  if (holder !== undefined) return warning('VIP', `${first.address} is on ${holder.name} of this host, though no agent runs`, `ip address delete ${first.address}/${first.prefixLength} dev ${holder.name}, if no keepalived runs either; the agent does so at its start`)
  const ownMacs = interfaces.map(({ mac }) => mac).filter((mac) => mac !== null)
  const result = await probeVip({ vip: first.address, interface: device, source: null, ownMacs })
  if (!result.ok) return warning('VIP', `nobody could be asked who holds ${first.address}: ${result.message}`, 'see whether arping runs and the interface carries traffic')
  if (result.mac === null) return ok('VIP', `${first.address} is silent on the wire`)
  return warning('VIP', `${result.mac} answers for ${first.address}`, 'well, if that is a host of this group; else find it by its MAC and take the address off it, or choose another VIP')
}

async function port ({ mesh }: MeshConfig): Promise<Finding> {
  const errno = await listenFaultOf(mesh.port)
  if (errno === null) return ok('port', `TCP ${mesh.port} is free`)
  if (errno === 'EACCES') return fault('port', `TCP ${mesh.port} may not be listened on`, 'add the capability NET_BIND_SERVICE, or set KEEPALIVED_MESH_PORT to one above 1023, the same on every host')
  return fault('port', `TCP ${mesh.port} is taken by another process (${errno})`, `ss -ltnp sport = :${mesh.port} names it; else set KEEPALIVED_MESH_PORT to a free one, the same on every host`)
}

async function mdns ({ mesh: { name }, virtualRouterId }: MeshConfig, { source, interface: device }: Seat): Promise<Finding> {
  const said = await mdnsFaultOf(source, { name, virtualRouterId })
  if (said === null) return ok('mDNS', `questions go out on ${device}`)
  return warning('mDNS', said, 'let UDP port 5353 to and from 224.0.0.251 (ff02::fb) through the firewall, or set KEEPALIVED_MESH_SEEDS to a few hosts')
}

/** The document of the agent that runs here; null when none answers. */
async function agentOf (config: Config): Promise<StatusDocument | null> {
  try {
    return documentSchema.parse(await askAgent({ command: 'status' }, { path: controlPath(config), timeoutMs: ASK_TIMEOUT_MS }))
  } catch (error) {
    if (error instanceof AskError) return null
    throw error
  }
}

function ofAgent ({ phase, waitingFor, alarms, members }: StatusDocument): readonly Finding[] {
  const alarming = alarms.map((alarm) => fault('alarm', alarm, 'keepalived-mesh status shows the group; the alarm goes when its reason does'))
  const lost = members.filter(({ state }) => state === 'lost').map(({ address }) => warning('member', `${address ?? 'one'} is lost`, `bring it back, or keepalived-mesh forget ${address ?? 'MEMBER'} if it will not return`))
  const isStuck = phase === 'blocked'
  return [isStuck ? fault('agent', `runs, and is blocked: ${waitingFor ?? 'no reason given'}`, 'remove what blocks it; it tries again by itself') : ok('agent', `runs: ${phase}`), ...alarming, ...lost]
}
