/** Whom a conf may name: only who is there where it says, within reach, and told of by somebody who was met. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bitsOf } from '../../src/core/address.ts'
import { backup, joining, master } from './group.ts'
import { record, seal } from './records.ts'
import { OWN_ADDRESS, confs, openStage } from './stage.ts'
import type { Stage } from './stage.ts'

const LINK = 'eth0 2'
const lastPeers = (stage: Stage): readonly string[] => confs(stage).at(-1)?.peers ?? []

const invented = (id: string, address: string, other: string, at: string): Parameters<typeof record>[0] =>
  ({ id, address, number: 200, founder: 'a', vrrpState: 'BACKUP', phase: 'active', lists: [other], peers: [at] })

/** A member tells of others. */
function tell (stage: Stage, ...members: ReadonlyArray<Parameters<typeof record>[0]>): void {
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: members.map((about) => seal(record(about))), spread: false } })
}

test('a member in another subnet is not listed, and everybody is told why; unless its address is a static peer', () => {
  const far = { ...backup, id: 'far', address: '10.99.0.7' }
  const stage = joining()
  stage.hear(far)
  stage.pass(1000)
  assert.deepEqual(lastPeers(stage), [master.address, backup.address])
  assert.match(stage.core.status().alarms.join(), /10\.99\.0\.7: on no subnet of this host/)

  const union = openStage({ staticPeers: [far.address] })
  union.happen({ kind: 'started', adopted: null })
  union.hear({ ...master, lists: ['far'] })
  union.hear(far)
  union.pass(1000)
  assert.deepEqual(lastPeers(union), [master.address, far.address])
})

test('who connects from the address that its record names needs no dial to be found there; from any other it does', () => {
  for (const from of [backup.address, '10.10.0.99']) {
    const stage = openStage()
    stage.happen({ kind: 'started', adopted: null }, { kind: 'linked', id: backup.id, address: from, port: 0, dialled: false })
    stage.happen({ kind: 'message', from: backup.id, message: { kind: 'table', claims: [seal(record({ ...backup, lists: [] }))], spread: false } })
    const verified = stage.effects.filter(({ kind }) => kind === 'verify')
    assert.equal(verified.length, from === backup.address ? 0 : 1)
  }
})

test('a member without a stream that names an address in another subnet is not even dialled', () => {
  const stage = joining()
  tell(stage, { id: 'x', address: '192.0.2.1', number: 200 }, { id: 'y', address: '10.10.0.99', number: 198 })
  stage.pass(2000)
  const dialled = new Set(stage.effects.flatMap((effect) => effect.kind === 'dial' ? [effect.address] : []))
  assert.deepEqual([dialled.has('192.0.2.1'), dialled.has('10.10.0.99')], [false, true])
})

test('an address of this host itself, and loopback, are nobody\'s', () => {
  const held = [{ address: OWN_ADDRESS, prefixLength: 24, link: LINK }, { address: '172.16.0.5', prefixLength: 16, link: 'eth1 3' }, { address: '127.0.0.1', prefixLength: 8, link: 'lo 1' }]
  const stage = openStage({ held })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: ['p', 'q'] })
  stage.hear({ ...backup, id: 'p', address: '172.16.0.5' })
  stage.hear({ ...backup, id: 'q', address: '127.0.0.9' })
  stage.pass(1000)
  assert.deepEqual(lastPeers(stage), [master.address])
})

test('while this host has no address at all nobody new is within reach; who is listed stays, and nobody is accused', () => {
  const stage = joining()
  stage.pass(1000)
  stage.happen({ kind: 'address', address: null, mac: null, link: null, held: [] })
  stage.hear({ ...backup, id: 'far', address: '10.99.0.7' })
  tell(stage, { id: 'x', address: '192.0.2.1', number: 200 })
  stage.pass(3000)
  assert(stage.effects.every((effect) => effect.kind !== 'dial' || effect.address !== '192.0.2.1'), 'it is dialled')
  for (const { peers } of confs(stage)) assert.deepEqual(peers.filter((peer) => peer !== master.address && peer !== backup.address), [])
  assert.doesNotMatch(stage.core.status().alarms.join(), /on no subnet/)
  stage.happen({ kind: 'address', address: OWN_ADDRESS, mac: null, link: LINK, held: [{ address: OWN_ADDRESS, prefixLength: 24, link: LINK }] })
  stage.hear({ ...backup, id: 'far', address: '10.99.0.7', sequence: 1 })
  stage.pass(3000)
  assert.deepEqual(lastPeers(stage).filter((peer) => peer !== master.address && peer !== backup.address), [])
  assert.match(stage.core.status().alarms.join(), /10\.99\.0\.7: on no subnet of this host/)
})

test('two that nobody has met cannot vouch for each other; a MASTER that was met can', () => {
  const stage = joining()
  tell(stage, invented('x', '10.10.0.71', 'y', '10.10.0.72'), invented('y', '10.10.0.72', 'x', '10.10.0.71'), invented('z', '10.10.0.73', 'y', '10.10.0.72'))
  stage.pass(1000)
  assert.deepEqual(lastPeers(stage), [master.address, backup.address])
  stage.hear({ id: 'a', lists: ['b', 'z'], peers: ['10.10.0.32', '10.10.0.73'] })
  stage.pass(1000)
  // Who is vouched for vouches in turn: it may be the MASTER of a group whose agent is dead.
  assert.deepEqual(lastPeers(stage), [master.address, backup.address, '10.10.0.71', '10.10.0.72', '10.10.0.73'])
})

test('who is listed stays so when this host changes its subnet', () => {
  const stage = joining()
  stage.pass(1000)
  stage.happen({ kind: 'address', address: '10.20.0.21', mac: null, link: LINK, held: [{ address: '10.20.0.21', prefixLength: 24, link: LINK }] })
  stage.pass(1000)
  assert.deepEqual(lastPeers(stage), [master.address, backup.address])
})

test('the bits of an address are those of its number', () => {
  assert.equal(bitsOf('10.0.0.255'), '00001010000000000000000011111111')
  assert.equal(bitsOf('fd00::1'), `1111110100000000${'0'.repeat(111)}1`)
})
