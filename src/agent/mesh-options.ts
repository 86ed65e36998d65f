/** What the parts of an agent in a mesh are told: from the configuration, what this host is now, and what it remembers. */
import type { MeshConfig } from '../config/config.ts'
import { groupSpecOf, passwordsOf, sharedVipsOf } from '../config/group-spec.ts'
import type { CoreOptions } from '../core/core.ts'
import type { Memory } from '../core/effect.ts'
import type { Address, MemberId } from '../core/record.ts'
import type { DiscoveryOptions } from '../mesh/discovery/discovery.ts'
import type { MeshOptions } from '../mesh/mesh.ts'
import type { AgentDependencies } from './fate.ts'
import type { Site } from './site.ts'

type Place = Pick<Site, 'seat' | 'mac' | 'link' | 'held'>

interface Beginning {
  readonly id: MemberId
  readonly incarnation: number
  readonly memory: Memory | null
  readonly version: string
}

export function coreOptions (config: MeshConfig, site: Place, { version, ...beginning }: Beginning): CoreOptions {
  return {
    ...beginning,
    address: site.seat()?.source ?? null,
    mac: site.mac(),
    link: site.link(),
    held: site.held(),
    port: config.mesh.port,
    pinned: config.pinned,
    software: version,
    spec: groupSpecOf(config),
    vips: sharedVipsOf(config),
    isAuthPassSet: config.isAuthPassSet,
    passwords: passwordsOf(config),
    hasSecret: !config.mesh.access.open,
    asksVip: config.mesh.discovery.includes('vip'),
    staticPeers: config.unicastPeer,
    unlistMs: config.mesh.unlistMs
  }
}

/** @param listed what keepalived lists already: a view that is older need not know who is there */
export function discoveryOptions (config: MeshConfig, memory: Memory | null, listed: readonly Address[], site: Place, environment: AgentDependencies['environment']): DiscoveryOptions {
  const { name, port, seeds, discovery } = config.mesh
  const members = (memory?.claims ?? []).map(({ statement }) => statement).filter((statement) => statement.kind === 'member')
  const unknown = listed.filter((listedAddress) => !members.some(({ address }) => address === listedAddress))
  return {
    sources: new Set(discovery),
    group: { name, virtualRouterId: config.virtualRouterId },
    port,
    seeds,
    staticPeers: config.unicastPeer,
    remembered: [...members, ...unknown.map((address) => ({ address, port }))],
    ownAddress: site.seat()?.source ?? null,
    kubernetes: { ...config.mesh.kubernetes, service: serviceIn(environment) },
    prefixLengthOf: (own) => site.held().find(({ address }) => address === own)?.prefixLength ?? null
  }
}

/** Where the kubelet tells each Pod that the API is. */
function serviceIn ({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' }: AgentDependencies['environment']): { readonly host: string, readonly port: string } | null {
  return host === undefined ? null : { host, port }
}

/** An open mesh hears hosts on other networks only where the operator named them by address. */
export function accessOf ({ mesh: { access: { keys, open }, seeds }, unicastPeer }: MeshConfig): Pick<MeshOptions, 'access' | 'named'> {
  return { access: { keys: keys.map(({ preSharedKey }) => preSharedKey), open }, named: [...unicastPeer, ...seeds.map(({ host }) => host)] }
}
