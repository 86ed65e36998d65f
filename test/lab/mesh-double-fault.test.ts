// Two faults at once, of which each alone harms nobody: an agent that is dead, and a MASTER that crashes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addMember, allSay, type Member, startMember, VIP } from './group.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

const lists = (member: Member, other: Member): boolean => member.lists.now().includes(other.host.address)

test('a joiner beside a dead agent, and then the MASTER crashes: the one that nobody told of the joiner wins', async t => {
  const { lab, master, backups: [next, last] } = await openTrio(t)
  await next.agent.kill()
  await allSay(lab, [master, last], 'lost', next.host)
  const fourth = await addMember(lab, 'four')
  await lab.until(async () => (await fourth.agent.status())?.phase === 'active', { what: 'a fourth to join beside the dead agent' })
  assert.ok(!lists(next, fourth))
  await master.host.crash()
  await lab.until(async () => (await fourth.agent.status())?.phase === 'blocked', { what: 'the fourth to find the holder that it does not hear', ceilingMs: 60_000, state: () => fourth.agent.log.slice(-4) })
  await lab.until(() => lab.timeline.holders(VIP).join() === next.host.name, { what: 'one holder', state: () => lab.timeline.holders(VIP) })
  assert.match((await fourth.agent.status())?.alarms.join() ?? '', new RegExp(`${next.host.address} holds the VIP too`))
  const [apart] = lab.timeline.overlaps(VIP)
  await report('double fault, a joiner that the new MASTER does not list: two holders', apart?.lengthMs ?? 0)

  const again = await startMember(lab, next.host)
  await lab.until(async () => (await fourth.agent.status())?.phase === 'active', { what: 'the fourth to join anew', ceilingMs: 60_000, state: () => fourth.agent.log.slice(-4) })
  assert.ok(lists(again, fourth) && lists(fourth, again) && lists(fourth, last))
  // The other BACKUP may hold it for less than an interval: it hears the fourth's priority 0, and the answer of the MASTER
  // to that may have come before it. Then VRRP itself settles it, since those two list each other.
  const eventsAt = ({ host }: Member): string[] => lab.timeline.of(VIP).filter(change => change.host === host.name).map(({ event }) => event)
  await lab.until(() => lab.timeline.holders(VIP).join() === next.host.name, { what: 'one holder again', state: () => lab.timeline.of(VIP) })
  assert.deepEqual([next, fourth].map(eventsAt), [['added'], ['added', 'removed']], JSON.stringify(lab.timeline.of(VIP)))
})
