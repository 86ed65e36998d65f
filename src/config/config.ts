/**
 * What the operator asked for, read and checked: the result of src/config and the only form in which anything else
 * sees the environment. Directives of keepalived keep their names, in camelCase.
 */
import type { Address } from '../core/record.ts'
import type { Endpoint } from './endpoint.ts'
import type { GroupKeys } from './group-keys.ts'
import type { TrackInterface } from './track-interface.ts'
import type { VirtualIpaddress } from './virtual-ipaddress.ts'

export type Config = PassthroughConfig | StaticConfig | MeshConfig

/** What every mode needs: how keepalived is run. */
export interface ProcessConfig {
  /** Path of keepalived.conf. */
  readonly conf: string
  /** Program and arguments. */
  readonly command: readonly string[]
  readonly debug: boolean
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug'
  /** Removed at the start when no keepalived runs. */
  readonly varRun: string
  readonly runDir: string
}

/** The conf is the user's and never touched. */
export interface PassthroughConfig extends ProcessConfig {
  readonly mode: 'passthrough'
}

/** What static mode and a mesh have in common. */
export interface VrrpConfig extends ProcessConfig {
  /** 1 … 255. */
  readonly virtualRouterId: number
  readonly version: 2 | 3
  /** Seconds: whole with version 2. */
  readonly advertInt: number
  /** At most 8 characters; null with version 3, which has none. Secret. */
  readonly authPass: string | null
  /** Whether the operator set it. */
  readonly isAuthPassSet: boolean
  /** Null: to be found. */
  readonly interface: string | null
  /** Null: to be found. */
  readonly unicastSrcIp: Address | null
  /** By index. Of the first VIP's family, without repetition, none a VIP. */
  readonly unicastPeer: readonly Address[]
  /** By index. In static and union mode all of one family. None only in a mesh that was asked for: then they are learnt. */
  readonly virtualIpaddress: readonly VirtualIpaddress[]
  readonly virtualIpaddressExcluded: readonly VirtualIpaddress[]
  readonly trackInterface: readonly TrackInterface[]
  readonly notify: NotifyScripts
  /** Lines for `global_defs` and for the instance, in directives that nothing here models. */
  readonly extraGlobal: readonly string[]
  readonly extraInstance: readonly string[]
  /** Null: no check. */
  readonly check: CheckConfig | null
  /** Text of the user's template; null: ours. */
  readonly template: string | null
}

export interface StaticConfig extends VrrpConfig {
  readonly mode: 'static'
  readonly virtualIpaddress: readonly [VirtualIpaddress, ...VirtualIpaddress[]]
  readonly state: 'MASTER' | 'BACKUP'
  /** 1 … 255. */
  readonly priority: number
}

export interface MeshConfig extends VrrpConfig {
  /** `union`: the static peers are listed besides the members. */
  readonly mode: 'mesh' | 'union'
  /** As set by the operator; null: BACKUP. */
  readonly state: 'MASTER' | 'BACKUP' | null
  /** `KEEPALIVED_PRIORITY`, 1 … 255; null: agreed. */
  readonly pinned: number | null
  readonly mesh: MeshSettings
}

/** Scripts with their arguments; null: none. */
export interface NotifyScripts {
  readonly notify: string | null
  readonly notifyMaster: string | null
  readonly notifyBackup: string | null
  readonly notifyFault: string | null
  readonly notifyStop: string | null
}

export interface CheckConfig {
  /** Where the VIP's holder is asked as well: an address, or a name. Null: the first VIP. */
  readonly address: string | null
  readonly port: number
  readonly host: string
  readonly path: string
  /** Whole seconds. */
  readonly interval: number
  /** Seconds, below the interval. */
  readonly timeout: number
  readonly fall: number
  readonly rise: number
  /** −253 … 253; 0 means FAULT. */
  readonly weight: number
  readonly caFile: string | null
}

/** Ways in which hosts are found, in order of cost … */
export const discoverySources = ['vip', 'remembered', 'mdns', 'seeds', 'static', 'kubernetes', 'sweep'] as const
/** … and those of them that are used unless told. */
export const usualSources: readonly DiscoverySource[] = ['vip', 'remembered', 'mdns', 'seeds', 'static']

export type DiscoverySource = typeof discoverySources[number]

export interface MeshSettings {
  readonly name: string
  readonly access: Access
  readonly port: number
  readonly seeds: readonly Seed[]
  readonly discovery: readonly DiscoverySource[]
  readonly specRevision: number
  readonly unlistMs: number
  /** Of which Nodes are the hosts of the group, and how the API is reached; `kubeconfig` null: by the account of the Pod. */
  readonly kubernetes: { readonly labelSelector: string, readonly kubeconfig: string | null }
  readonly stateDir: string
  /** Null: none. */
  readonly http: Endpoint | null
}

/** Who may join. */
export interface Access {
  /** What lets a host in: the first is used, the others are accepted as well. None: an open mesh. Secret. */
  readonly keys: readonly GroupKeys[]
  /** Whether a host without a secret is let in: without keys, or while a group goes over to its first secret. */
  readonly open: boolean
}

export interface Seed {
  /** A canonical address, or a name to resolve anew on each try. */
  readonly host: string
  /** Null: the port of the mesh. */
  readonly port: number | null
}
