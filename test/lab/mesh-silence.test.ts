// Silence in the mesh is not death in VRRP: agents that are dead or cut off while their keepalived runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { drop, dropNothing, MESH } from './firewall.ts'
import { allSay, formed, type Member, startMember } from './group.ts'
import { openTrio } from './trio.ts'

/** Seconds; with the time to be lost, and a probe of the wire, half a minute of silence is far beyond it. */
const UNLIST = 8

const lists = (member: Member, other: Member): boolean => member.lists.now().includes(other.host.address)

test('agents that are dead or cut off for longer than KEEPALIVED_MESH_UNLIST: their hosts stay listed, nothing moves', async t => {
  const env = { KEEPALIVED_MESH_UNLIST: String(UNLIST) }
  const { lab, members, master, backups: [next, last] } = await openTrio(t, env)
  const calm = await watchCalm(lab)
  await next.agent.kill()
  await allSay(lab, [master, last], 'lost', next.host)
  await calm.lasts('the agent of a BACKUP is dead', (UNLIST + 12) * 100)
  assert.ok(lists(master, next) && lists(last, next), 'who is silent is not listed any more')
  const again = await startMember(lab, next.host)
  await formed(lab, [master, last, again])

  for (const match of MESH) await drop(master.host, match)
  await allSay(lab, [again, last], 'lost', master.host)
  await calm.lasts('the mesh does not reach the MASTER', (UNLIST + 12) * 100)
  assert.ok(lists(again, master) && lists(last, master), 'the MASTER is not listed any more')
  assert.ok(lists(master, again) && lists(master, last), 'the MASTER has dropped the others')
  await dropNothing(master.host)
  await formed(lab, [master, last, again])
  await calm.lasts('all are back', 100)
  assert.equal(members.length, 3)
  await calm.ends()
})
