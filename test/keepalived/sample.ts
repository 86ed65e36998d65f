/** Values that many tests of this folder start from. */
import { readConfig } from '../../src/config/read-config.ts'
import { groupSpecOf, sharedVipsOf } from '../../src/config/group-spec.ts'
import type { MeshConfig, StaticConfig } from '../../src/config/config.ts'
import type { Conf } from '../../src/core/event.ts'
import type { HostAddress, HostFacts } from '../../src/host/facts.ts'
import type { InstanceFiles } from '../../src/keepalived/instance.ts'

export const files: InstanceFiles = {
  notifyFifo: '/run/keepalived-mesh/notify.fifo',
  trackFile: '/run/keepalived-mesh/priority.offset',
  reloadCheckLog: '/run/keepalived-mesh/reload-check.log',
  checkScript: '/usr/lib/keepalived/scripts/chk_kube_apiserver.sh'
}

const interfaces = [
  { name: 'lo', index: 1, mac: null, up: true, addresses: [addressOf('127.0.0.1', { prefixLength: 8, scope: 'host' })] },
  { name: 'eth0', index: 2, mac: '02:00:00:00:00:21', up: true, addresses: [addressOf('10.10.0.21'), addressOf('10.10.0.99', { secondary: true })] },
  { name: 'eth1', index: 3, mac: '02:00:00:00:01:21', up: true, addresses: [addressOf('172.16.1.21')] }
] as const

/** What the seed's cases were recorded on: eth0 has 10.10.0.21/24, then 10.10.0.99/24. */
export const facts: HostFacts = { interfaces, defaultRoute: { ipv4: 'eth1', ipv6: null } }

export function addressOf (address: string, rest: Partial<HostAddress> = {}): HostAddress {
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  return { address, family, prefixLength: family === 'ipv4' ? 24 : 64, secondary: false, scope: 'global', ...rest }
}

/** The facts with other addresses on eth0. */
export function factsWith (addresses: readonly HostAddress[]): HostFacts {
  const [lo, eth0, eth1] = interfaces
  return { ...facts, interfaces: [lo, { ...eth0, addresses }, eth1] }
}

/** What the environment says; throws with the faults when it is not of that mode. */
export function configOf<Mode extends 'static' | 'mesh'> (mode: Mode, environment: Record<string, string>): Mode extends 'static' ? StaticConfig : MeshConfig
export function configOf (mode: 'static' | 'mesh', environment: Record<string, string>): StaticConfig | MeshConfig {
  const wish = mode === 'static' ? 'off' : 'on'
  const read = readConfig({ KEEPALIVED_MESH: wish, KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24', ...environment }, noFile)
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  if (read.config.mode === 'passthrough') throw new Error('passthrough')
  return read.config
}

/** Of a host of this configuration, among two others. */
export function confOf (config: MeshConfig): Conf {
  const spec = groupSpecOf(config)
  if (spec === null) throw new Error('no VIP')
  return { priority: 254, claim: false, source: '10.10.0.21', peers: ['10.10.0.22', '10.10.0.23'], lists: [], spec, vips: sharedVipsOf(config).slice(1) }
}

export function noFile (path: string): string {
  throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' })
}
