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

/** Whether `dev`, or every interface, promotes secondaries; null when the kernel does not tell. @param root of the sysctls, for tests */
export function promotesSecondaries (dev: string, root = '/proc/sys'): boolean | null {
  try {
    return [dev, 'all'].some(name => readFileSync(sysctlFile(root, name), 'utf8').trim() !== '0')
  } catch {
    return null
  }
}

const sysctlFile = (root: string, name: string): string => join(root, 'net/ipv4/conf', name, 'promote_secondaries')

/** The name of the sysctl for an interface, as sysctl(8) takes it: a dot in an interface's name stands as a slash. */
export const promoteSysctl = (dev: string): string => `net.ipv4.conf.${dev.replaceAll('.', '/')}.promote_secondaries`

/** Sees that `dev`, or every interface, promotes secondaries. @param root of the sysctls, for tests */
export function promoteSecondaries (dev: string, root = '/proc/sys'): PromoteResult {
  try {
    if (promotesSecondaries(dev, root) === true) return { ok: true, changed: false }
    writeFileSync(sysctlFile(root, dev), '1\n', { flag: 'r+' })
    return { ok: true, changed: true }
  } catch (error) {
    return { ok: false, sysctl: promoteSysctl(dev), message: error instanceof Error ? error.message : String(error) }
  }
}
