/**
 * The hosts of a soak: which are on, which agent runs on each, and whether they have settled. A host's name, address and
 * disk outlive it, as those of a machine do.
 */
import type { LabAgent } from '../lab/agent.ts'
import { type Apiserver, startApiserver } from '../lab/apiserver.ts'
import { type Member, ONLY_THE_VIP, settledStatuses, startMember, VIP } from '../lab/group.ts'
import type { Host } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'
import { HOSTS_MAX } from './script.ts'

/** A place for a host, on or off. */
export interface Slot {
  readonly name: string
  /** Null while it is off. */
  host: Host | null
  /** Null while no agent runs. */
  member: Member | null
  apiserver: Apiserver | null
  /** Every agent that ran here, oldest first. */
  readonly agents: LabAgent[]
}

export interface Pool {
  readonly lab: Lab
  readonly slots: readonly Slot[]
  /** Those that are on. */
  readonly on: () => Slot[]
  readonly off: () => Slot[]
  readonly boot: (slot: Slot) => Promise<void>
  readonly startAgent: (slot: Slot) => Promise<void>
  /** SIGTERM to the agent, and the host is switched off when it has exited. */
  readonly retire: (slot: Slot) => Promise<void>
  readonly crash: (slot: Slot) => Promise<void>
  /** Resolves when everybody is active, in everybody's list and of one mind, and one holds the VIP. */
  readonly settled: (ceilingMs: number) => Promise<void>
  /** The priority of each member, as the hosts that answer tell it; by address. */
  readonly priorities: () => Promise<Map<string, number>>
}

/** The check is quick, so that its faults are short. */
export const ENV: Readonly<Record<string, string>> = {
  ...ONLY_THE_VIP,
  KEEPALIVED_KUBE_APISERVER_CHECK: 'true',
  KUBE_APISERVER_CHK_INTERVAL: '2',
  KUBE_APISERVER_CHK_FALL: '2',
  KUBE_APISERVER_CHK_RISE: '2'
}

export function createPool (lab: Lab): Pool {
  const slots: Slot[] = Array.from({ length: HOSTS_MAX }, (_, index) => ({ name: `h${index + 1}`, host: null, member: null, apiserver: null, agents: [] }))
  const on = (): Slot[] => slots.filter(({ host }) => host !== null)
  return { lab, slots, on, off: () => slots.filter(({ host }) => host === null), boot, startAgent, retire, crash, settled, priorities }

  async function boot (slot: Slot): Promise<void> {
    slot.host = await lab.addHost(slot.name)
    slot.apiserver = await startApiserver(slot.host, lab.changes)
    await startAgent(slot)
  }

  async function startAgent (slot: Slot): Promise<void> {
    if (slot.host === null) throw new Error(`${slot.name} is off`)
    slot.member = await startMember(lab, slot.host, ENV)
    slot.agents.push(slot.member.agent)
  }

  async function retire (slot: Slot): Promise<void> {
    const exit = await slot.member?.agent.stop()
    if (exit?.code !== 0) throw new Error(`the agent of ${slot.name} was stopped and ended with ${JSON.stringify(exit)}`)
    const left = await slot.host?.exec('ip', '-o', 'address', 'show', 'to', VIP)
    if (left !== '') throw new Error(`the agent of ${slot.name} has exited with the VIP still on the interface`)
    await crash(slot)
  }

  async function crash (slot: Slot): Promise<void> {
    const { host } = slot
    slot.host = slot.member = slot.apiserver = null
    await host?.crash()
  }

  async function settled (ceilingMs: number): Promise<void> {
    await lab.until(async () => {
      const members = on().map(({ member }) => member)
      const statuses = isWhole(members) ? await settledStatuses(lab, members) : null
      const [name] = lab.timeline.holders(VIP)
      const holder = on().find(slot => slot.name === name)?.host?.address
      return statuses?.every(status => status.holder === holder)
    }, { what: 'the group to settle', ceilingMs })
  }

  async function priorities (): Promise<Map<string, number>> {
    const statuses = await Promise.all(on().map(async ({ member }) => await member?.agent.status() ?? null))
    return new Map(statuses.flatMap(status => status?.members ?? []).map(({ address, priority }) => [address ?? '', priority ?? 0]))
  }
}

function isWhole (members: ReadonlyArray<Member | null>): members is Member[] {
  return members.every(member => member !== null && member.agent.exit() === null)
}
