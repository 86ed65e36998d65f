/**
 * Takes an address off an interface: what is left of a VIP when keepalived was killed. An address that is not there,
 * or an interface that is gone, is the wanted state and no fault.
 */
import type { Address } from '../core/record.ts'
import type { CommandFault } from './command.ts'
import { ownIp, runIp, type Ip } from './ip.ts'

export type RemoveResult = { readonly ok: true, readonly removed: boolean } | CommandFault

/**
 * Removes `address` from `dev` with whatever prefix length it has there; never rejects.
 * @param address without a prefix length
 */
export async function removeAddress (address: Address, dev: string, ip: Ip = ownIp): Promise<RemoveResult> {
  const shown = await runIp(ip, ['-o', 'address', 'show', 'dev', dev, 'to', address])
  if (!shown.ok) return /does not exist|Cannot find device/.test(shown.message) ? { ok: true, removed: false } : shown
  const held = /\sinet6?\s+(\S+)/.exec(shown.stdout)?.[1]
  if (held === undefined) return { ok: true, removed: false }
  const deleted = await runIp(ip, ['address', 'delete', held, 'dev', dev])
  if (deleted.ok) return { ok: true, removed: true }
  return /Cannot assign requested address|Address not found/.test(deleted.message) ? { ok: true, removed: false } : deleted
}
