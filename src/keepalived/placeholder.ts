/**
 * The peer of a host that has none. An empty list means multicast to keepalived, and leaving that drops the VIP for
 * 3 s; so there is always one peer, and when there is nobody it is an address that reaches nobody.
 */
import type { Family } from '../config/address.ts'
import type { Address } from '../core/record.ts'

/**
 * By family of the instance. Measured with keepalived 2.2.7 on Linux 6.18, with and without a default route, captured
 * on the wire and on lo; with these two `-t` is silent, and going to real peers and back is no VIP event.
 *
 * | peer | adverts leave the host | logged each second |
 * | --- | --- | --- |
 * | 127.0.0.1, 192.0.2.1, 169.254.0.1, 240.0.0.1 | as ARP requests, or to the router | |
 * | own address | no | equal priority advert from our own address |
 * | 255.255.255.255, 10.10.0.255 | no | Cant send advert (Permission denied) |
 * | **0.0.0.0** | no: "this host" (RFC 1122 §3.2.1.3), delivered on lo to nobody | |
 * | ::1, 100::1, :: | to the router, if there is one | else: Network is unreachable |
 * | own IPv6 address | no | equal priority advert from our own address |
 * | **ff01::112** | no: the kernel keeps interface-local multicast in (RFC 4291 §2.7) | |
 */
export const placeholderPeer: Readonly<Record<Family, Address>> = { ipv4: '0.0.0.0', ipv6: 'ff01::112' }

/** The peers to render: never none. */
export function peersOrPlaceholder (peers: readonly Address[], family: Family): readonly Address[] {
  return peers.length > 0 ? peers : [placeholderPeer[family]]
}

export function isPlaceholder (address: Address): boolean {
  return address === placeholderPeer.ipv4 || address === placeholderPeer.ipv6
}
