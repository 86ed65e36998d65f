// From static hosts, as `arcts/keepalived` has them, to a mesh: those that change over wait beside the static holder and move nothing; when the last static host changes over, the VIP moves once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, ONLY_THE_VIP, startMember, VIP, type Member } from './group.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

test('three static hosts become a mesh: the BACKUPs first, which wait, then the MASTER', async (t) => {
  const lab = await openLab()
  t.after(lab.close)
  const hosts: Host[] = []
  for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
  const peersOf = (host: Host): Record<string, string> => Object.fromEntries(hosts.filter((other) => other !== host).map(({ address }, i) => [`KEEPALIVED_UNICAST_PEER_${i + 1}`, address]))
  const members = new Map<Host, Member>()
  for (const [i, host] of hosts.entries()) {
    members.set(host, await startMember(lab, host, { ...ONLY_THE_VIP, ...peersOf(host), KEEPALIVED_STATE: i === 0 ? 'MASTER' : 'BACKUP', KEEPALIVED_PRIORITY: String(200 - 50 * i) }))
  }
  await lab.until(() => lab.timeline.holders(VIP).join() === 'one', { what: 'the static MASTER to hold the VIP' })
  const probe = await lab.probe(VIP)
  await probe.answers(300)
  const events = lab.timeline.of(VIP).length
  const [one, two, three] = hosts
  assert(one !== undefined && two !== undefined && three !== undefined)
  const changeOver = async (host: Host): Promise<void> => {
    assert.equal((await members.get(host)?.agent.stop())?.code, 0)
    members.set(host, await startMember(lab, host))
  }
  for (const host of [three, two]) {
    await changeOver(host)
    await lab.until(async () => (await members.get(host)?.agent.status())?.waitingFor?.includes(one.mac) === true, { what: `${host.name} to wait for the static holder`, ceilingMs: 60_000 })
  }
  await probe.answers(200)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved while static hosts changed over')
  assert.deepEqual(probe.report().gaps, [])

  await changeOver(one)
  await formed(lab, [...members.values()])
  await probe.answers(100)
  const seen = await probe.stop()
  assert.deepEqual(lab.timeline.of(VIP).slice(events).map(({ event }) => event), ['removed', 'added'], 'the VIP moves once')
  assert.deepEqual(lab.timeline.overlaps(VIP), [])
  assert.equal(seen.gaps.length, 1)
  await report('the last static host becomes a member: gap of a client', seen.longestGapMs)
})
