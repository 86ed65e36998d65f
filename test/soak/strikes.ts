/**
 * How each fault is done to a host, and undone. Each says what it did by the function that it returns: that undoes it,
 * and is null for a fault that the product has to mend by itself.
 */
import { drop, dropNothing, MESH, VRRP } from '../lab/firewall.ts'
import { VIP } from '../lab/group.ts'
import type { Host } from '../lab/host.ts'
import { keepalivedProcesses } from '../lab/keepalived-start.ts'
import type { Pool, Slot } from './pool.ts'
import type { Fault, Kind } from './script.ts'

export type Undo = (() => Promise<void>) | null

type Strike = (pool: Pool, target: Target, fault: Fault) => Promise<Undo>

/** A host that is on, with an agent. */
export interface Target {
  readonly slot: Slot
  readonly host: Host
}

/** The addresses that hosts of a lab may have; the client is none of them. */
const HOSTS = '10.10.0.21-10.10.0.60'

export const STRIKES: Readonly<Record<Exclude<Kind, 'join'>, Strike>> = {
  'leave': async (pool, { slot }) => {
    await pool.retire(slot)
    return null
  },
  'power loss': async (pool, { slot }, { wiped }) => {
    await pool.crash(slot)
    if (wiped) await pool.lab.wipe(slot.name)
    return async () => pool.boot(slot)
  },
  'agent killed': async (pool, { slot }) => {
    await slot.member?.agent.kill()
    return async () => pool.startAgent(slot)
  },
  'agent stopped': async (_pool, { slot }) => {
    const agent = slot.member?.agent
    agent?.signal('SIGSTOP')
    return async () => agent?.signal('SIGCONT')
  },
  'keepalived killed': async (pool, target) => {
    await kill(pool, target, keepalivedProcesses(target.host).map(({ pid }) => pid))
    return null
  },
  'vrrp child killed': async (pool, target) => {
    const processes = keepalivedProcesses(target.host)
    const children = processes.filter(({ parent }) => processes.some(({ pid }) => pid === parent))
    await kill(pool, target, children.map(({ pid }) => pid))
    return null
  },
  'cut off': async (_pool, { host: { cable } }) => {
    await cable.cut()
    return cable.heal
  },
  'split in halves': async (pool, { slot }) => {
    // The holder is on the side of the host that is struck only when it is that host.
    const holders = pool.lab.timeline.holders(VIP)
    const others = pool.on().filter(other => other !== slot && !holders.includes(other.name))
    const side = [slot, ...others.slice(0, Math.floor(others.length / 2))].flatMap(({ host }) => host ?? [])
    for (const { cable } of side) await cable.moveApart()
    return async () => {
      // Who has lost its power meanwhile is on the first switch anyway when it comes back.
      for (const { name, cable } of side) if (pool.lab.hosts.has(name)) await cable.heal()
    }
  },
  'deaf': async (_pool, { host }) => filtered(host, async () => drop(host, ['iifname', 'eth0', 'ip', 'saddr', HOSTS], ['in'])),
  'mute': async (_pool, { host }) => filtered(host, async () => drop(host, ['oifname', 'eth0', 'ip', 'daddr', HOSTS], ['out'])),
  'mesh blocked': async (_pool, { host }) => filtered(host, async () => {
    for (const match of MESH) await drop(host, match)
  }),
  'VRRP blocked': async (_pool, { host }) => filtered(host, async () => drop(host, VRRP)),
  'check fails': async (_pool, { slot: { apiserver } }) => {
    await apiserver?.answer(500)
    return async () => apiserver?.answer(200)
  },
  'paused': async (_pool, { host }) => {
    await host.pause()
    return host.resume
  }
}

/** Hosts that are off are switched on, all at once. */
export async function join (pool: Pool, { count, wiped }: Fault): Promise<string[]> {
  const slots = pool.off().slice(0, count)
  if (wiped) for (const { name } of slots) await pool.lab.wipe(name)
  await Promise.all(slots.map(async slot => pool.boot(slot)))
  return slots.map(({ name }) => name)
}

async function filtered (host: Host, setUp: () => Promise<void>): Promise<Undo> {
  await setUp()
  return async () => dropNothing(host)
}

/** All at once, so that no parent sees its child die first. Resolves when the agent has noticed: until then all looks well. */
async function kill ({ lab }: Pool, { host, slot: { member } }: Target, pids: readonly number[]): Promise<void> {
  if (pids.length === 0) throw new Error(`no such process of keepalived on ${host.name}`)
  const errors = (): number => member?.agent.log.filter(({ level }) => level === 'error').length ?? 0
  const before = errors()
  await host.exec('kill', '-KILL', ...pids.map(String))
  await lab.until(() => errors() > before, { what: `the agent of ${host.name} to notice that keepalived was killed` })
}
