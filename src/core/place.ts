/**
 * Where a member may be. Peers of VRRP share a segment, so an address counts that is on a subnet of this host, or that its
 * operator has named (`KEEPALIVED_UNICAST_PEER_###` with `KEEPALIVED_MESH=on`). Adverts, with the password in them, are
 * never sent to any other because a remote says so: neither to somebody far away nor back to this host.
 *
 * It gates only who comes: whoever is listed stays, whatever becomes of the own addresses.
 */
import { bitsOf } from './address.ts'
import { clear, raise } from './alarm.ts'
import type { Held } from './event.ts'
import type { Facts } from './facts.ts'
import { alive } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import type { Address, MemberId } from './record.ts'

/** Addresses whose verdict is remembered: more than any group has. */
const VERDICTS_MAX = 1024

/** Nowhere else, while this host has no address and so no subnet: nobody could be reached, and whoever came in then would stay. */
export function isOnLink ({ held, self, options: { staticPeers } }: Facts, address: Address): boolean {
  // Who was at this host's address before it, under another key, is out as soon as others see that; no peer list names it.
  if (address === self.address || staticPeers.includes(address)) return true
  const known = verdictsOn(held)
  const verdict = known.get(address) ?? isNear(held, address)
  if (known.size < VERDICTS_MAX) known.set(address, verdict)
  return verdict
}

function isNear (held: readonly Held[], address: Address): boolean {
  if (held.some((own) => own.address === address)) return false
  return held.some((own) => !isLoopback(own) && isWithin(address, own))
}

/** Every member is judged with each step, and the own addresses hardly ever change. */
const verdicts = new WeakMap<readonly Held[], Map<Address, boolean>>()

function verdictsOn (held: readonly Held[]): Map<Address, boolean> {
  const known = verdicts.get(held) ?? new Map<Address, boolean>()
  verdicts.set(held, known)
  return known
}

/** Whether that is where it is listed, or was when this host last ran. */
export function isListedAlready ({ remembered, keepalived: { applied } }: Facts, id: MemberId, address: Address): boolean {
  return remembered.get(id) === address || applied?.peers.includes(address) === true
}

/** Tells of members that are met, and that this host will not list where they are. */
export function judgePlaces (facts: Facts, out: Outbox): void {
  // Without an address of its own it is this host that is out of reach.
  if (facts.held.length === 0) return
  const far = alive(facts).filter(({ id, address }) => !isOnLink(facts, address) && !isListedAlready(facts, id, address)).map(({ address }) => address)
  if (far.length === 0) return clear(facts, 'offLink', out)
  raise(facts, 'offLink', `${far.toSorted().join(', ')}: on no subnet of this host, so not listed: if VRRP is to reach there, name it by ` +
    'KEEPALIVED_UNICAST_PEER_1 and so on, with KEEPALIVED_MESH=on, on every host', out, 'warn')
}

function isLoopback ({ address }: Held): boolean {
  return address.startsWith('127.') || address === '::1'
}

function isWithin (address: Address, { address: own, prefixLength }: Held): boolean {
  return address.includes(':') === own.includes(':') && bitsOf(address).slice(0, prefixLength) === bitsOf(own).slice(0, prefixLength)
}
