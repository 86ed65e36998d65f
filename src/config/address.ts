/**
 * IP addresses in the one text form in which everything here compares them: IPv4 in four decimal parts, IPv6
 * compressed in lower case (RFC 5952). Octal, hexadecimal and shortened IPv4, which `inet_aton` would take, are no
 * addresses, and neither is one with a zone: keepalived takes the interface from elsewhere.
 */
import ipaddr from 'ipaddr.js'
import type { Address } from '../core/record.ts'

export type Family = 'ipv4' | 'ipv6'

/** Longest text of an IPv6 address, in characters; anything longer is not even parsed. */
const addressLengthMax = 45

/** The canonical form of an address, or null when the text is none. */
export function addressOf (text: string): Address | null {
  if (text.length > addressLengthMax || text.includes('%')) return null
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString()
  if (!ipaddr.IPv6.isValid(text)) return null
  const parsed = ipaddr.IPv6.parse(text)
  return parsed.isIPv4MappedAddress() ? null : parsed.toString()
}

/** The family of a canonical address. */
export function familyOf (address: Address): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

/** The longest prefix of a family, which is also what keepalived takes when a VIP comes without one. */
export function prefixLengthMax (family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128
}

/** Whether `address` lies in the subnet of `network/prefixLength`. Addresses of two families never do. */
export function isWithin (address: Address, network: Address, prefixLength: number): boolean {
  const [a, b] = [ipaddr.parse(address), ipaddr.parse(network)]
  return a.kind() === b.kind() && a.match(b, prefixLength)
}

/** Why no packet to `address` could ever reach exactly one other host; null when one could. */
export function unreachableReason (address: Address): string | null {
  const range = ipaddr.parse(address).range()
  if (range === 'unspecified' || range === 'multicast' || range === 'broadcast' || range === 'loopback') return range
  return null
}
