// A fourth host joins: nobody notices, and its VRRP starts only when every list has it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addMember, formed, startMembers, VIP } from './group.ts'
import { keepalivedStartedAtMs } from './keepalived-start.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

/** keepalived's start is known to a clock tick of the kernel (100 a second). */
const TICK_MS = 10

test('a fourth host joins without a VIP event or a lost probe', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const members = await startMembers(lab, ['one', 'two', 'three'])
  await formed(lab, members)
  const before = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)

  const fourth = await addMember(lab, 'four')
  await formed(lab, [...members, fourth])
  // Long enough for a BACKUP's timer to run out, had a reload or a missing list upset it.
  await probe.answers(500)

  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, before, 'the VIP moved')
  const listedAtMs = members.map(({ lists }) => lists.listedAtMs(fourth.host.address) ?? Number.NaN)
  const startedAtMs = keepalivedStartedAtMs(fourth.host)
  for (const [index, atMs] of listedAtMs.entries()) {
    assert.ok(atMs <= startedAtMs + TICK_MS, `VRRP started ${atMs - startedAtMs} ms before host ${index + 1} listed it`)
  }
  await report('fourth host: agent started until in every list', Math.max(...listedAtMs) - fourth.agent.startedAtMs)
  await report('fourth host: agent started until VRRP started', startedAtMs - fourth.agent.startedAtMs)
})
