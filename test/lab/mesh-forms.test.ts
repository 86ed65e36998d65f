// Three hosts that know nothing but the VIP, started at once.
import assert from 'node:assert/strict'
import { execPath } from 'node:process'
import { test } from 'node:test'
import { documentSchema } from '../../src/status/document.ts'
import { formed, holderAmong, type Member, ONLY_THE_VIP, startMember, startMembers, VIP } from './group.ts'
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

test('the same over HTTP, on the host itself alone; a port that is taken costs no more than that', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('one')
  const squatter = await host.spawn([execPath, '-e', "require('net').createServer().listen(12201, '127.0.0.1')"])
  const squatted = await startMember(lab, host, ONLY_THE_VIP)
  const other = await startMember(lab, await lab.addHost('two'), ONLY_THE_VIP)
  await formed(lab, [squatted, other])
  assert.ok(squatted.agent.log.some(({ level, msg }) => level === 'warn' && msg.startsWith('no status over HTTP')))
  squatter.signal('SIGTERM')
  const ask = async (path: string, address = '127.0.0.1'): Promise<string> => await other.host.exec('curl', '-s', `http://${address}:12201${path}`)
  assert.equal(await ask('/readyz'), 'ready\n')
  assert.equal(documentSchema.parse(JSON.parse(await ask('/v1/status'))).agreed, true)
  assert.match(await ask('/metrics'), /^keepalived_mesh_members\{state="active"\} 2$/m)
  await assert.rejects(ask('/healthz', other.host.address))
})

/** When the list of a member last changed. */
function completeAtMs ({ lists }: Member): number {
  return lists.history.at(-1)?.atMs ?? Number.NaN
}
