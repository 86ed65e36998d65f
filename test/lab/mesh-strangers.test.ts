// Who holds the VIP and is no member: a host outside the mesh, and hosts of a group that formed apart. Where neither multicast
// nor a seed joins two groups, nothing but the VIP, which both hold, leads from one to the other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, type Member, ONLY_THE_VIP, startMember, VIP } from './group.ts'
import { startBareKeepalived } from './keepalived.ts'
import { type Lab, openLab } from './lab.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

const WITHOUT_MULTICAST = { ...ONLY_THE_VIP, KEEPALIVED_MESH_DISCOVERY: 'vip' }
/** What is promised is half of it; the rest is for a machine that others use as well. */
const CEILING_MS = 60_000

/** Two groups on two switches, each of which has formed. */
async function startApart (lab: Lab, here: readonly string[], there: readonly string[]): Promise<readonly [Member[], Member[]]> {
  const groups: Member[][] = []
  for (const [names, apart] of [[here, false], [there, true]] as const) {
    const members: Member[] = []
    for (const name of names) {
      const host = await lab.addHost(name)
      if (apart) await host.cable.moveApart()
      members.push(await startMember(lab, host, WITHOUT_MULTICAST))
    }
    groups.push(members)
  }
  const [first = [], second = []] = groups
  await lab.until(async () => {
    const statuses = await Promise.all([...first, ...second].map(({ agent }) => agent.status()))
    return lab.timeline.holders(VIP).length === 2 && statuses.every(status => status?.agreed === true && status.phase === 'active')
  }, { what: 'two groups with a holder each', ceilingMs: CEILING_MS, state: () => lab.timeline.holders(VIP) })
  return [first, second]
}

async function meet (there: readonly Member[]): Promise<number> {
  for (const { host } of there) await host.cable.heal()
  return Date.now()
}

async function tells ({ agent }: Member, mac: string): Promise<boolean> {
  return (await agent.status())?.alarms.some(alarm => alarm.includes(mac) && alarm.includes('stop keepalived there')) === true
}

for (const [what, here, there] of [
  ['two lone holders', ['one'], ['two']],
  ['a group and a lone holder', ['one', 'two'], ['three']],
  ['two groups of two', ['one', 'two'], ['three', 'four']]
] as const) {
  test(`${what} whose networks join, without multicast or seeds: one lets go, and one group forms through the VIP alone`, async t => {
    const lab = await openLab()
    t.after(lab.close)
    const [first, second] = await startApart(lab, here, there)
    const metAtMs = await meet(second)
    await lab.until(() => lab.timeline.holders(VIP).length === 1, { what: 'one of them to let go', ceilingMs: CEILING_MS, state: () => [...first, ...second].map(({ agent }) => agent.log.slice(-3)) })
    await report(`${what} meet: one holder`, Date.now() - metAtMs)
    await formed(lab, [...first, ...second])
    await report(`${what} meet: one group`, Date.now() - metAtMs)
  })
}

test('a host outside the mesh has the VIP: a lone starter stays out and names its MAC, and claims when it is gone', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const stranger = await lab.addHost('stranger')
  await stranger.exec('ip', 'address', 'add', `${VIP}/32`, 'dev', 'eth0')
  const host = await lab.addHost('one')
  const { agent } = await startMember(lab, host)
  await lab.until(async () => (await agent.status())?.alarms.some(alarm => /held by 02:00:00:00:00:01.*stop keepalived there/.test(alarm)), { what: 'an alarm that names the stranger', state: () => agent.log.slice(-4) })
  const status = await agent.status()
  assert.match(status?.waitingFor ?? '', /^02:00:00:00:00:01 to let go of the VIP/)
  assert.match(await agent.command('status').catch((error: { stdout?: string }) => error.stdout ?? ''), /alarm: .*02:00:00:00:00:01/)
  assert.deepEqual(lab.timeline.holders(VIP), ['stranger'])
  await stranger.exec('ip', 'address', 'delete', `${VIP}/32`, 'dev', 'eth0')
  await lab.until(() => lab.timeline.holders(VIP).join() === 'one', { what: 'the starter to claim the VIP' })
  await lab.until(async () => (await agent.status())?.alarms.length === 0, { what: 'the alarm to be over' })
})

test('a host outside the mesh takes the VIP of a group: its MASTER keeps it, every status can tell, the alarm ends with the stranger', async t => {
  const { lab, members, master } = await openTrio(t)
  const stranger = await lab.addHost('stranger')
  const events = lab.timeline.of(VIP).length
  await stranger.exec('ip', 'address', 'add', `${VIP}/32`, 'dev', 'eth0')
  await lab.until(async () => (await Promise.all(members.map(member => tells(member, '02:00:00:00:00:04')))).every(Boolean), { what: 'everybody to name the stranger', state: () => master.agent.log.slice(-4) })
  await stranger.exec('ip', 'address', 'delete', `${VIP}/32`, 'dev', 'eth0')
  await lab.until(async () => (await Promise.all(members.map(({ agent }) => agent.status()))).every(status => status?.alarms.length === 0), { what: 'the alarm to be over' })
  assert.deepEqual(lab.timeline.of(VIP).slice(events).map(({ host }) => host), ['stranger', 'stranger'])
})

test('a keepalived of another group sends here for the same virtual router id: the VIP stays, and status says what to do', async t => {
  const { lab, master, backups } = await openTrio(t)
  const stranger = await lab.addHost('stranger')
  const events = lab.timeline.of(VIP).length
  const peers = [master, ...backups].map(({ host }) => host.address)
  const { program } = await startBareKeepalived(stranger, { priority: 255, peers, vip: '10.10.0.3/24' })
  const isTold = async (): Promise<boolean> => (await master.agent.status())?.alarms.some(alarm => alarm.includes('KEEPALIVED_VIRTUAL_ROUTER_ID')) === true
  await lab.until(isTold, { what: 'the alarm', state: () => master.agent.log.slice(-4) })
  const examined = await master.agent.command('doctor').catch((error: { stdout?: string }) => error.stdout ?? '')
  assert.match(examined, /^✗ alarm: .* give one of the two groups another KEEPALIVED_VIRTUAL_ROUTER_ID.*\n {2}→ /m)
  assert.match(examined, /^✓ agent: runs: active$/m)
  program.signal('SIGTERM')
  await lab.until(async () => !await isTold(), { what: 'the alarm to be over' })
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})
