/**
 * IP addresses as they come in from outside, brought to the one text form in which the core compares them: IPv4 in
 * four decimal parts, IPv6 compressed in lower case (RFC 5952), IPv4-mapped IPv6 as IPv4. Octal, hexadecimal and
 * shortened IPv4, which `inet_aton` would take, are refused, and so is an IPv6 zone: it means nothing on another host.
 */
import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Address } from '../core/record.ts'

/** Longest text of an IPv6 address, in characters. */
export const addressLengthMax = 45

/** The canonical form of an address, or null when the text is none. */
export function canonicalAddressOf (text: string): Address | null {
  if (text.length > addressLengthMax || text.includes('%')) return null
  // Four decimal parts without leading zeros: the canonical form itself.
  if (isIPv4(text)) return text
  if (!ipaddr.IPv6.isValid(text)) return null
  const parsed = ipaddr.IPv6.parse(text)
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toString()
}

/** The canonical form of `ADDRESS/LENGTH`, or null when the text is none. */
export function canonicalPrefixOf (text: string): string | null {
  const [host = '', length = '', ...rest] = text.split('/')
  const address = canonicalAddressOf(host)
  if (address === null || rest.length > 0 || !/^\d{1,3}$/.test(length)) return null
  const bitsMax = address.includes(':') ? 128 : 32
  return Number(length) > bitsMax ? null : `${address}/${Number(length)}`
}

/** The TCP endpoint in libp2p's notation. */
export function endpointOf (address: Address, port: number): Multiaddr {
  return multiaddr(`/${address.includes(':') ? 'ip6' : 'ip4'}/${address}/tcp/${port}`)
}

/** The address within a libp2p endpoint, without its zone; null when it holds none. */
export function addressIn (endpoint: Multiaddr): Address | null {
  const component = endpoint.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')
  return component?.value === undefined ? null : canonicalAddressOf(component.value)
}
