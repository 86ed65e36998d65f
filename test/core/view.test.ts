import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTable, merge } from '../../src/core/table.ts'
import { listOf, peersOf, viewDigest, viewOf } from '../../src/core/view.ts'
import type { MemberRecord } from '../../src/core/record.ts'
import { record, seal } from './records.ts'

function viewWith (...records: MemberRecord[]): ReturnType<typeof viewOf> {
  const table = createTable()
  for (const one of records) merge(table, seal(one))
  return viewOf(table)
}

const a = record({ id: 'a', number: 252, address: '10.10.0.22' })
const b = record({ id: 'b', number: 254, address: '10.10.0.23' })
const pinned = record({ id: 'c', number: 128, pinned: 255, address: '10.10.0.9' })
const outside = record({ id: 'd', number: null, phase: 'standby' })

test('whoever holds a number is in, highest priority first, a pin before a number', () => {
  assert.deepEqual(viewWith(a, b, pinned, outside).map(({ id }) => id), ['c', 'b', 'a'])
})

test('the view does not depend on the order in which records came', () => {
  assert.equal(viewDigest(viewWith(a, b, pinned)), viewDigest(viewWith(pinned, b, a)))
  const level = record({ ...pinned, id: 'e', number: 130 })
  assert.deepEqual(viewWith(level, pinned), viewWith(pinned, level))
  assert.notEqual(viewDigest(viewWith(a, b)), viewDigest(viewWith({ ...a, number: 230 }, b)))
})

test('peers are the others with the static ones, without own address, VIPs and repetitions', () => {
  const peers = peersOf(listOf(viewWith(a, b, pinned), 'a'), '10.10.0.22', ['10.10.0.23', '10.10.0.30', '10.10.0.22', '10.10.0.2'], new Set(['10.10.0.2']))
  assert.deepEqual(peers, ['10.10.0.23', '10.10.0.30', '10.10.0.9'])
})
