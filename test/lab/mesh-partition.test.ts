// A cable that is cut for 20 s, of a BACKUP and then of the MASTER: lists are kept, and after the heal one host holds the
// VIP and clients reach that one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, type Member } from './group.ts'
import { healedWell, keptLists } from './heal.ts'
import { openTrio } from './trio.ts'
import { VIP } from './group.ts'

/** Answers to pings at 10 ms; without those that a take-over costs. */
const PARTITION_ANSWERS = 1700

test('20 s of partition, of a BACKUP and then of the MASTER', async t => {
  const { lab, members, master, backups: [, last] } = await openTrio(t)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  for (const [role, victim] of [['BACKUP', last], ['MASTER', master]] as const satisfies ReadonlyArray<readonly [string, Member]>) {
    const kept = keptLists(members)
    await victim.host.cable.cut()
    await probe.answers(PARTITION_ANSWERS)
    assert.equal(lab.timeline.holders(VIP).length, 2, 'each side has a holder')
    const healedAtMs = Date.now()
    await victim.host.cable.heal()
    await formed(lab, members)
    await healedWell({ lab, probe, what: `partition of the ${role} healed`, healedAtMs, holder: master })
    kept()
  }
  await probe.stop()
})
