/**
 * A group of hosts that run the product and know nothing but the VIP, as every mesh test begins with one.
 */
import { startAgent, type LabAgent } from './agent.ts'
import type { Host } from './host.ts'
import type { Lab } from './lab.ts'
import { followLists, type Lists } from './lists.ts'
import type { StatusDocument } from '../../src/status/document.ts'

export interface Member {
  readonly host: Host
  readonly agent: LabAgent
  readonly lists: Lists
}

export const VIP = '10.10.0.2'

/** All that a host is told in the zero-config rollout. */
export const ONLY_THE_VIP: Readonly<Record<string, string>> = { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24` }

/** Switches a host on and starts the product on it. */
export async function addMember (lab: Lab, name: string, env = ONLY_THE_VIP): Promise<Member> {
  return startMember(lab, await lab.addHost(name), env)
}

/** Starts the product on a host that is on. @param run the command line, if it is not the bundle's own */
export async function startMember (lab: Lab, host: Host, env = ONLY_THE_VIP, run?: readonly string[]): Promise<Member> {
  const lists = followLists(host, lab.changes)
  return { host, lists, agent: await startAgent(host, env, lab.changes, run) }
}

/** Switches the hosts on, then starts the product on all of them at once. */
export async function startMembers (lab: Lab, names: readonly string[], env = ONLY_THE_VIP): Promise<Member[]> {
  const hosts: Host[] = []
  for (const name of names) hosts.push(await lab.addHost(name))
  return Promise.all(hosts.map(host => startMember(lab, host, env)))
}

/** Resolves when every member is active, lists exactly the others, agrees with them, and one of them holds the VIP. */
export async function formed (lab: Lab, members: readonly Member[], { vip = VIP, ceilingMs = 60_000 } = {}): Promise<[StatusDocument, ...StatusDocument[]]> {
  return lab.until(async () => {
    for (const { host, agent } of members) {
      if (agent.exit() !== null) throw new Error(`the agent of ${host.name} ended: ${agent.log.map(({ msg }) => msg).join('\n')}`)
    }
    return settledStatuses(lab, members, vip)
  }, { what: `${members.length} members to form a group`, ceilingMs, state: () => members.map(summaryOf) })
}

/** What all of them say, once every one is as {@link formed} wants it; null before. Cheap while the lists still differ. */
export async function settledStatuses (lab: Lab, members: readonly Member[], vip = VIP): Promise<[StatusDocument, ...StatusDocument[]] | null> {
  if (!members.every(member => listsExactly(member, members.filter(other => other !== member)))) return null
  const statuses = await Promise.all(members.map(({ agent }) => agent.status()))
  const [first, ...rest] = statuses.filter(status => status !== null)
  return first !== undefined && isSettled(lab, members, [first, ...rest], vip) ? [first, ...rest] : null
}

/** The member that holds the VIP. @throws when it is not exactly one of them */
export function holderAmong (lab: Lab, members: readonly Member[], vip = VIP): Member {
  const names = lab.timeline.holders(vip)
  const holder = members.find(({ host }) => host.name === names[0])
  if (holder === undefined || names.length !== 1) throw new Error(`the VIP is held by ${JSON.stringify(names)}, expected one member`)
  return holder
}

/** The members that do not hold the VIP, by priority, highest first. */
export function backupsAmong (lab: Lab, members: readonly Member[], status: StatusDocument, vip = VIP): Member[] {
  const holder = holderAmong(lab, members, vip)
  const order = status.members.map(({ address }) => address)
  return members.filter(member => member !== holder).toSorted((a, b) => order.indexOf(a.host.address) - order.indexOf(b.host.address))
}

function isSettled (lab: Lab, members: readonly Member[], statuses: readonly StatusDocument[], vip: string): boolean {
  return statuses.length === members.length && lab.timeline.holders(vip).length === 1 &&
    new Set(statuses.map(({ digest, members: told }) => [digest, ...told.map(({ priority }) => priority)].join())).size === 1 &&
    statuses.every(({ phase, agreed, applied }) => phase === 'active' && agreed && applied)
}

/** Whether a member's conf lists these others and nobody else. */
export function listsExactly ({ lists }: Member, others: readonly Member[]): boolean {
  return lists.now().toSorted().join() === others.map(({ host }) => host.address).toSorted().join()
}

function summaryOf ({ host, agent, lists }: Member): unknown {
  return { host: host.name, lists: lists.now(), log: agent.log.slice(-4).map(({ level, msg, facts }) => ({ level, msg, facts })) }
}

/** What a member's status says of a host; undefined where it says nothing, or no agent answers. */
export async function stateAt ({ agent }: Member, { address }: Host): Promise<string | undefined> {
  return (await agent.status())?.members.find(member => member.address === address)?.state
}

/** Resolves when all of them tell that state of a host. */
export async function allSay (lab: Lab, members: readonly Member[], state: string | undefined, host: Host): Promise<void> {
  await lab.until(async () => (await Promise.all(members.map(member => stateAt(member, host)))).every(told => told === state),
    { what: `${members.length} members to say that ${host.name} is ${state}`, ceilingMs: 60_000 })
}
