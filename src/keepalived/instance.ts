/**
 * All that stands in keepalived.conf, as values under the names of its directives. Two pure functions make one: from
 * the operator's settings alone, as the seed did, or with what the mesh decided (order, peers, source).
 *
 * keepalived 2.2.7 with `reload_check_config` refuses to reload *and to start* on any remark of its config test, even
 * a harmless one. So nothing is rendered that it remarks on: a password is cut, a script that nothing tracks is left
 * out, and where the seed's own conf draws a remark, the directive is.
 */
import assert from 'node:assert/strict'
import { addressOf } from '../config/address.ts'
import { authPass as authPassGrammar, authPassLengthMax } from '../config/auth-pass.ts'
import { peersOrPlaceholder } from './placeholder.ts'
import type { CheckConfig, MeshConfig, NotifyScripts, StaticConfig } from '../config/config.ts'
import type { TrackInterface } from '../config/track-interface.ts'
import { cidrOf, virtualIpaddressOf } from '../config/virtual-ipaddress.ts'
import type { VirtualIpaddress } from '../config/virtual-ipaddress.ts'
import type { Conf } from '../core/event.ts'
import type { Address } from '../core/record.ts'
import type { Seat } from './seat.ts'

export interface Instance {
  readonly globalDefs: GlobalDefs
  /** Path; its number is added to the priority. Null: no such file. */
  readonly trackFile: string | null
  /** Null: no check. */
  readonly vrrpScript: VrrpScript | null
  readonly state: 'MASTER' | 'BACKUP'
  readonly interface: string
  readonly virtualRouterId: number
  readonly version: 2 | 3
  readonly priority: number
  readonly advertInt: number
  readonly unicastSrcIp: Address
  /** Never empty. */
  readonly unicastPeer: readonly Address[]
  /** Null: no authentication. Secret. */
  readonly authPass: string | null
  readonly virtualIpaddress: readonly VirtualIpaddress[]
  readonly virtualIpaddressExcluded: readonly VirtualIpaddress[]
  readonly trackInterface: readonly TrackInterface[]
  readonly notify: NotifyScripts
  /** Whole lines of the operator's, for `global_defs` and for the instance. */
  readonly extraGlobal: readonly string[]
  readonly extraInstance: readonly string[]
}

export interface GlobalDefs {
  /** Where a refused reload is explained; null: reloads are not checked by keepalived. */
  readonly reloadCheckConfig: string | null
  readonly vrrpNotifyFifo: string
}

export interface VrrpScript extends Pick<CheckConfig, 'interval' | 'fall' | 'rise' | 'weight'> {
  /** The program and its arguments. */
  readonly script: string
}

/** Paths that the conf names. */
export interface InstanceFiles {
  readonly notifyFifo: string
  readonly trackFile: string
  readonly reloadCheckLog: string
  /** Where the check of the API server is installed. */
  readonly checkScript: string
}

/** "Address owner": takes the VIP at once (RFC 9568 §5.2.4). Weights do not count, and keepalived remarks on each. */
const addressOwnerPriority = 255

/** What the check script assumes for arguments that it is not given: host, path, seconds. */
const checkDefaults = ['localhost', '/livez', '2', ''] as const

/** The conf of the seed. */
export function staticInstance (config: StaticConfig, seat: Seat, files: InstanceFiles): Instance {
  const { priority, trackInterface } = config
  // The seed's conf tracks the interface itself when told to, and keepalived remarks that it ignores this.
  const remarked = trackInterface.some(tracked => tracked.interface === seat.interface)
  return {
    ...settingsOf(config, seat.interface, files, { priority, vip: config.virtualIpaddress[0].address }),
    globalDefs: { reloadCheckConfig: remarked ? null : files.reloadCheckLog, vrrpNotifyFifo: files.notifyFifo },
    trackFile: null,
    state: config.state,
    priority,
    unicastSrcIp: seat.source,
    unicastPeer: peersOf(config.unicastPeer, seat.source, config.virtualIpaddress[0]),
    virtualIpaddress: config.virtualIpaddress,
    virtualIpaddressExcluded: config.virtualIpaddressExcluded,
    trackInterface: countingAt(priority, trackInterface)
  }
}

/**
 * The conf that the mesh decided on. `conf` comes from the core; what in it breaks its grammar is a defect. Words after a VIP
 * (an interface, a label) are this host's own, and nobody else's.
 */
export function meshInstance (config: MeshConfig, interfaceName: string, conf: Conf, files: InstanceFiles): Instance {
  const { spec } = conf
  const first = vipLine(config, spec.virtualIpaddress)
  const further = conf.vips.map((vip) => vipLine(config, vip))
  const priority = conf.claim ? addressOwnerPriority : conf.priority
  const agreed = { version: spec.version, advertInt: spec.advertInt, authPass: spec.version === 3 ? null : checkedAuthPass(spec.authPass) }
  return {
    ...settingsOf({ ...config, ...agreed }, interfaceName, files, { priority, vip: first.address }),
    globalDefs: { reloadCheckConfig: files.reloadCheckLog, vrrpNotifyFifo: files.notifyFifo },
    trackFile: priority === addressOwnerPriority ? null : files.trackFile,
    state: conf.claim ? 'MASTER' : config.state ?? 'BACKUP',
    priority,
    unicastSrcIp: checkedAddress(conf.source),
    unicastPeer: peersOf(conf.peers.map(checkedAddress), conf.source, first),
    virtualIpaddress: config.mode === 'mesh' ? [first] : [first, ...further],
    virtualIpaddressExcluded: config.mode === 'mesh' ? further : config.virtualIpaddressExcluded,
    trackInterface: countingAt(priority, config.trackInterface.filter(tracked => tracked.interface !== interfaceName))
  }
}

type Settings = Pick<Instance, 'interface' | 'virtualRouterId' | 'version' | 'advertInt' | 'authPass' | 'notify' | 'vrrpScript' | 'extraGlobal' | 'extraInstance'>

/** What does not depend on the mode. */
function settingsOf (config: StaticConfig | MeshConfig, interfaceName: string, files: InstanceFiles, { priority, vip }: { readonly priority: number, readonly vip: Address }): Settings {
  const { virtualRouterId, version, advertInt, authPass, notify, check, extraGlobal, extraInstance } = config
  const vrrpScript = check === null || priority === addressOwnerPriority ? null : vrrpScriptOf({ ...check, address: check.address ?? vip }, files.checkScript)
  return { interface: interfaceName, virtualRouterId, version, advertInt, authPass, notify, vrrpScript, extraGlobal, extraInstance }
}

/** Those that can change anything: without a weight they mean FAULT, at any priority. */
function countingAt (priority: number, tracked: readonly TrackInterface[]): readonly TrackInterface[] {
  return priority === addressOwnerPriority ? tracked.filter(({ weight }) => weight === null || weight === 0) : tracked
}

/** Arguments that the script assumes anyway are left out, from the end: what is left is the seed's own line. */
function vrrpScriptOf (check: CheckConfig & { readonly address: string }, program: string): VrrpScript {
  const extra = [check.host, check.path, String(check.timeout), check.caFile ?? '']
  const used = extra.findLastIndex((argument, i) => argument !== checkDefaults[i]) + 1
  const { interval, fall, rise, weight } = check
  return { script: [program, check.address, check.port, ...extra.slice(0, used)].join(' '), interval, fall, rise, weight }
}

function peersOf (peers: readonly Address[], source: Address, { family }: VirtualIpaddress): readonly Address[] {
  return peersOrPlaceholder(peers.filter(peer => peer !== source), family)
}

/** `ADDRESS/LENGTH` as the environment has it, or else as it is. */
function vipLine ({ virtualIpaddress, virtualIpaddressExcluded }: MeshConfig, cidr: string): VirtualIpaddress {
  const own = [...virtualIpaddress, ...virtualIpaddressExcluded].find(vip => cidrOf(vip) === cidr)
  const vip = own ?? virtualIpaddressOf(cidr)
  assert(typeof vip !== 'string' && (own !== undefined || vip.options.length === 0), `"${cidr}" is no VIP`)
  return vip
}

function checkedAuthPass (text: string | null): string {
  assert(text !== null && text.length <= authPassLengthMax && authPassGrammar.safeParse(text).success, 'a password that VRRP cannot carry')
  return text
}

function checkedAddress (text: string): Address {
  const address = addressOf(text)
  assert(address !== null, `"${text}" is no address`)
  return address
}
