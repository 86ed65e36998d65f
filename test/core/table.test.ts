import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Claim } from '../../src/core/record.ts'
import { TOMBSTONES_MAX, claimsOf, createTable, isKnown, merge, nextSerial, tableDigest } from '../../src/core/table.ts'
import { record, seal, tombstone } from './records.ts'

const claims: fc.Arbitrary<Claim[]> = fc.array(fc.oneof(
  fc.record({ id: fc.constantFrom('a', 'b', 'c'), incarnation: fc.nat(3), sequence: fc.nat(3) })
    .map((about): Claim => seal(record(about))),
  fc.record({ id: fc.constantFrom('a', 'b', 'c'), incarnation: fc.nat(3), issuer: fc.constantFrom('a', 'b') })
    .map((about): Claim => seal(tombstone({ ...about, departure: 'removed' })))
), { maxLength: 12 })

test('tables that saw the same claims are equal, whatever the order and however often', () => {
  fc.assert(fc.property(claims, fc.infiniteStream(fc.nat()), (given, order) => {
    const shuffled = given.map((claim) => [order.next().value, claim] as const).toSorted(([a], [b]) => a - b).map(([, claim]) => claim)
    const tables = [given, [...shuffled, ...given]].map((all) => {
      const table = createTable()
      for (const claim of all) merge(table, claim)
      return table
    })
    const [first, second] = tables.map((table) => tableDigest(table))
    assert.equal(first, second)
  }))
})

test('a merge tells whether it changed anything', () => {
  const table = createTable()
  assert.equal(merge(table, seal(record({ id: 'a', sequence: 2 }))), true)
  assert.equal(merge(table, seal(record({ id: 'a', sequence: 2 }))), false)
  assert.equal(merge(table, seal(record({ id: 'a', sequence: 1 }))), false)
  assert.equal(merge(table, seal(record({ id: 'a', incarnation: 2, sequence: 0 }))), true)
})

test('a tombstone holds for its incarnation and all before, not for the next', () => {
  const table = createTable()
  merge(table, seal(record({ id: 'a', incarnation: 3 })))
  merge(table, seal(tombstone({ id: 'a', incarnation: 3 })))
  assert.deepEqual(claimsOf(table).map(({ statement: { kind } }) => kind), ['tombstone'])
  assert.equal(merge(table, seal(record({ id: 'a', incarnation: 3, sequence: 9 }))), false)
  assert.equal(merge(table, seal(record({ id: 'a', incarnation: 4 }))), true)
})

test('of two tombstones for one incarnation all keep the same', () => {
  for (const issuers of [['x', 'y'], ['y', 'x']]) {
    const table = createTable()
    for (const issuer of issuers) merge(table, seal(tombstone({ id: 'a', departure: 'removed', issuer })))
    assert.equal(table.tombstones.get('a')?.statement.issuer, 'x')
  }
})

test('a table that missed the newest record of a member differs from one that has it', () => {
  const [older, newer] = [1, 2].map((sequence) => {
    const table = createTable()
    merge(table, seal(record({ id: 'a', sequence })))
    return tableDigest(table)
  })
  assert.notEqual(older, newer)
})

test('of more tombstones than have a place the newest stay, in whatever order they come, and a new one always has a place', () => {
  fc.assert(fc.property(fc.array(fc.nat(400), { minLength: TOMBSTONES_MAX, maxLength: 2 * TOMBSTONES_MAX }), (serials) => {
    const all = serials.map((serial, i) => seal(tombstone({ id: `x${i}`, serial })))
    const [forth, back] = [all, all.toReversed()].map((given) => {
      const table = createTable()
      for (const claim of given) merge(table, claim)
      return table
    })
    assert.ok(forth !== undefined && back !== undefined)
    assert.equal(forth.tombstones.size, TOMBSTONES_MAX)
    assert.equal(tableDigest(forth), tableDigest(back))
    assert.ok(all.every((claim) => isKnown(forth, claim)))
    const version = forth.version
    for (const claim of all) merge(forth, claim)
    assert.equal(forth.version, version)
    assert.ok(merge(forth, seal(tombstone({ id: 'new', serial: nextSerial(forth) }))))
  }), { numRuns: 20 })
})
