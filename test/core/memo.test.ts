import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoized, once, steady } from '../../src/core/memo.ts'

test('a steady list stays the same one while it holds the same', () => {
  const source = { items: ['a', 'b'] }
  const listed = steady(({ items }: typeof source) => items.toSorted())
  const first = listed(source)
  source.items = ['b', 'a']
  assert.equal(listed(source), first)
  source.items = ['b', 'a', 'c']
  assert.deepEqual(listed(source), ['a', 'b', 'c'])
  source.items = ['a', 'x', 'c']
  assert.deepEqual(listed(source), ['a', 'c', 'x'])
})

test('what is memoized is worked out again for other inputs, and for nothing else', () => {
  let count = 0
  const source = { a: 1, other: 1 }
  const sum = memoized((from: typeof source, b: number) => [from.a, b], (a, b) => {
    count++
    return a + b
  })
  assert.equal(sum(source, 2), 3)
  source.other = 7
  assert.equal(sum(source, 2), 3)
  assert.equal(count, 1)
  assert.equal(sum(source, 3), 4)
  source.a = 5
  assert.equal(sum(source, 3), 8)
  assert.equal(sum({ a: 0, other: 0 }, 3), 3, 'another source has a memory of its own')
  assert.equal(sum(source, 3), 8)
  assert.equal(count, 4)
})

test('once is once for each thing, whatever it came to', () => {
  let count = 0
  const size = once((list: readonly string[]) => {
    count++
    return list.length === 0 ? null : list.length
  })
  const [some, none] = [['a'], []] as const
  assert.deepEqual([size(some), size(some), size(none), size(none)], [1, 1, null, null])
  assert.equal(count, 2)
})
