/**
 * Where VRRP sits on this host: the interface and the source address, chosen from what the host has where the operator
 * named none. Each choice comes with its reason, for people.
 *
 * Never by a VIP: the first address of an interface may well be one that an earlier keepalived left there, and a
 * source that moves away with the VIP means FAULT on the host that lost it.
 */
import { isWithin } from '../config/address.ts'
import type { Address } from '../core/record.ts'
import type { MeshConfig, StaticConfig } from '../config/config.ts'
import type { HostAddress, HostFacts, HostInterface } from '../host/facts.ts'

export interface Seat {
  readonly interface: string
  readonly source: Address
}

/** `value` is null when there is nothing to choose; then `reason` says what is missing. */
export interface Choice<Value> {
  readonly value: Value | null
  readonly reason: string
}

/** The interface: as configured; else the one that has the configured source; else the one whose subnet holds the first VIP; else that of the default route. */
export function chooseInterface (config: StaticConfig | MeshConfig, facts: HostFacts): Choice<string> {
  if (config.interface !== null) return { value: config.interface, reason: 'KEEPALIVED_INTERFACE, or its default' }
  const source = config.unicastSrcIp
  const holder = facts.interfaces.find(({ addresses }) => addresses.some(({ address }) => address === source))
  if (holder !== undefined) return { value: holder.name, reason: `it has KEEPALIVED_UNICAST_SRC_IP, ${source}` }
  const [vip] = config.virtualIpaddress
  const near = facts.interfaces.filter(hosts => ownAddresses(hosts, config)
    .some(({ address, prefixLength }) => isWithin(vip.address, address, prefixLength)))
  const nearest = near.find(({ up }) => up) ?? near[0]
  if (nearest !== undefined) return { value: nearest.name, reason: `its subnet holds the first VIP, ${vip.address}` }
  const exit = facts.defaultRoute[vip.family]
  if (exit !== null) return { value: exit, reason: `the default route leaves by it; no subnet holds the first VIP, ${vip.address}` }
  return { value: null, reason: `no interface has a subnet that holds the first VIP, ${vip.address}, and there is no default route` }
}

/** The source: as configured; else the first address of the VIP's family on the interface that is no VIP and, where there is a choice, neither link-local nor secondary. */
export function chooseSource (config: StaticConfig | MeshConfig, facts: HostFacts, interfaceName: string): Choice<Address> {
  if (config.unicastSrcIp !== null) return { value: config.unicastSrcIp, reason: 'KEEPALIVED_UNICAST_SRC_IP' }
  const found = facts.interfaces.find(({ name }) => name === interfaceName)
  if (found === undefined) return { value: null, reason: `this host has no interface ${interfaceName}` }
  const [{ family }] = config.virtualIpaddress
  const candidates = ownAddresses(found, config).filter(address => address.family === family)
  const chosen = candidates.find(({ secondary, scope }) => !secondary && scope === 'global') ??
    candidates.find(({ scope }) => scope === 'global') ?? candidates[0]
  if (chosen === undefined) return { value: null, reason: `${interfaceName} has no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address that is no VIP` }
  const others = candidates.length - 1
  return { value: chosen.address, reason: `first address of ${interfaceName} that is no VIP${others > 0 ? `, of ${candidates.length}` : ''}` }
}

/** The seat, or what is missing for one. */
export function chooseSeat (config: StaticConfig | MeshConfig, facts: HostFacts): Choice<Seat> {
  const chosen = chooseInterface(config, facts)
  if (chosen.value === null) return { value: null, reason: chosen.reason }
  const source = chooseSource(config, facts, chosen.value)
  if (source.value === null) return { value: null, reason: source.reason }
  return { value: { interface: chosen.value, source: source.value }, reason: `${chosen.reason}; ${source.reason}` }
}

function ownAddresses (found: HostInterface, { virtualIpaddress, virtualIpaddressExcluded }: StaticConfig | MeshConfig): HostAddress[] {
  const vips = new Set([...virtualIpaddress, ...virtualIpaddressExcluded].map(({ address }) => address))
  return found.addresses.filter(({ address, scope }) => !vips.has(address) && scope !== 'host')
}
