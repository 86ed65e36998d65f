/** What somebody with the secret may do to a table, and to the memory of who holds it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTable, isKnown, merge, tableDigest, TOMBSTONES_MAX } from '../../src/core/table.ts'
import { CROWD_MIN, MEMBERS_MAX } from '../../src/core/room.ts'
import { COUNTER_MAX } from '../../src/core/record.ts'
import type { Claim } from '../../src/core/record.ts'
import { joining, master, backup } from './group.ts'
import { record, seal, spec, tombstone } from './records.ts'
import { SELF, confs, openStage, ownRecord } from './stage.ts'
import type { Stage } from './stage.ts'

const invent = (count: number, first = 0): Claim[] => Array.from({ length: count }, (_, i) => {
  const n = first + i
  return seal(record({ id: `x${String(n).padStart(5, '0')}`, address: `10.10.0.${100 + n % 100}`, port: 1 + n, number: 252, vrrpState: 'BACKUP', founder: 'a' }))
})

function tell (stage: Stage, claims: readonly Claim[]): void {
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims, spread: false } })
}

test('ten thousand invented members: as many as a table holds, one line in the log, and a real one finds its place at once', () => {
  const stage = joining()
  for (let first = 0; first < 10_000; first += 500) tell(stage, invent(500, first))
  assert.equal(stage.core.status().members.length, MEMBERS_MAX)
  const told = stage.effects.filter((effect) => effect.kind === 'log' && effect.facts['alarm'] === 'crowd')
  assert.equal(told.length, 1)
  stage.hear({ ...master, lists: ['b', SELF] })
  stage.hear({ ...backup, id: 'z-real', address: '10.10.0.40' })
  stage.pass(4000)
  assert(stage.core.status().members.some(({ id }) => id === 'z-real'))
  assert.deepEqual(confs(stage).at(-1)?.peers, [master.address, backup.address, '10.10.0.40'])
})

test('what is kept of a crowd does not depend on who told first, so that tables agree', () => {
  const [forward, backward] = [joining(), joining()]
  const claims = invent(1000)
  tell(forward, claims)
  tell(backward, claims.toReversed())
  assert.equal(forward.core.status().digest, backward.core.status().digest)
})

test('a crowd that nobody ever meets is gone after a minute, and does not come back by way of others', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  tell(stage, invent(200))
  const pass = (minutes: number): void => {
    for (let second = 0; second < 60 * minutes; second++) {
      for (const id of ['a', 'b']) stage.hear({ id })
      stage.pass(1000)
    }
  }
  pass(1.2)
  const left = stage.core.status().members.length
  assert(left <= CROWD_MIN, `${left} are left`)
  for (let times = 0; times < 3; times++) {
    tell(stage, invent(200))
    assert.equal(stage.core.status().members.length, left)
  }
})

test('in a crowd those that were never met are dialled rarely', () => {
  const stage = joining()
  tell(stage, invent(250))
  stage.effects.length = 0
  stage.pass(10_000)
  const dials = stage.effects.filter(({ kind }) => kind === 'dial').length
  assert(dials < 1000, `${dials} dials in 10 s`)
})

test('in a crowd those that were never met are asked after once each', () => {
  const stage = joining()
  for (const id of ['a', 'b']) stage.answerFor(id)
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      for (const id of ['a', 'b']) stage.hear({ id })
      stage.pass(1000)
    }
  }
  pass(6)
  tell(stage, invent(250))
  pass(10)
  const asked = stage.effects.flatMap((effect) => effect.kind === 'send' && effect.message.kind === 'ask' && effect.message.about?.startsWith('x') ? [effect.message.about] : [])
  assert(asked.length > 200, `${asked.length} questions`)
  assert.equal(new Set(asked).size, asked.length)
})

test('tombstones are bounded, whatever their order; one beyond the bound is nothing new, but buries', () => {
  const tombstones = Array.from({ length: TOMBSTONES_MAX + 500 }, (_, i) => seal(tombstone({ id: `t${String(i).padStart(5, '0')}` })))
  const [a, b] = [createTable(), createTable()]
  for (const claim of tombstones) merge(a, claim)
  for (const claim of tombstones.toReversed()) merge(b, claim)
  assert.equal(a.tombstones.size, TOMBSTONES_MAX)
  assert.equal(tableDigest(a), tableDigest(b))
  const beyond = seal(tombstone({ id: 'z' }))
  assert.deepEqual([isKnown(a, beyond), merge(a, beyond)], [true, false])
  merge(a, seal(record({ id: 'z' })))
  assert.deepEqual([isKnown(a, beyond), merge(a, beyond), a.members.has('z'), a.tombstones.size], [false, true, false, TOMBSTONES_MAX])
})

test('of more tombstones than there is room for the newest stay, as their serials tell', () => {
  const table = createTable()
  const names = Array.from({ length: TOMBSTONES_MAX + 1 }, (_, i) => `t${String(i).padStart(5, '0')}`)
  names.forEach((id, i) => { merge(table, seal(tombstone({ id, serial: i + 1 }))) })
  assert.deepEqual([...table.tombstones.keys()].toSorted(), names.slice(1))
})

test('who is buried in the very last run that there can be takes another identity', () => {
  const stage = joining()
  tell(stage, [seal(tombstone({ id: SELF, incarnation: COUNTER_MAX, departure: 'forgotten', issuer: 'a' }))])
  assert.deepEqual(stage.kinds().filter((kind) => kind === 'renew'), ['renew'])
  stage.pass(10_000)
  assert(ownRecord(stage).incarnation <= COUNTER_MAX)
})

test('a record of this host from the last run that there can be does so as well', () => {
  const stage = joining()
  tell(stage, [seal(record({ id: SELF, incarnation: COUNTER_MAX }))])
  assert(stage.kinds().includes('renew'))
})

test('the last epoch that there can be is followed by none', () => {
  const stage = openStage({ memory: { incarnation: 1, founder: 'a', number: 254, spec: { ...spec, advertInt: 2, epoch: COUNTER_MAX }, claims: [] } })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ id: 'a', address: '10.10.0.31', phase: 'joining', vrrpState: 'STOP', spec, proposed: spec })
  stage.pass(20_000)
  assert.deepEqual(ownRecord(stage).spec, { ...spec, authPass: null, epoch: COUNTER_MAX })
})

test('a reason is told as one printable line', () => {
  const stage = joining()
  for (const id of ['a', 'b']) stage.answerFor(id)
  stage.refuse(`a\u001b[31m\nb ${'\u{1f600}'.repeat(300)}`)
  stage.hear({ ...backup, id: 'c', address: '10.10.0.33' })
  stage.pass(12_000)
  const { reason } = ownRecord(stage)
  assert.match(reason ?? '', /^the conf is refused: a \[31m b/)
  assert.match(reason ?? '', /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u)
})
