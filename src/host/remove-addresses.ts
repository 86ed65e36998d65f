/**
 * Takes addresses off interfaces: what is left of VIPs when keepalived was killed. An address that is not there, or an
 * interface that is gone, is the wanted state and no fault. However many there are, `ip` runs three times at most, since
 * VRRP may have a new holder by then.
 */
import type { Address } from '../core/record.ts'
import type { CommandFault } from './command.ts'
import { ownIp, runIp, type Ip } from './ip.ts'
import { parseInterfaces } from './read-facts.ts'

export interface HeldAddress {
  /** Without a prefix length: it is removed with whatever it has there. */
  readonly address: Address
  readonly dev: string
}

export type RemoveResult =
  /** `kept`: those that are there still, although they were to go. */
  | { readonly ok: true, readonly removed: readonly HeldAddress[], readonly kept: readonly HeldAddress[] }
  | CommandFault

/** Removes them; never rejects. */
export async function removeAddresses (places: readonly HeldAddress[], ip: Ip = ownIp): Promise<RemoveResult> {
  const before = await heldAmong(places, ip)
  if (!before.ok) return before
  if (before.held.length === 0) return { ok: true, removed: [], kept: [] }
  const batch = before.held.map(({ address, prefixLength, dev }) => `address delete ${address}/${prefixLength} dev ${dev}\n`).join('')
  await runIp(ip, ['-force', '-batch', '-'], batch) // What it says of single ones is told by the next look.
  const after = await heldAmong(places, ip)
  if (!after.ok) return after
  const isKept = ({ address, dev }: HeldAddress): boolean => after.held.some(left => left.address === address && left.dev === dev)
  const held = before.held.map(({ address, dev }) => ({ address, dev }))
  return { ok: true, removed: held.filter(place => !isKept(place)), kept: held.filter(isKept) }
}

type Held =
  | { readonly ok: true, readonly held: ReadonlyArray<HeldAddress & { readonly prefixLength: number }> }
  | CommandFault

async function heldAmong (places: readonly HeldAddress[], ip: Ip): Promise<Held> {
  if (places.length === 0) return { ok: true, held: [] }
  const shown = await runIp(ip, ['-json', 'address', 'show'])
  if (!shown.ok) return shown
  const wanted = new Set(places.map(({ address, dev }) => `${address} ${dev}`))
  const all = parseInterfaces(shown.stdout).flatMap(({ name, addresses }) => addresses.map(({ address, prefixLength }) => ({ address, prefixLength, dev: name })))
  return { ok: true, held: all.filter(({ address, dev }) => wanted.has(`${address} ${dev}`)) }
}
