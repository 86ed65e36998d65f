// A pair, of which a half reboots, dies and is replaced; keepalived and its child killed under an agent that lives.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killKeepalived } from './fault.ts'
import { addMember, backupsAmong, formed, holderAmong, type Member, startMember, startMembers, VIP } from './group.ts'
import { openLab } from './lab.ts'
import type { Lab } from './lab.ts'
import { openTrio } from './trio.ts'

/** Who took the VIP, in order, since that many events. */
function takersSince (lab: Lab, events: number): string[] {
  return lab.timeline.of(VIP).slice(events).filter(({ event }) => event === 'added').map(({ host }) => host)
}

test('the MASTER of a pair reboots: the VIP moves once; its dead half is replaced by another host, and comes back after all', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const pair = await startMembers(lab, ['one', 'two'])
  const [status] = await formed(lab, pair)
  const [first, [second]] = [holderAmong(lab, pair), backupsAmong(lab, pair, status)]
  if (second === undefined) throw new Error('a pair has a BACKUP')
  const events = lab.timeline.of(VIP).length
  await first.host.crash()
  await lab.until(() => lab.timeline.holders(VIP).join() === second.host.name, { what: 'the BACKUP to follow' })
  const back = await startMember(lab, await lab.addHost(first.host.name))
  await formed(lab, [second, back])
  const probe = await lab.probe(VIP)
  await probe.answers(500)
  assert.deepEqual(takersSince(lab, events), [second.host.name], 'it moved more than once')

  await back.host.crash()
  const third = await addMember(lab, 'three')
  await lab.until(async () => (await third.agent.status())?.phase === 'active', { what: 'another to take its place beside the dead half' })
  assert.ok(second.lists.now().includes(back.host.address), 'two hosts never remove each other, nor with a third in the place of one')
  const again = await startMember(lab, await lab.addHost(first.host.name))
  await formed(lab, [second, third, again])
  await probe.answers(400)
  assert.equal((await probe.stop()).lost, 0)
  assert.deepEqual(takersSince(lab, events), [second.host.name])
})

test('of three hosts that lose their power two come back: they form the group, and keep the third', async t => {
  const { lab, members } = await openTrio(t)
  for (const { host } of members) await host.crash()
  const hosts = [await lab.addHost('two'), await lab.addHost('three')]
  const back = await Promise.all(hosts.map(host => startMember(lab, host)))
  await lab.until(async () => (await Promise.all(back.map(async ({ agent }) => await agent.status()))).every(status => status?.phase === 'active' && status.agreed),
    { what: 'two of three to start', ceilingMs: 60_000, state: () => back.map(({ agent }) => agent.log.slice(-3)) })
  assert.equal(lab.timeline.holders(VIP).length, 1)
  assert.ok(back.every(({ lists }) => lists.now().includes('10.10.0.21')), 'who is missing is not listed any more')
  const events = lab.timeline.of(VIP).length
  await formed(lab, [...back, await startMember(lab, await lab.addHost('one'))])
  assert.equal(lab.timeline.of(VIP).length, events, 'the third took the VIP when it came')
  assert.deepEqual(lab.timeline.overlaps(VIP), [])
})

for (const which of ['parent', 'child'] as const) {
  test(`the ${which} of keepalived is killed, on a BACKUP and then on the MASTER: no VIP stays behind, and it does not come back with it`, async t => {
    const { lab, members, master, backups: [next, last] } = await openTrio(t)
    const events = lab.timeline.of(VIP).length
    const isLast = async (member: Member): Promise<void> => {
      await lab.until(async () => {
        const status = await member.agent.status()
        return status?.phase === 'active' && status.members.at(-1)?.address === member.host.address
      }, { what: `${member.host.name} to be back as the last`, ceilingMs: 60_000, state: () => member.agent.log.slice(-4) })
      await formed(lab, members)
    }
    await killKeepalived(next.host, which)
    await isLast(next)
    assert.equal(lab.timeline.of(VIP).length, events, 'a BACKUP moved the VIP')
    await killKeepalived(master.host, which)
    await lab.until(() => lab.timeline.holders(VIP).join() === last.host.name, { what: 'the first BACKUP to follow', state: () => lab.timeline.of(VIP) })
    await isLast(master)
    const probe = await lab.probe(VIP)
    await probe.answers(400)
    assert.equal((await probe.stop()).lost, 0)
    assert.deepEqual(takersSince(lab, events), [last.host.name], 'it moved more than once')
  })
}
