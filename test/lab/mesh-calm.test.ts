// Hosts come, go and die around a MASTER, and agents with them, one thing after the other: clients notice nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { addMember, allSay, backupsAmong, formed, type Member, startMember } from './group.ts'
import { openTrio } from './trio.ts'

test('join, leave and crash of BACKUPs, dead agents and restarts in a row', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const calm = await watchCalm(lab)
  const pid = (await master.agent.status())?.keepalived.pid

  const fourth = await addMember(lab, 'four')
  await formed(lab, [...members, fourth])
  await calm.lasts('a fourth has joined')

  await next.agent.stop()
  await formed(lab, [master, last, fourth])
  await calm.lasts('the first BACKUP has left')

  await last.host.crash()
  await allSay(lab, [master, fourth], 'lost', last.host)
  const fifth = await addMember(lab, 'five')
  await lab.until(async () => (await fifth.agent.status())?.phase === 'active', { what: 'a fifth to join beside a lost one' })
  await calm.lasts('a fifth has joined beside a lost one')

  const back = await startMember(lab, await lab.addHost(last.host.name))
  await formed(lab, [master, fourth, fifth, back])
  await calm.lasts('the crashed one is back')

  await fourth.agent.kill()
  await allSay(lab, [master, fifth, back], 'lost', fourth.host)
  const sixth = await addMember(lab, 'six')
  await lab.until(async () => (await sixth.agent.status())?.phase === 'active', { what: 'a sixth to join beside a dead agent' })
  await calm.lasts('a sixth has joined beside a dead agent')

  await master.agent.kill()
  await fifth.agent.kill()
  await calm.lasts('the agents of the MASTER and of two BACKUPs are dead')
  const again: Member[] = []
  for (const { host } of [fifth, master, fourth]) again.push(await startMember(lab, host))
  const [status] = await formed(lab, [back, sixth, ...again])
  await calm.lasts('they are back')
  assert.equal((await again[1]?.agent.status())?.keepalived.pid, pid, 'keepalived of the MASTER is another one')

  const [first, ...rest] = backupsAmong(lab, [back, sixth, ...again], status)
  await first?.agent.stop()
  await rest[0]?.host.crash()
  await startMember(lab, next.host)
  await calm.lasts('one has left, one has crashed and one comes, at once', 1000)
  await calm.ends()
})
