import assert from 'node:assert/strict'
import { test } from 'node:test'
import { between, median, medianAndWorst, shownRow } from './table.ts'

test('the median is the one in the middle, the upper of two, and none of nothing', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 3)
  assert.throws(() => median([]), RangeError)
})

test('a row of a table in Markdown', () => {
  assert.equal(shownRow(['a', '1 ms']), '| a | 1 ms |')
  assert.deepEqual(medianAndWorst([2, 0.123, 0.5]), ['0.50', '2'])
  assert.deepEqual(medianAndWorst([]), ['', ''])
})

test('what stands between two comments is replaced, and nothing else', () => {
  assert.equal(between('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new'), 'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb')
  assert.throws(() => between('a', 'x', 'new'), RangeError)
})
