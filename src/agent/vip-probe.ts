/** Asks the wire who answers for the first VIP. That nobody could be asked is no silence, and is told as what it is. */
import type { MeshConfig } from '../config/config.ts'
import type { Happening } from '../core/event.ts'
import { probeVip } from '../host/probe-vip.ts'
import type { Site } from './site.ts'

export async function vipProbed ({ virtualIpaddress: [first] }: MeshConfig, site: Site): Promise<Happening> {
  const seat = site.seat()
  if (seat === null) return { kind: 'vipProbeFailed', reason: 'this host has no interface for VRRP' }
  const ownMacs = site.facts().interfaces.map(({ mac }) => mac).filter((mac) => mac !== null)
  const result = await probeVip({ vip: first.address, interface: seat.interface, source: null, ownMacs })
  // The holder of an IPv6 VIP cannot hear of another one; that is no fault of this host.
  if (!result.ok && result.code === 'HELD') return { kind: 'vipProbed', mac: null }
  return result.ok ? { kind: 'vipProbed', mac: result.mac } : { kind: 'vipProbeFailed', reason: result.message }
}
