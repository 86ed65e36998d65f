/** The addresses of a subnet that hosts may have. */
import ipaddr from 'ipaddr.js'
import type { Address } from '../../core/record.ts'

/** At most so many bits are swept: 1,022 hosts of IPv4. */
const bitsMax = 10

/** Those around the own one, itself left out, nearest first: hosts of one pool mostly have neighbouring addresses. In a larger subnet, the part of that size that it lies in. Of IPv6 none but where the subnet is as small. */
export function sweptAddresses (own: Address, prefixLength: number): readonly Address[] {
  const bytes = ipaddr.parse(own).toByteArray()
  const bits = 8 * bytes.length - prefixLength
  const isIpv4 = bytes.length === 4
  if (!isIpv4 && bits > bitsMax) return []
  const used = Math.min(bits, bitsMax)
  const tail = (bytes.at(-2) ?? 0) * 256 + (bytes.at(-1) ?? 0)
  const first = tail - tail % 2 ** used
  // Network and broadcast address (RFC 919); a /31 has neither (RFC 3021).
  const [low, high] = isIpv4 && bits > 1 ? [first + (used === bits ? 1 : 0), first + 2 ** used - (used === bits ? 2 : 1)] : [first, first + 2 ** used - 1]
  return Array.from({ length: high - low + 1 }, (_, i) => low + i)
    .filter((each) => each !== tail)
    .toSorted((a, b) => Math.abs(a - tail) - Math.abs(b - tail))
    .map((each) => ipaddr.fromByteArray([...bytes.slice(0, -2), each >> 8, each & 255]).toString())
}
