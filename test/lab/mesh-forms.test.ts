// Three hosts that know nothing but the VIP, started at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, holderAmong, type Member, startMembers, VIP } from './group.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

test('three hosts form a group, with one order and never two holders', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const members = await startMembers(lab, ['one', 'two', 'three'])
  const statuses = await formed(lab, members)

  const priorities = statuses[0].members.map(({ priority }) => priority)
  assert.equal(new Set(priorities).size, 3, `priorities ${priorities.join()} are not distinct`)
  for (const status of statuses) assert.deepEqual(status.members.map(({ priority }) => priority), priorities)
  assert.equal(statuses[0].members[0]?.address, holderAmong(lab, members).host.address, 'the highest does not hold the VIP')
  assert.deepEqual(lab.timeline.overlaps(VIP), [])
  assert.equal(lab.timeline.of(VIP).length, 1, 'the VIP moved while the group formed')

  const startedAtMs = Math.min(...members.map(({ agent }) => agent.startedAtMs))
  await report('three hosts started at once: all lists written', Math.max(...members.map(completeAtMs)) - startedAtMs)
  await report('three hosts started at once: one holder', (lab.timeline.of(VIP)[0]?.atMs ?? 0) - startedAtMs)
})

test('status as an operator asks for it', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const members = await startMembers(lab, ['one', 'two'])
  const [status] = await formed(lab, members)
  const printed: unknown = JSON.parse(await members[0]?.agent.command('status', '--json') ?? '')
  assert.deepEqual(Object.keys(printed ?? {}).toSorted(), Object.keys(status).toSorted())
})

/** When the list of a member last changed. */
function completeAtMs ({ lists }: Member): number {
  return lists.history.at(-1)?.atMs ?? Number.NaN
}
