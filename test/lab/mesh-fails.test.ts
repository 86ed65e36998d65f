// The ways in which a member goes: the MASTER crashes, the MASTER is stopped, a BACKUP is stopped.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, listsExactly, VIP } from './group.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

/** SIGTERM until exit; at an interval of 1 s it is 6 s at most, on a machine of its own. */
const EXIT_CEILING_MS = 15_000

test('the MASTER crashes: the next in order takes over, alone and once', async t => {
  const { lab, master, backups: [next, last] } = await openTrio(t)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const crashedAtMs = Date.now()
  await master.host.crash()
  await lab.until(() => lab.timeline.holders(VIP).length > 0, { what: 'another to hold the VIP' })
  await probe.answers(300)
  const seen = await probe.stop()

  const takers = lab.timeline.of(VIP, crashedAtMs).filter(({ event }) => event === 'added').map(({ host }) => host)
  assert.deepEqual(takers, [next.host.name])
  assert.deepEqual(lab.timeline.overlaps(VIP), [])
  assert.equal(seen.gaps.length, 1)
  assert.ok(next.lists.now().includes(master.host.address), 'silence is not death: the lost member stays listed')
  assert.ok(last.lists.now().includes(master.host.address))
  await report('MASTER crashed: gap', seen.longestGapMs)
})

test('the MASTER is stopped: it hands over, exits 0, and leaves every list', async t => {
  const { lab, master, backups: [next, last] } = await openTrio(t)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const stoppedAtMs = Date.now()
  const exit = await master.agent.stop()
  const exitMs = Date.now() - stoppedAtMs
  assert.equal(exit.code, 0)
  assert.equal(await master.host.exec('ip', '-o', 'address', 'show', 'to', VIP), '', 'exited with the VIP still on the interface')
  await lab.until(() => listsExactly(next, [last]) && listsExactly(last, [next]), { what: 'the leaver to be out of the lists' })
  await probe.answers(400)
  const seen = await probe.stop()

  const takers = lab.timeline.of(VIP, stoppedAtMs).filter(({ event }) => event === 'added').map(({ host }) => host)
  assert.deepEqual(takers, [next.host.name])
  assert.ok(exitMs <= EXIT_CEILING_MS, `exited after ${exitMs} ms`)
  await report('MASTER stopped: gap', seen.longestGapMs)
  await report('MASTER stopped: lost probes', seen.lost, 'count')
  await report('MASTER stopped: until exit', exitMs)
})

test('a BACKUP is stopped: the VIP stays, and the lists forget it', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const before = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const exit = await last.agent.stop()
  assert.equal(exit.code, 0)
  await lab.until(() => listsExactly(master, [next]) && listsExactly(next, [master]), { what: 'the leaver to be out of the lists' })
  await formed(lab, members.filter(member => member !== last))
  await probe.answers(400)
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, before, 'the VIP moved')
})
