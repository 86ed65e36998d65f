import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CHECK_WEIGHT, NUMBER_MAX, NUMBER_MIN, PLACES, compacted, placeBelow } from '../../src/core/number.ts'

test('places go down from the highest number to the lowest, each once', () => {
  assert.equal(PLACES[0], NUMBER_MAX)
  assert.equal(PLACES.at(-1), NUMBER_MIN)
  assert.deepEqual(PLACES, [...new Set(PLACES)].toSorted((a, b) => b - a))
})

test('every healthy member stands above every failing one', () => {
  assert.ok(NUMBER_MIN > NUMBER_MAX + CHECK_WEIGHT)
  assert.ok(NUMBER_MIN + CHECK_WEIGHT >= 1)
})

test('the place below is the next one, and there is none below the lowest', () => {
  assert.equal(placeBelow(255), NUMBER_MAX)
  assert.equal(placeBelow(PLACES[3] ?? 0), PLACES[4])
  assert.equal(placeBelow(NUMBER_MIN), null)
})

const group = fc.uniqueArray(fc.integer({ min: NUMBER_MIN, max: NUMBER_MAX }), { minLength: 1, maxLength: 20 })
  .chain((numbers) => fc.array(fc.boolean(), { minLength: numbers.length, maxLength: numbers.length })
    .map((lost) => numbers.toSorted((a, b) => b - a).map((number, i) => ({ number, lost: lost[i] === true }))))

test('compaction lowers nobody, lets nobody pass another, and leaves the lost and those above them alone', () => {
  fc.assert(fc.property(group, (members) => {
    const dealt = compacted(members)
    const lowestLost = members.findLastIndex(({ lost }) => lost)
    members.forEach(({ number }, i) => {
      assert.ok((dealt[i] ?? 0) >= number)
      if (i <= lowestLost) assert.equal(dealt[i], number)
      if (i > 0) assert.ok((dealt[i - 1] ?? 0) > (dealt[i] ?? 0))
    })
  }))
})

test('one raise at a time, seniors first, never makes two equal', () => {
  fc.assert(fc.property(group, (members) => {
    const dealt = compacted(members)
    const numbers = members.map(({ number }) => number)
    dealt.forEach((number, i) => {
      numbers[i] = number
      assert.equal(new Set(numbers).size, numbers.length)
      assert.deepEqual(numbers, numbers.toSorted((a, b) => b - a))
    })
  }))
})
