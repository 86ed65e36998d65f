/**
 * Where each value of a conf comes from, and what else there was: nothing is magic. As comments, one for each directive, in the order of the conf. A value is from the
 * environment, discovered on this host, agreed on by the group, or a default.
 */
import type { MeshConfig, StaticConfig } from '../config/config.ts'
import { trackInterfaceLine } from '../config/track-interface.ts'
import { virtualIpaddressLine } from '../config/virtual-ipaddress.ts'
import type { Conf } from '../core/event.ts'
import type { HostFacts } from '../host/facts.ts'
import type { Instance } from '../keepalived/instance.ts'
import { chooseInterface, chooseSource } from '../keepalived/seat.ts'

export interface Grounds {
  readonly config: StaticConfig | MeshConfig
  readonly facts: HostFacts
  /** What the group agreed on and keepalived runs; null: nothing yet. */
  readonly agreed: Conf | null
  /** The environment, as it was read. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

interface Line {
  readonly directive: string
  readonly value: string
  readonly origin: string
}

export function explanationOf (instance: Instance, grounds: Grounds): string {
  const lines = [...seatLines(instance, grounds), ...groupLines(instance, grounds), ...ownLines(instance, grounds)]
  const widths = (['directive', 'value'] as const).map((key) => Math.min(40, Math.max(...lines.map((line) => line[key].length))))
  return lines.map(({ directive, value, origin }) => `# ${directive.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${origin}`).join('\n')
}

/** Names of that variable, or list, that are set; null: none. */
function setNames ({ environment }: Grounds, ...names: readonly string[]): string | null {
  const found = Object.keys(environment).filter((key) => (environment[key] ?? '') !== '' && names.some((name) => name.endsWith('_') ? key.startsWith(name) && /^\d{1,3}$/.test(key.slice(name.length)) : key === name))
  return found.length === 0 ? null : `from ${found.toSorted().join(', ')}`
}

const fromOrDefault = (grounds: Grounds, ...names: readonly string[]): string => setNames(grounds, ...names) ?? `the default; ${names.join(' or ')} is not set`

const except = (names: readonly string[]): string => names.length === 0 ? '; there is no other' : `; not ${names.join(', ')}`

function seatLines ({ interface: device, unicastSrcIp }: Instance, grounds: Grounds): readonly Line[] {
  const { config, facts } = grounds
  const others = facts.interfaces.filter(({ name, addresses }) => name !== device && addresses.some(({ scope }) => scope !== 'host'))
  const besides = facts.interfaces.find(({ name }) => name === device)?.addresses.filter(({ address }) => address !== unicastSrcIp) ?? []
  return [
    { directive: 'interface', value: device, origin: setNames(grounds, 'KEEPALIVED_INTERFACE') ??
      (config.mode === 'static' ? fromOrDefault(grounds, 'KEEPALIVED_INTERFACE') : `discovered: ${chooseInterface(config, facts).reason}${except(others.map(({ name, addresses }) => `${name} (${addresses.map(({ address }) => address).join(' ')})`))}`) },
    { directive: 'unicast_src_ip', value: unicastSrcIp, origin: setNames(grounds, 'KEEPALIVED_UNICAST_SRC_IP') ??
      `discovered: ${chooseSource(config, facts, device).reason}${except(besides.map(({ address, secondary, scope }) => `${address}${secondary ? ' (secondary)' : scope === 'global' ? '' : ` (${scope})`}`))}` }
  ]
}

/** What all members share, or agree on. */
function groupLines (instance: Instance, grounds: Grounds): readonly Line[] {
  const { config, agreed } = grounds
  const shared = (names: string): string => {
    const own = setNames(grounds, names)
    return agreed === null ? own ?? `the default; ${names} is not set` : `agreed on by the group${own === null ? '' : `; this host brings one ${own}`}`
  }
  const alone = config.mode === 'static' ? null : 'of a host on its own: the group agrees on it when the agent runs'
  const { priority, state, unicastPeer, virtualRouterId, version, advertInt, authPass, virtualIpaddress, virtualIpaddressExcluded } = instance
  return [
    { directive: 'virtual_router_id', value: String(virtualRouterId), origin: fromOrDefault(grounds, 'KEEPALIVED_VIRTUAL_ROUTER_ID') },
    { directive: 'version', value: String(version), origin: shared('KEEPALIVED_VRRP_VERSION') },
    { directive: 'advert_int', value: String(advertInt), origin: shared('KEEPALIVED_ADVERT_INT') },
    { directive: 'state', value: state, origin: agreed?.claim === true ? 'this host claims the VIP' : fromOrDefault(grounds, 'KEEPALIVED_STATE') },
    { directive: 'priority', value: String(priority), origin: setNames(grounds, 'KEEPALIVED_PRIORITY') ?? (agreed === null ? alone ?? fromOrDefault(grounds, 'KEEPALIVED_PRIORITY') : 'agreed on by the group: by seniority, KEEPALIVED_PRIORITY is not set') },
    { directive: 'unicast_peer', value: unicastPeer.join(' '), origin: agreed === null ? setNames(grounds, 'KEEPALIVED_UNICAST_PEER_') ?? (alone === null ? 'nobody: an address that leads nowhere, or keepalived would turn to multicast' : alone) : `agreed on by the group: all its members but this host${setNames(grounds, 'KEEPALIVED_UNICAST_PEER_') === null ? '' : ', and KEEPALIVED_UNICAST_PEER_###'}` },
    ...authPass === null ? [] : [{ directive: 'auth_pass', value: '(not shown)', origin: authPassOrigin(grounds) }],
    ...virtualIpaddress.map((vip) => ({ directive: 'virtual_ipaddress', value: virtualIpaddressLine(vip), origin: vipOrigin(grounds, vip.address, 'KEEPALIVED_VIRTUAL_IPADDRESS_') })),
    ...virtualIpaddressExcluded.map((vip) => ({ directive: 'virtual_ipaddress_excluded', value: virtualIpaddressLine(vip), origin: `${vipOrigin(grounds, vip.address, 'KEEPALIVED_VIRTUAL_IPADDRESS_', 'KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_')}${config.mode === 'mesh' ? '; adverts of a mesh carry only the first VIP' : ''}` }))
  ]
}

function authPassOrigin (grounds: Grounds): string {
  const own = setNames(grounds, 'KEEPALIVED_AUTH_PASS', 'KEEPALIVED_AUTH_PASS_FILE')
  const secret = grounds.config.mode !== 'static' && !grounds.config.mesh.access.open
  return own ?? (secret ? 'made of the secret of the mesh; KEEPALIVED_AUTH_PASS is not set' : 'the default; KEEPALIVED_AUTH_PASS is not set')
}

function vipOrigin (grounds: Grounds, address: string, ...names: readonly string[]): string {
  const { environment } = grounds
  const found = Object.keys(environment).filter((key) => names.some((name) => key.startsWith(name)) && (environment[key] ?? '').trim().split(/[/ ]/)[0] === address)
  return found.length === 0 ? 'agreed on by the group' : `from ${found.join(', ')}`
}

/** What every host has for itself. */
function ownLines ({ trackInterface, vrrpScript, trackFile, notify, extraGlobal, extraInstance }: Instance, grounds: Grounds): readonly Line[] {
  const scripts = { notify: notify.notify, notify_master: notify.notifyMaster, notify_backup: notify.notifyBackup, notify_fault: notify.notifyFault, notify_stop: notify.notifyStop }
  const script = vrrpScript
  return [
    ...trackInterface.map((tracked) => ({ directive: 'track_interface', value: trackInterfaceLine(tracked), origin: fromOrDefault(grounds, 'KEEPALIVED_TRACK_INTERFACE_') })),
    ...script === null
      ? []
      : [
        { directive: 'vrrp_script', value: script.script.split('/').at(-1) ?? script.script, origin: fromOrDefault(grounds, 'KEEPALIVED_KUBE_APISERVER_CHECK') },
        ...(['interval', 'fall', 'rise', 'weight'] as const).map((key) => ({ directive: key, value: String(script[key]), origin: fromOrDefault(grounds, `KUBE_APISERVER_CHK_${key.toUpperCase()}`) }))
      ],
    ...trackFile === null ? [] : [{ directive: 'track_file', value: trackFile, origin: 'always in a mesh: lowers the priority for a hand-over' }],
    ...Object.entries(scripts).flatMap(([directive, line]) => line === null ? [] : [{ directive, value: line, origin: fromOrDefault(grounds, `KEEPALIVED_${directive.toUpperCase()}`) }]),
    ...extraGlobal.map((line) => ({ directive: 'global_defs', value: line, origin: 'from KEEPALIVED_EXTRA_GLOBAL' })),
    ...extraInstance.map((line) => ({ directive: 'vrrp_instance', value: line, origin: 'from KEEPALIVED_EXTRA_INSTANCE' }))
  ]
}
