/**
 * The sources that the configuration picks (`KEEPALIVED_MESH_DISCOVERY`), as one. The `vip` source is not here: to
 * whom a VIP leads changes by the second, so the core asks through it whenever it needs to.
 */
import type { Logger } from 'pino'
import type { Happening } from '../../core/event.ts'
import type { Address } from '../../core/record.ts'
import type { Group } from '../group.ts'
import { createRemembered, createStatic } from './fixed.ts'
import type { KubernetesOptions } from './kubernetes/kubernetes.ts'
import { createLater } from './later.ts'
import { createMdns } from './mdns.ts'
import { createSeeds, type Seed } from './seeds.ts'
import type { Lead, Source, SourceDependencies } from './source.ts'
import { createSweep, type SweepOptions } from './sweep.ts'

export type SourceName = 'remembered' | 'mdns' | 'seeds' | 'static' | 'kubernetes' | 'sweep'

export interface DiscoveryOptions {
  readonly sources: ReadonlySet<string>
  readonly group: Group
  /** The group's port, where nothing else is said. */
  readonly port: number
  readonly seeds: readonly Seed[]
  readonly staticPeers: readonly Address[]
  /** The members of the last view. */
  readonly remembered: readonly Lead[]
  /** Null: there is none yet. */
  readonly ownAddress: Address | null
  readonly kubernetes: Omit<KubernetesOptions, 'port'>
  readonly prefixLengthOf: SweepOptions['prefixLengthOf']
}

export interface DiscoveryDependencies {
  readonly emit: (happening: Happening) => void
  readonly alone: () => boolean
  readonly log: Logger
}

/** All sources that are picked; a name that is none of theirs picks nothing. */
export function createDiscovery (options: DiscoveryOptions, dependencies: DiscoveryDependencies): Source {
  const { emit, alone, log } = dependencies
  const create: Record<SourceName, (its: SourceDependencies) => Source> = {
    remembered: (its) => createRemembered({ members: options.remembered }, its),
    mdns: (its) => createMdns({ group: options.group, port: options.port }, { ...its, log }),
    seeds: (its) => createSeeds({ seeds: options.seeds, port: options.port }, { ...its, log }),
    static: (its) => createStatic({ peers: options.staticPeers, port: options.port }, its),
    kubernetes: (its) => createLater(async () => {
      const { createKubernetes } = await import('./kubernetes/kubernetes.ts')
      return createKubernetes({ ...options.kubernetes, port: options.port }, { ...its, gone: (address) => { emit({ kind: 'nodeGone', address }) }, log })
    }),
    sweep: (its) => createSweep({ port: options.port, prefixLengthOf: options.prefixLengthOf }, its)
  }
  const sources = Object.entries(create).filter(([name]) => options.sources.has(name)).map(([source, createSource]) =>
    createSource({ alone, found: ({ address, port }) => { emit({ kind: 'found', address, port, source }) } }))

  const setOwnAddress = (address: Address | null): void => { for (const source of sources) source.setOwnAddress(address) }
  setOwnAddress(options.ownAddress)
  return {
    start () { for (const source of sources) source.start() },
    setOwnAddress,
    stop () { for (const source of sources) source.stop() }
  }
}
