// Five hosts: two crash at once, every one is replaced by another, and two of five boot after a power cut.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { addMember, allSay, backupsAmong, formed, holderAmong, type Member, startMember, startMembers, VIP } from './group.ts'
import { lostNothing, movedOnce } from './handover.ts'
import { openLab } from './lab.ts'

test('a fleet of five: two crashes at once, every host replaced, and two of five after a power cut', async t => {
  const lab = await openLab()
  t.after(lab.close)
  let members = await startMembers(lab, ['one', 'two', 'three', 'four', 'five'])
  const [status] = await formed(lab, members)
  const calm = await watchCalm(lab)
  const crashed = backupsAmong(lab, members, status).slice(0, 2)
  await Promise.all(crashed.map(({ host }) => host.crash()))
  members = members.filter(member => !crashed.includes(member))
  for (const { host } of crashed) await allSay(lab, members, 'lost', host)
  await calm.lasts('two have crashed at once')
  for (const { host } of crashed) members.push(await startMember(lab, await lab.addHost(host.name)))
  await formed(lab, members)
  await calm.lasts('they are back')
  await calm.ends()

  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const events = lab.timeline.of(VIP).length
  for (const old of members) {
    const replacement = await addMember(lab, `new-${old.host.name}`)
    const [told] = await formed(lab, [...members, replacement])
    const [before, master] = [lab.timeline.of(VIP).length, holderAmong(lab, members)]
    const [next = master] = backupsAmong(lab, members, told)
    await old.agent.stop()
    members = [...members.filter(member => member !== old), replacement]
    await formed(lab, members)
    if (old === master) movedOnce(lab, before, master, next)
    else assert.equal(lab.timeline.of(VIP).length, before, 'a BACKUP that left moved the VIP')
  }
  await probe.answers(400)
  await lostNothing((await probe.stop()).gaps, lab.timeline.of(VIP).slice(events))
  assert.ok(holderAmong(lab, members).host.name.startsWith('new-'))

  for (const { host } of members) await host.crash()
  const hosts = []
  for (const { host } of members.slice(3)) hosts.push(await lab.addHost(host.name))
  const back: Member[] = await Promise.all(hosts.map(host => startMember(lab, host)))
  await lab.until(async () => (await Promise.all(back.map(async ({ agent }) => (await agent.status())?.phase))).every(phase => phase === 'active'),
    { what: 'two of five to start', ceilingMs: 60_000, state: () => back.map(({ agent }) => agent.log.slice(-3)) })
  assert.equal(lab.timeline.holders(VIP).length, 1)
  for (const { lists } of back) assert.equal(lists.now().length, 4, 'who is missing is not listed any more')
})
