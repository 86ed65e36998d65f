/**
 * No VIP stays where VRRP does not run (I10). A keepalived that was killed leaves its VIPs on the interface; which
 * those are, the conf that it ran says, and what the operator configures now besides.
 */
import { readFile } from 'node:fs/promises'
import type { StaticConfig, MeshConfig } from '../config/config.ts'
import type { VirtualIpaddress } from '../config/virtual-ipaddress.ts'
import type { Address } from '../core/record.ts'
import { removeAddress } from '../host/remove-address.ts'
import { storedConfOf } from '../keepalived/stored-conf.ts'
import type { Log } from '../log.ts'

interface Place {
  readonly address: Address
  readonly dev: string
}

/** Removes whatever VIP of the stored conf is still on its interface; never rejects. */
export async function releaseVips (confFile: string, log: Log): Promise<void> {
  for (const { address, dev } of placesOf(await readFile(confFile, 'utf8').catch(() => ''))) {
    const result = await removeAddress(address, dev)
    if (!result.ok) log.error({ address, dev, fault: result.message }, 'a VIP could not be taken off its interface')
    else if (result.removed) log.warn({ address, dev }, 'took off a VIP that keepalived had left')
  }
}

/** The VIPs that a keepalived of ours may hold now. */
export async function vipsOnDisk (confFile: string): Promise<readonly Address[]> {
  return placesOf(await readFile(confFile, 'utf8').catch(() => '')).map(({ address }) => address)
}

export function vipsOf ({ virtualIpaddress, virtualIpaddressExcluded }: StaticConfig | MeshConfig): readonly VirtualIpaddress[] {
  return [...virtualIpaddress, ...virtualIpaddressExcluded]
}

/** With the prefix length that keepalived takes when none is given. */
export function cidrOf ({ address, family, prefixLength }: VirtualIpaddress): string {
  return `${address}/${prefixLength ?? (family === 'ipv4' ? 32 : 128)}`
}

function placesOf (text: string): readonly Place[] {
  const stored = storedConfOf(text)
  if (stored === null) return []
  // A conf of ours never has the source among its VIPs; one that was edited by hand might.
  return stored.vips.filter(({ address }) => address !== stored.source).map(({ address, options }) =>
    ({ address, dev: options.find(({ keyword }) => keyword === 'dev')?.value ?? stored.interface }))
}
