/**
 * What this process may do (capabilities(7)), by the kernel's own word. Root in a container lacks most of it, and what
 * then happens is worse than an error. Measured with keepalived 2.2.7: without NET_ADMIN it makes itself MASTER and sets no VIP;
 * without SETGID it runs no script ("Couldn't setgroups"), and takes each for a success.
 */
import { readFileSync } from 'node:fs'

/** Numbers as in linux/capability.h, and what each is needed for. */
const CAPABILITIES = {
  NET_ADMIN: { bit: 12, for: 'to set the VIP' },
  NET_RAW: { bit: 13, for: 'for VRRP and ARP' },
  SETGID: { bit: 6, for: 'to run scripts; without, a check counts as passing' },
  SETUID: { bit: 7, for: 'to run the check as nobody' }
} as const

export type Capability = keyof typeof CAPABILITIES

/** What keepalived needs, all told in one sentence; null when it is there, or the kernel does not tell. */
export function lackOf (needed: readonly Capability[], status = ownStatus()): string | null {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  if (effective === undefined) return null
  const bits = BigInt(`0x${effective}`)
  const lacking = needed.filter((name) => (bits >> BigInt(CAPABILITIES[name].bit) & 1n) === 0n)
  if (lacking.length === 0) return null
  return `keepalived needs the capabilities ${needed.map((name) => `${name} (${CAPABILITIES[name].for})`).join(', ')}: add ${lacking.join(', ')}`
}

function ownStatus (): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return '' // no /proc
  }
}
