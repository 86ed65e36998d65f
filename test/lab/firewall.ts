/**
 * A firewall on a host of the lab, for faults that pass one thing and drop another: VRRP without the mesh, the mesh
 * without VRRP, one direction only. It drops in silence, as a switch or a security group would.
 */
import type { Host } from './host.ts'

export type Direction = 'in' | 'out'

const SETUP = 'add table inet lab; add chain inet lab in { type filter hook input priority 0; }; add chain inet lab out { type filter hook output priority 0; }'

/** Matches VRRP's adverts. */
export const VRRP = ['meta', 'l4proto', '112'] as const

/** The two ways in which a packet belongs to the mesh port: towards it, and from it. */
export const MESH = [['tcp', 'dport', '11201'], ['tcp', 'sport', '11201']] as const

/** Drops what an expression of nft matches, from now on. @param directions both, unless told */
export async function drop (host: Host, match: readonly string[], directions: readonly Direction[] = ['in', 'out']): Promise<void> {
  await host.exec('nft', SETUP)
  for (const direction of directions) await host.exec('nft', 'add', 'rule', 'inet', 'lab', direction, ...match, 'drop')
}

export async function dropNothing (host: Host): Promise<void> {
  await host.exec('nft', 'flush', 'ruleset')
}
