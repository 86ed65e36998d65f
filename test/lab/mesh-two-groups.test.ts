// Two agents on each host, one for each of two groups: apart by their virtual router id, conf, run and state directory, and by nothing else.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { askAgent } from '../../src/status/ask.ts'
import { documentSchema, type StatusDocument } from '../../src/status/document.ts'
import { startAgent, type LabAgent } from './agent.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'

const GROUPS = [1, 2] as const
type Group = typeof GROUPS[number]
const vipOf = (group: Group): string => `10.10.0.${group + 1}`
const runDirOf = (group: Group): string => `/run/group-${group}`
const envOf = (group: Group): Readonly<Record<string, string>> => ({
  KEEPALIVED_VIRTUAL_IPADDRESS_1: `${vipOf(group)}/24`, KEEPALIVED_VIRTUAL_ROUTER_ID: String(group), KEEPALIVED_CONF: `/etc/keepalived/group-${group}.conf`, KEEPALIVED_MESH_RUN_DIR: runDirOf(group),
  KEEPALIVED_MESH_STATE_DIR: `/var/lib/group-${group}`, KEEPALIVED_VAR_RUN: `/var/run/keepalived/group-${group}`
})

async function statusOf (host: Host, group: Group): Promise<StatusDocument | null> {
  const answer = await askAgent({ command: 'status' }, { path: join(`/proc/${host.pid}/root`, runDirOf(group), 'control.sock'), timeoutMs: 3000 }).catch(() => null)
  return answer === null ? null : documentSchema.parse(answer)
}

test('two groups share three hosts: each has its holder, and what happens to one is nothing to the other', async (t) => {
  const lab = await openLab()
  t.after(lab.close)
  const hosts: Host[] = []
  for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
  const agents = new Map<Group, ReadonlyMap<Host, LabAgent>>()
  for (const group of GROUPS) agents.set(group, new Map(await Promise.all(hosts.map(async (host) => [host, await startAgent(host, envOf(group), lab.changes)] as const))))
  const formed = async (group: Group, among: readonly Host[]): Promise<void> => {
    await lab.until(async () => {
      const statuses = await Promise.all(among.map(async (host) => await statusOf(host, group)))
      return lab.timeline.holders(vipOf(group)).length === 1 && statuses.every((status) => status?.phase === 'active' && status.agreed && status.members.length === among.length)
    }, { what: `group ${group} to be ${among.length} members`, ceilingMs: 60_000, state: () => [...agents.get(group)?.values() ?? []].map(({ log }) => log.slice(-3).map(({ msg, facts }) => [msg, facts])) })
  }
  for (const group of GROUPS) await formed(group, hosts)
  for (const group of GROUPS) assert.equal(lab.timeline.of(vipOf(group)).length, 1, `VIP ${group} moved while its group formed`)

  const [holder = ''] = lab.timeline.holders(vipOf(1))
  const host = hosts.find(({ name }) => name === holder)
  assert(host !== undefined)
  const probe = await lab.probe(vipOf(2))
  await probe.answers(20)
  assert.equal((await agents.get(1)?.get(host)?.stop())?.code, 0)
  await formed(1, hosts.filter((other) => other !== host))
  await formed(2, hosts)
  assert.equal(lab.timeline.of(vipOf(2)).length, 1, 'the other VIP moved')
  assert.equal((await probe.stop()).lost, 0)
})
