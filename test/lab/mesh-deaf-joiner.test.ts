// Protocol 112 is dropped at a host that comes, while the mesh passes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drop, dropNothing, VRRP } from './firewall.ts'
import { formed, startMember, VIP } from './group.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

test('a joiner that gets no VRRP stops before it could be a second MASTER, says why, and joins when it may', async t => {
  const { lab, members } = await openTrio(t)
  const events = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const host = await lab.addHost('four')
  await drop(host, VRRP)
  const fourth = await startMember(lab, host)
  await lab.until(async () => (await fourth.agent.status())?.phase === 'blocked', { what: 'the joiner to be blocked', state: () => fourth.agent.log.slice(-4) })
  assert.match((await fourth.agent.status())?.alarms.join() ?? '', /protocol 112/)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
  await report('VRRP dropped at a joiner: two holders', lab.timeline.overlaps(VIP).reduce((sum, { lengthMs }) => sum + lengthMs, 0))
  await dropNothing(host)
  await formed(lab, [...members, fourth])
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})
