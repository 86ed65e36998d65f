/**
 * Whether one host can hear of another at all: by the mesh itself, or by way of agents that pass on what they know. A holder that
 * cannot be told of a newcomer does not send to it, and VRRP on the newcomer takes it for dead: no core can help that.
 */
import type { Host } from './host.ts'
import type { World } from './world.ts'

export function canHearOf (world: World, host: Host, other: Host): boolean {
  if (host.agent() === null) return false
  const heard = new Set([host])
  // A set that grows is walked to its end.
  for (const one of heard) {
    if (one !== host && one.agent() === null) continue
    for (const next of world.hosts) if (world.network.joins('mesh', one.index, next.index)) heard.add(next)
  }
  return heard.has(other)
}
