/**
 * Where VRRP sits on this host: the interface and the source address, chosen from what the host has where the operator
 * named none. Each choice comes with its reason, for people.
 *
 * Never by a VIP: the first address of an interface may well be one that an earlier keepalived left there, and a
 * source that moves away with the VIP means FAULT on the host that lost it.
 */
import { isWithin } from '../config/address.ts'
import type { Address } from '../core/record.ts'
import type { VrrpConfig } from '../config/config.ts'
import type { HostAddress, HostFacts, HostInterface } from '../host/facts.ts'

export interface Seat {
  readonly interface: string
  readonly source: Address
}

/** What the choice depends on. The first VIP is the one whose subnet counts; without any, the VIPs are not known yet. */
export type SeatOptions = Pick<VrrpConfig, 'interface' | 'unicastSrcIp' | 'virtualIpaddress' | 'virtualIpaddressExcluded'>

/** `value` is null when there is nothing to choose; then `reason` says what is missing. */
export interface Choice<Value> {
  readonly value: Value | null
  readonly reason: string
}

/** The interface: as configured; else the one that has the configured source; else the one whose subnet holds the first VIP; else that of the default route; and while no VIP is known, the only one that there is. */
export function chooseInterface (config: SeatOptions, facts: HostFacts): Choice<string> {
  if (config.interface !== null) return { value: config.interface, reason: 'KEEPALIVED_INTERFACE, or its default' }
  const source = config.unicastSrcIp
  const holder = facts.interfaces.find(({ addresses }) => addresses.some(({ address }) => address === source))
  if (holder !== undefined) return { value: holder.name, reason: `it has KEEPALIVED_UNICAST_SRC_IP, ${source}` }
  const [vip] = config.virtualIpaddress
  if (vip === undefined) return interfaceWithoutVip(facts)
  const near = facts.interfaces.filter(hosts => ownAddresses(hosts, config)
    .some(({ address, prefixLength }) => isWithin(vip.address, address, prefixLength)))
  const nearest = near.find(({ up }) => up) ?? near[0]
  if (nearest !== undefined) return { value: nearest.name, reason: `its subnet holds the first VIP, ${vip.address}` }
  const exit = facts.defaultRoute[vip.family]
  if (exit !== null) return { value: exit, reason: `the default route leaves by it; no subnet holds the first VIP, ${vip.address}` }
  return { value: null, reason: `no interface has a subnet that holds the first VIP, ${vip.address}, and there is no default route` }
}

function interfaceWithoutVip ({ interfaces, defaultRoute }: HostFacts): Choice<string> {
  const exit = defaultRoute.ipv4 ?? defaultRoute.ipv6
  if (exit !== null) return { value: exit, reason: 'the default route leaves by it; the VIP is not known yet' }
  const [only, another] = interfaces.filter(({ up, addresses }) => up && addresses.some(({ scope }) => scope === 'global'))
  if (only !== undefined && another === undefined) return { value: only.name, reason: 'it is the only one with an address; the VIP is not known yet' }
  return { value: null, reason: 'there is no default route, and the VIP is not known yet: set KEEPALIVED_INTERFACE' }
}

/** The source: as configured; else the first address of the VIP's family on the interface that is no VIP and, where there is a choice, neither link-local nor secondary. */
export function chooseSource (config: SeatOptions, facts: HostFacts, interfaceName: string): Choice<Address> {
  if (config.unicastSrcIp !== null) return { value: config.unicastSrcIp, reason: 'KEEPALIVED_UNICAST_SRC_IP' }
  const found = facts.interfaces.find(({ name }) => name === interfaceName)
  if (found === undefined) return { value: null, reason: `this host has no interface ${interfaceName}` }
  const own = ownAddresses(found, config)
  // What is not known yet is most likely IPv4, where the host has it.
  const family = config.virtualIpaddress[0]?.family ?? (own.some(address => address.family === 'ipv4') ? 'ipv4' : 'ipv6')
  const candidates = own.filter(address => address.family === family)
  const chosen = candidates.find(({ secondary, scope }) => !secondary && scope === 'global') ??
    candidates.find(({ scope }) => scope === 'global') ?? candidates[0]
  if (chosen === undefined) return { value: null, reason: `${interfaceName} has no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address that is no VIP` }
  const others = candidates.length - 1
  return { value: chosen.address, reason: `first address of ${interfaceName} that is no VIP${others > 0 ? `, of ${candidates.length}` : ''}` }
}

/** The seat, or what is missing for one. */
export function chooseSeat (config: SeatOptions, facts: HostFacts): Choice<Seat> {
  const chosen = chooseInterface(config, facts)
  if (chosen.value === null) return { value: null, reason: chosen.reason }
  const source = chooseSource(config, facts, chosen.value)
  if (source.value === null) return { value: null, reason: source.reason }
  return { value: { interface: chosen.value, source: source.value }, reason: `${chosen.reason}; ${source.reason}` }
}

function ownAddresses (found: HostInterface, { virtualIpaddress, virtualIpaddressExcluded }: SeatOptions): HostAddress[] {
  const vips = new Set([...virtualIpaddress, ...virtualIpaddressExcluded].map(({ address }) => address))
  return found.addresses.filter(({ address, scope }) => !vips.has(address) && scope !== 'host')
}
