// Who has not the secret of a group beside it, and who is on another network beside a group without one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { addMember, ONLY_THE_VIP, startMember } from './group.ts'
import { openLab } from './lab.ts'
import { openTrio } from './trio.ts'

const SECRET = 'the secret of this year, which nobody knows'

test('a host without the secret beside a group that has one: the group does not notice it but in its log, once, and it waits', async t => {
  const { lab, members } = await openTrio(t, { KEEPALIVED_MESH_SECRET: SECRET })
  const calm = await watchCalm(lab)
  const stranger = await addMember(lab, 'stranger')
  await lab.until(() => stranger.agent.log.some(({ facts }) => facts['mismatch'] === 'refusedUs') || null, { what: 'the stranger to say what is likely wrong', state: () => stranger.agent.log.slice(-4) })
  await lab.until(async () => (await stranger.agent.status())?.alarms.some(alarm => alarm.includes('VIP')) === true || null, { what: 'the stranger to say who holds the VIP' })
  await calm.lasts('a stranger tries')
  await calm.ends()
  const told = members.flatMap(({ agent }) => agent.log.filter(({ facts }) => facts['mismatch'] === 'noSecret'))
  assert.ok(told.length >= 1 && told.length <= members.length, 'by each that it reached, once')
  for (const { agent } of members) assert.equal((await agent.status())?.members.length, 3)
  assert.equal((await stranger.agent.status())?.keepalived.pid, null)
})

test('a group without a secret does not hear a host of another network, which can reach it all the same', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const near = await addMember(lab, 'near')
  const far = await lab.addHost('far')
  await far.exec('ip', 'address', 'replace', '10.20.0.5/32', 'dev', 'eth0')
  await far.exec('ip', 'address', 'delete', `${far.address}/24`, 'dev', 'eth0')
  await far.exec('ip', 'route', 'add', '10.10.0.0/24', 'dev', 'eth0', 'src', '10.20.0.5')
  await near.host.exec('ip', 'route', 'add', '10.20.0.0/24', 'dev', 'eth0')
  await far.exec('fping', near.host.address)
  const outsider = await startMember(lab, far, { ...ONLY_THE_VIP, KEEPALIVED_INTERFACE: 'eth0', KEEPALIVED_MESH_SEEDS: near.host.address })
  await lab.until(() => near.agent.log.some(({ facts }) => facts['mismatch'] === 'offLink' && facts['address'] === '10.20.0.5'), { what: 'the group to say whom it does not hear', ceilingMs: 60_000, state: () => [near, outsider].map(({ agent }) => agent.log.slice(-5)) })
  await lab.until(() => outsider.agent.log.some(({ facts }) => facts['mismatch'] === 'refusedUs'), { what: 'the host to say that it is not heard', state: () => outsider.agent.log.slice(-5) })
  assert.equal((await near.agent.status())?.members.length, 1)
})
