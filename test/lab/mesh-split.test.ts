// A segment that falls into halves, and a host that hears nobody while others hear it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drop, dropNothing } from './firewall.ts'
import { backupsAmong, formed, holderAmong, startMembers, VIP } from './group.ts'
import { healedWell, keptLists } from './heal.ts'
import { openLab } from './lab.ts'
import { openTrio } from './trio.ts'

test('an even split of four for 20 s: each half has a holder, and the whole has one again', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const members = await startMembers(lab, ['one', 'two', 'three', 'four'])
  const [status] = await formed(lab, members)
  const master = holderAmong(lab, members)
  const [, , third] = backupsAmong(lab, members, status)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const kept = keptLists(members)
  const half = members.filter(member => member === master || member === third)
  for (const { host } of half) await host.cable.moveApart()
  await probe.answers(1700)
  assert.equal(lab.timeline.holders(VIP).length, 2)
  const healedAtMs = Date.now()
  for (const { host } of half) await host.cable.heal()
  await formed(lab, members)
  await healedWell({ lab, probe, what: 'even split healed', healedAtMs, holder: master })
  kept()
  await probe.stop()
})

test('a BACKUP that hears nothing for 8 s while all hear it: lists are kept, and it lets go when it hears', async t => {
  const { lab, members, master, backups: [, last] } = await openTrio(t)
  const kept = keptLists(members)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await drop(last.host, ['iifname', 'eth0'], ['in'])
  await lab.until(() => lab.timeline.holders(VIP).length === 2, { what: 'the deaf one to take the VIP' })
  await probe.answers(500)
  const healedAtMs = Date.now()
  await dropNothing(last.host)
  await formed(lab, members)
  await healedWell({ lab, probe, what: 'one-way loss healed', healedAtMs, holder: master })
  kept()
  await probe.stop()
})
