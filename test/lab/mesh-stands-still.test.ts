// A MASTER whose processes are frozen: its kernel answers for the VIP on the wire, and nobody is to give way to that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, VIP } from './group.ts'
import { openTrio } from './trio.ts'

test('the MASTER stands still for a while: the next takes over, keeps the VIP, and gives it back', async t => {
  const { lab, members, master, backups: [next] } = await openTrio(t)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const sinceMs = Date.now()
  await master.host.pause()
  await lab.until(() => lab.timeline.holders(VIP).includes(next.host.name), { what: 'the next to take over' })
  // Several of its own probes of the VIP, each answered by the kernel of the host that stands still.
  await probe.answers(1200)
  const taken = lab.timeline.of(VIP, sinceMs).map(({ host, event }) => `${host} ${event}`)
  assert.deepEqual(taken, [`${next.host.name} added`])
  assert.match((await next.agent.status())?.alarms.join() ?? '', new RegExp(`${master.host.address} holds the VIP as well`))

  await master.host.resume()
  await formed(lab, members)
  assert.deepEqual(lab.timeline.holders(VIP), [master.host.name])
  await probe.stop()
})
