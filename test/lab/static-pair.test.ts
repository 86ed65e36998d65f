// Static mode as a user of the seed has it: two hosts with each other's address, no mesh.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMember, VIP } from './group.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

test('static pair: a crashed MASTER is followed by its BACKUP, a stopped one says goodbye', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const [first, second] = [await lab.addHost('first'), await lab.addHost('second')]
  const vip = { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24` }
  await startMember(lab, first, { ...vip, KEEPALIVED_UNICAST_PEER_1: second.address, KEEPALIVED_STATE: 'MASTER' })
  const backup = await startMember(lab, second, { ...vip, KEEPALIVED_UNICAST_PEER_1: first.address, KEEPALIVED_STATE: 'BACKUP' })
  await lab.until(() => lab.timeline.holders(VIP).join() === 'first', { what: 'the MASTER to hold the VIP', state: () => backup.agent.log })

  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await first.crash()
  await lab.until(() => lab.timeline.holders(VIP).join() === 'second', { what: 'the BACKUP to take over' })
  await probe.answers(20)
  const seen = await probe.stop()
  assert.equal(seen.gaps.length, 1)
  assert.deepEqual(lab.timeline.overlaps(VIP).filter(({ hosts }) => hosts.length > 2), [])
  await report('static pair, MASTER crashed: gap', seen.longestGapMs)

  const exit = await backup.agent.stop()
  assert.equal(exit.code, 0)
  await lab.until(() => lab.timeline.holders(VIP).length === 0, { what: 'the VIP to be gone with the last agent' })
})
