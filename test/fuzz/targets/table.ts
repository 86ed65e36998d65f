/** The record table: claims in any order, any number of times. Each eight bytes are one claim. */
import assert from 'node:assert/strict'
import type { Claim, MemberId } from '../../../src/core/record.ts'
import { claimsOf, createTable, isKnown, merge, tableDigest, tombstonesDigest, TOMBSTONES_MAX } from '../../../src/core/table.ts'
import { viewOf } from '../../../src/core/view.ts'
import { record, tombstone } from '../../core/records.ts'
import type { Target } from '../target.ts'

const counters = [0, 1, 2, 3, 2 ** 31, 2 ** 48 - 1, 2 ** 48]
const departures = ['left', 'removed', 'forgotten', 'superseded'] as const

export const table: Target = {
  name: 'table',
  words: ['\u0000\u0001\u0002\u0001\u0000\u0000\u0000\u0000', '\u0001\u0001\u0002\u0001\u0000\u0000\u0000\u0000'],
  seeds: ['\u0000\u0001\u0001\u0001abcd\u0001\u0001\u0002\u0001abcd\u0000\u0001\u0003\u0001abcd', '\u0000'.repeat(64)],
  run (input) {
    const claims: Claim[] = []
    for (let at = 0; at + 8 <= input.length && claims.length < 64; at += 8) claims.push(claimOf(input.subarray(at, at + 8)))
    const [first, second] = [createTable(), createTable()]
    for (const claim of claims) {
      const known = isKnown(first, claim)
      const version = first.version
      assert.equal(merge(first, claim), !known, 'news that changed nothing, or none that did')
      assert(isKnown(first, claim), 'not known right after it was told')
      assert.equal(first.version > version, !known, 'a change that nothing derived from the table would see')
    }
    for (const claim of [...claims].toReversed()) merge(second, claim)
    for (const claim of claims) merge(second, claim)
    assert.equal(tableDigest(first), tableDigest(second), 'another table in another order')
    assert.equal(tombstonesDigest(first), tombstonesDigest(second))
    assert(claimsOf(first).length <= claims.length && first.tombstones.size <= TOMBSTONES_MAX)
    for (const { id, incarnation } of viewOf(first)) assert(incarnation > (first.tombstones.get(id)?.statement.incarnation ?? 0), 'a member in the view that is out')
  }
}

function claimOf (bytes: Buffer): Claim {
  const [kind = 0, who = 0, run = 0, change = 0, by = 0, number = 0, state = 0, salt = 0] = bytes
  const id: MemberId = `m${who % 8}`
  const incarnation = Math.max(1, counters[run % counters.length] ?? 1)
  const envelope = { payload: '', signature: '' }
  if (kind % 3 === 0) {
    return { envelope, statement: tombstone({ id, incarnation, issuer: `m${by % 8}`, departure: departures[state % departures.length] ?? 'left' }) }
  }
  // One member never says two things under one incarnation and sequence.
  const sequence = counters[change % counters.length] ?? 0
  return { envelope, statement: record({ id, incarnation, sequence, number: number === 0 || salt === 0 ? null : 254 }) }
}
