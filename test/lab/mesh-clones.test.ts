// Identities that are not where they should be: a state directory on two hosts, an address with a new key, an address that two claim.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, ONLY_THE_VIP, startMember, VIP } from './group.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'
import { openTrio } from './trio.ts'

const STATE = '/var/lib/keepalived-mesh'

async function copyState (from: Host, to: Host): Promise<void> {
  for (const file of ['identity.json', 'view.json']) await to.write(`${STATE}/${file}`, await from.read(`${STATE}/${file}`))
}

for (const role of ['MASTER', 'BACKUP'] as const) {
  test(`a host is cloned from a ${role}, machine id and all: the clone takes an identity of its own and joins, nothing moves`, async t => {
    const { lab, members, master, backups: [next] } = await openTrio(t)
    const original = role === 'MASTER' ? master : next
    const id = (await original.agent.status())?.self.id
    const events = lab.timeline.of(VIP).length
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    const host = await lab.addHost('clone')
    await copyState(original.host, host)
    const clone = await startMember(lab, host)
    const statuses = await formed(lab, [...members, clone])
    await probe.answers(450)
    assert.equal(new Set(statuses.map(({ self }) => self.id)).size, 4)
    assert.equal((await original.agent.status())?.self.id, id, 'who ran keeps its identity')
    assert.equal((await probe.stop()).lost, 0)
    assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
    assert.ok(clone.agent.log.some(({ msg }) => msg.includes('taking a new one')))
  })
}

test('two clones alone, without multicast: the second takes an identity of its own from what it meets behind the VIP', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const env = { ...ONLY_THE_VIP, KEEPALIVED_MESH_DISCOVERY: 'vip' }
  const one = await startMember(lab, await lab.addHost('one'), env)
  await lab.until(() => lab.timeline.holders(VIP).length === 1, { what: 'the first to hold the VIP' })
  const host = await lab.addHost('two')
  await copyState(one.host, host)
  const two = await startMember(lab, host, env)
  const statuses = await formed(lab, [one, two])
  assert.notEqual(statuses[0].self.id, statuses[1]?.self.id)
  assert.deepEqual(lab.timeline.holders(VIP), ['one'])
})

test('a BACKUP\'s container is made anew without its state directory: its address is let in under the new key, nothing moves', async t => {
  const { lab, members, backups: [next] } = await openTrio(t)
  const old = (await next.agent.status())?.self.id
  const pid = (await next.agent.status())?.keepalived.pid
  const events = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await next.agent.kill()
  await next.host.exec('sh', '-c', `kill -9 ${pid}; rm -rf ${STATE} /run/keepalived-mesh`)
  const again = await startMember(lab, next.host)
  const statuses = await formed(lab, [...members.filter(member => member !== next), again])
  await probe.answers(450)
  for (const { members: told } of statuses) assert.ok(!told.some(({ id }) => id === old), 'the old key is still a member')
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})

test('a joiner has the address of a host that lives: it stays out and names that one by its MAC', async t => {
  const { lab, master, backups: [next] } = await openTrio(t)
  const host = await lab.addHost('four')
  await host.exec('ip', 'address', 'add', `${next.host.address}/32`, 'dev', 'eth0')
  const events = lab.timeline.of(VIP).length
  const fourth = await startMember(lab, host, { ...ONLY_THE_VIP, KEEPALIVED_UNICAST_SRC_IP: next.host.address, KEEPALIVED_MESH_SEEDS: master.host.address })
  await lab.until(async () => (await fourth.agent.status())?.alarms.some(alarm => alarm.includes(`${next.host.address} is the address of this host and of 02:00:00:00:00:0`)), { what: 'the joiner to name the clash', state: () => fourth.agent.log.slice(-4) })
  assert.equal((await fourth.agent.status())?.phase, 'blocked')
  assert.ok(!fourth.agent.log.some(({ msg }) => msg.startsWith('VRRP has started')))
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})
