import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, shownRow } from './table.ts'

test('the median is the one in the middle, the upper of two, and none of nothing', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 3)
  assert.throws(() => median([]), RangeError)
})

test('a row of a table in Markdown', () => {
  assert.equal(shownRow(['a', '1 ms']), '| a | 1 ms |')
})
