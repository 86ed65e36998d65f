// Agents that die and come back, hosts that lose their power together: what ran goes on, and the order stays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusDocument } from '../../src/status/document.ts'
import { formed, startMember, VIP } from './group.ts'
import { openTrio } from './trio.ts'

for (const role of ['MASTER', 'BACKUP'] as const) {
  test(`the agent of a ${role} is killed and started again: its keepalived goes on, nothing moves`, async t => {
    const { lab, members, master, backups: [next] } = await openTrio(t)
    const victim = role === 'MASTER' ? master : next
    const before = await victim.agent.status()
    const events = lab.timeline.of(VIP).length
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    await victim.agent.kill()
    // Longer than it takes to be called lost, and longer than a BACKUP's timer.
    await probe.answers(450)
    const again = await startMember(lab, victim.host)
    await formed(lab, [...members.filter(member => member !== victim), again])
    await probe.answers(100)

    const after = await again.agent.status()
    assert.equal(after?.keepalived.pid, before?.keepalived.pid)
    assert.equal(after?.keepalived.reloads, 0)
    assert.equal((await probe.stop()).lost, 0)
    assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
  })
}

function orderOf (status: StatusDocument | null): string {
  return JSON.stringify(status?.members.map(({ address, priority }) => ({ address, priority })))
}

test('all hosts lose their power at once: the same host holds the VIP again, and everybody has its number', async t => {
  const { lab, members, master } = await openTrio(t)
  const before = orderOf(await master.agent.status())
  const names = members.map(({ host }) => host.name)
  for (const { host } of members) await host.crash()
  const hosts = []
  for (const name of names) hosts.push(await lab.addHost(name))
  const back = await Promise.all(hosts.map(host => startMember(lab, host)))
  const [status] = await formed(lab, back)
  assert.equal(orderOf(status), before)
  assert.deepEqual(lab.timeline.holders(VIP), [master.host.name])
})
