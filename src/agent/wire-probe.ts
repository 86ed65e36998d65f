/** Asks the wire who answers for an address. That nobody could be asked is no silence, and is told as what it is. */
import type { Effect } from '../core/effect.ts'
import type { Happening } from '../core/event.ts'
import type { Address } from '../core/record.ts'
import { probeVip } from '../host/probe-vip.ts'
import type { ProbeResult } from '../host/probe-vip.ts'
import type { Site } from './site.ts'

/** Who holds a VIP, besides this host. */
export async function vipProbed (vip: Address, site: Site): Promise<Happening> {
  const result = await ask(site, vip)
  // The holder of an IPv6 VIP cannot hear of another one; that is no fault of this host.
  if (!result.ok && result.code === 'HELD') return { kind: 'vipProbed', mac: null }
  return result.ok ? { kind: 'vipProbed', mac: result.mac } : { kind: 'vipProbeFailed', reason: result.message }
}

/** Tells who lives at a member's address; nothing when nobody could be asked. */
export async function probeAddress ({ address, askedAtMs }: Extract<Effect, { kind: 'probeAddress' }>, site: Site, happen: (happening: Happening) => void): Promise<void> {
  const result = await ask(site, address)
  if (result.ok) happen({ kind: 'addressProbed', address, askedAtMs, mac: result.mac })
}

async function ask (site: Site, address: Address): Promise<ProbeResult | { readonly ok: false, readonly code: 'NO_SEAT', readonly message: string }> {
  const seat = site.seat()
  if (seat === null) return { ok: false, code: 'NO_SEAT', message: 'this host has no interface for VRRP' }
  const ownMacs = site.facts().interfaces.map(({ mac }) => mac).filter((mac) => mac !== null)
  return await probeVip({ vip: address, interface: seat.interface, source: null, ownMacs })
}
