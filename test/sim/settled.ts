/**
 * Convergence: left alone for half a minute, a group must be of one mind. Says what is not so, in words; an empty
 * answer means that all is well.
 */
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** How long a world is left alone before it is judged. */
export const SETTLE_MS = 30_000
/** How often it is looked at again, a second apart. */
export const SETTLE_LOOKS = 4
/** Looks that do not count, since somebody went out just before. */
export const GOINGS_MAX = 10

/** All that is amiss with a whole world that was left alone for SETTLE_MS. */
export function unsettled (world: World): readonly string[] {
  const up = world.hosts.filter(host => host.isUp())
  const members = up.filter(host => host.agent() !== null)
  const running = up.filter(host => host.daemon.running() !== null)
  const isPinned = world.holders().some(({ pinned }) => pinned !== null)
  return [...holderFaults(world, members), ...listFaults(running), ...members.flatMap(host => memberFaults(host, isPinned)), ...agreementFaults(members), ...priorityFaults(running)]
}

/** Of all tables together. */
export function membersKnown ({ hosts }: World): number {
  return hosts.reduce((sum, host) => sum + (host.agent()?.status().members.length ?? 0), 0)
}

function holderFaults (world: World, members: readonly Host[]): readonly string[] {
  const names = world.holders().map(({ name }) => name)
  if (names.length === 1 || members.length === 0) return []
  return [names.length === 0 ? 'nobody holds the VIP' : `${names.join(' and ')} hold the VIP`]
}

/** Every running keepalived must send to every other one, or two of them will be MASTER one day. */
function listFaults (running: readonly Host[]): readonly string[] {
  return running.flatMap(host => running
    .filter(other => other !== host && !host.daemon.running()?.peers.includes(other.address() ?? ''))
    .map(other => `${host.name} does not list ${other.name}`))
}

function memberFaults (host: Host, isPinned: boolean): readonly string[] {
  const status = host.agent()?.status()
  // Nobody comes above a MASTER that is pinned, and below a low pin there is little room.
  if (status === undefined || (status.phase === 'standby' && isPinned)) return []
  const faults: string[] = []
  if (host.daemon.running() === null) faults.push(`${host.name} does not run VRRP: ${status.phase}, waiting for ${status.waitingFor ?? 'nothing'}`)
  if (!status.agreed) faults.push(`${host.name} does not think that all agree`)
  if (!status.applied) faults.push(`${host.name} has not applied what it wants`)
  return faults
}

function agreementFaults (members: readonly Host[]): readonly string[] {
  const digests = new Map<string, string[]>()
  for (const host of members) {
    const digest = host.agent()?.status().digest ?? ''
    digests.set(digest, [...digests.get(digest) ?? [], host.name])
  }
  return digests.size > 1 ? [`views differ: ${[...digests.values()].map(names => names.join(' ')).join(' | ')}`] : []
}

function priorityFaults (running: readonly Host[]): readonly string[] {
  const holderOf = new Map<number, string>()
  const faults: string[] = []
  for (const { name, daemon, pinned } of running) {
    const priority = daemon.running()?.priority
    if (priority === undefined || pinned !== null) continue
    const other = holderOf.get(priority)
    if (other !== undefined) faults.push(`${other} and ${name} both have priority ${priority}`)
    if (priority === 255) faults.push(`${name} still claims`)
    holderOf.set(priority, name)
  }
  return faults
}
