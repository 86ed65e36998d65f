// Members that acknowledge late or never: they are named and passed over, the MASTER is waited for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { hang, resume, setConfWritable } from './fault.ts'
import { addMember, allSay, formed, type Member, stateAt } from './group.ts'
import type { Lab } from './lab.ts'
import { openTrio } from './trio.ts'

async function isActive (lab: Lab, { agent, host }: Member): Promise<void> {
  await lab.until(async () => (await agent.status())?.phase === 'active', { what: `${host.name} to be in`, ceilingMs: 60_000, state: () => agent.log.slice(-4) })
}

/** Resolves when it tells what it waits for, or why it stays out. */
async function tells (lab: Lab, { agent, host }: Member, words: RegExp): Promise<void> {
  await lab.until(async () => {
    const status = await agent.status()
    return words.test([status?.waitingFor, ...status?.alarms ?? []].join())
  }, { what: `${host.name} to tell ${String(words)}`, ceilingMs: 60_000, state: () => agent.log.slice(-4) })
}

test('agents that hang: a BACKUP is passed over, the MASTER is waited for', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const calm = await watchCalm(lab)
  hang(next.agent)
  const fourth = await addMember(lab, 'four')
  await isActive(lab, fourth)
  await calm.lasts('a fourth joined beside a BACKUP that hangs')
  assert.ok(master.lists.now().includes(next.host.address) && fourth.lists.now().includes(next.host.address), 'who hangs stays listed')
  resume(next.agent)
  await formed(lab, [...members, fourth])
  await calm.lasts('it goes on')

  hang(master.agent)
  await allSay(lab, [last, fourth], 'lost', master.host)
  const fifth = await addMember(lab, 'five')
  await tells(lab, fifth, /a MASTER: .* holds the VIP and its agent does not answer/)
  // Longer than any other laggard is waited for.
  await calm.lasts('a fifth waits for the MASTER that hangs', 1200)
  assert.notEqual((await fifth.agent.status())?.phase, 'active')
  resume(master.agent)
  await formed(lab, [...members, fourth, fifth])
  await calm.lasts('the MASTER goes on, and a fifth is in')
  await calm.ends()
})

test('disks that take no conf: a BACKUP is named, passed over, and leaves VRRP; the MASTER keeps the VIP and holds joins', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const calm = await watchCalm(lab)
  await setConfWritable(master.host, false)
  const fourth = await addMember(lab, 'four')
  await tells(lab, master, /keepalived\.conf/)
  await tells(lab, fourth, new RegExp(`${master.host.address} to list this host`))
  await calm.lasts('a fourth waits for a MASTER that cannot list it', 1200)
  assert.notEqual((await fourth.agent.status())?.phase, 'active')
  await setConfWritable(master.host, true)
  await formed(lab, [...members, fourth])
  await calm.lasts('the disk of the MASTER takes its conf')

  await setConfWritable(next.host, false)
  const fifth = await addMember(lab, 'five')
  // After 10 s either the joiner passes it over, or it has given up by itself: both count the same time.
  await tells(lab, fifth, new RegExp(`${next.host.address} to list this host`))
  await tells(lab, next, /keepalived\.conf/)
  await isActive(lab, fifth)
  await lab.until(async () => await stateAt(master, next.host) === 'blocked', { what: 'it to leave VRRP', ceilingMs: 60_000 })
  await calm.lasts('a fifth is in, and the BACKUP that cannot list it is out')
  await setConfWritable(next.host, true)
  await formed(lab, [master, last, fourth, fifth, next])
  await calm.ends()
})
