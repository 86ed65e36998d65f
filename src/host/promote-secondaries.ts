/**
 * Keeps an interface's other addresses when one goes. Linux counts an address as secondary to an earlier one of the same
 * subnet and deletes all secondaries with their primary, unless `promote_secondaries` is set (ip-sysctl). A VIP becomes
 * the primary when the host's own address goes and comes back, and would take that address with it when VRRP lets it go.
 * systemd sets this on every host that it runs; minimal ones lack it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type PromoteResult =
  /** `changed`: it was not so before. */
  | { readonly ok: true, readonly changed: boolean }
  | { readonly ok: false, readonly sysctl: string, readonly message: string }

/** Sees that `dev`, or every interface, promotes secondaries. @param root of the sysctls, for tests */
export function promoteSecondaries (dev: string, root = '/proc/sys'): PromoteResult {
  const fileOf = (name: string): string => join(root, 'net/ipv4/conf', name, 'promote_secondaries')
  try {
    if ([dev, 'all'].some(name => readFileSync(fileOf(name), 'utf8').trim() !== '0')) return { ok: true, changed: false }
    writeFileSync(fileOf(dev), '1\n', { flag: 'r+' })
    return { ok: true, changed: true }
  } catch (error) {
    return { ok: false, sysctl: `net.ipv4.conf.${dev.replaceAll('.', '/')}.promote_secondaries`, message: error instanceof Error ? error.message : String(error) }
  }
}
