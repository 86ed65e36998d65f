/**
 * What is said over mDNS, as DNS records (RFC 6762, RFC 6763): a pointer from the group's tag to an instance, its SRV
 * with the port, and the address of its target. The address is the member's own and no other, so that a VIP is never
 * told. Everything said by others is read back from the same three records, and nothing else of it is used.
 */
import type { ResponseOutgoingPacket } from 'multicast-dns'
import { canonicalAddressOf } from '../address.ts'
import type { Lead } from './source.ts'

/** Seconds for which others may keep it; nobody of ours keeps it at all. */
const ttl = 120

export type Answers = ResponseOutgoingPacket['answers']

/** The records that announce a member; the instance is named by its endpoint, so that two never share a name. */
export function answersFor (tag: string, { address, port }: Lead): Answers {
  const instance = `${address.replaceAll(/[.:]/g, '-')}-${port}.${tag}`
  return [
    { name: tag, type: 'PTR', ttl, data: instance },
    { name: instance, type: 'SRV', ttl, data: { port, target: instance } },
    { name: instance, type: address.includes(':') ? 'AAAA' : 'A', ttl, data: address }
  ]
}

/** The endpoints that a packet announces under the tag. Takes any packet that `dns-packet` decodes. */
export function leadsIn (tag: string, records: Answers): readonly Lead[] {
  const pointers = records.flatMap(record => record.type === 'PTR' && sameName(record.name, tag) ? [record.data] : [])
  return pointers.flatMap((instance) => {
    const srv = records.flatMap(record => record.type === 'SRV' && sameName(record.name, instance) ? [record.data] : [])[0]
    if (srv === undefined || srv.port < 1) return []
    return records.flatMap((record) => {
      if ((record.type !== 'A' && record.type !== 'AAAA') || !sameName(record.name, srv.target)) return []
      const address = canonicalAddressOf(record.data)
      return address === null ? [] : [{ address, port: srv.port }]
    })
  })
}

/** DNS names differ in case only by accident (RFC 4343). */
export function sameName (a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
