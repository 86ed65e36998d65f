// A host whose VRRP is heard and whose mesh is not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drop, MESH } from './firewall.ts'
import { formed, VIP } from './group.ts'
import { openTrio } from './trio.ts'

test('a BACKUP that the mesh does not reach for longer than KEEPALIVED_MESH_UNLIST stays listed while it answers on the wire', async t => {
  const { lab, master, backups: [next, last] } = await openTrio(t, { KEEPALIVED_MESH_UNLIST: '10' })
  const events = lab.timeline.of(VIP).length
  for (const match of MESH) await drop(next.host, match)
  const stateOfNext = async (): Promise<string | undefined> =>
    (await master.agent.status())?.members.find(({ address }) => address === next.host.address)?.state
  await lab.until(async () => await stateOfNext() === 'lost', { what: 'the BACKUP to be lost' })
  const probe = await lab.probe(VIP)
  await probe.answers(2500)
  assert.ok(master.lists.now().includes(next.host.address) && last.lists.now().includes(next.host.address))
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})

test('a BACKUP that loses its address stops VRRP, and joins anew when it has one', async t => {
  const { lab, members, backups: [next] } = await openTrio(t)
  const events = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await next.host.exec('ip', 'address', 'delete', `${next.host.address}/24`, 'dev', 'eth0')
  await lab.until(async () => (await next.agent.status())?.keepalived.pid === null, { what: 'its keepalived to stop' })
  await probe.answers(400)
  await next.host.exec('ip', 'address', 'add', `${next.host.address}/24`, 'dev', 'eth0')
  await formed(lab, members)
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})
