/** What has been so for how long: counted with every judgement, and nothing is decided by it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tombstonesDigest } from '../../src/core/table.ts'
import { running } from './group.ts'
import { OWN_ADDRESS } from './stage.ts'

test('two that report MASTER are timed, from the first word of it to the last', () => {
  const stage = running()
  const before = stage.core.status().tally
  assert.equal(before.severalMastersMs, 0)
  stage.hear({ id: 'b', vrrpState: 'MASTER' })
  stage.pass(30)
  stage.hear({ id: 'b', vrrpState: 'BACKUP' })
  stage.pass(500)
  assert.equal(stage.core.status().tally.severalMastersMs, 30)
  assert.equal(stage.core.status().tally.noMasterMs, before.noMasterMs)
})

test('nobody that reports MASTER is timed while it lasts', () => {
  const stage = running()
  const before = stage.core.status().tally.noMasterMs
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.pass(5000)
  assert.ok(stage.core.status().tally.noMasterMs - before > 1000)
})

test('a view that changes is new, and all agree on it once each lists each', () => {
  const stage = running()
  const tombstones = tombstonesDigest(stage.facts.table)
  for (const id of ['a', 'b']) stage.hear({ id, tombstones })
  const before = stage.core.status()
  assert.equal(before.agreed, true)
  assert.ok(before.tally.agreementLagMs !== null && before.tally.agreementLagMs > 0)
  stage.hear({ id: 'c', address: '10.10.0.33', founder: 'a', number: 230, vrrpState: 'STOP', phase: 'joining', lists: [] })
  const { tally } = stage.core.status()
  assert.equal(tally.viewChanges, before.tally.viewChanges + 1)
  assert.ok(tally.viewAgeMs < 100)
  assert.equal(tally.agreementLagMs, null)
})

test('whoever looks on has round trips measured: each that lives is asked, and its answer is timed', () => {
  const stage = running()
  stage.answerFor('a')
  stage.effects.length = 0
  stage.happen({ kind: 'command', command: { kind: 'measure' } })
  const asked = stage.effects.flatMap((effect) => effect.kind === 'send' && effect.message.kind === 'ask' ? [effect.to] : [])
  assert.deepEqual(asked.toSorted(), ['a', 'b'])
  const { members, self } = stage.core.status()
  const roundTrips = Object.fromEntries(members.map(({ id, roundTripMs }) => [id, roundTripMs]))
  assert.equal(roundTrips['a'], 1)
  assert.equal(self.address, OWN_ADDRESS)
  assert.equal(self.linked, null)
})
