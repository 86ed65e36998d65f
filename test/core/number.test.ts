import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CHECK_WEIGHT, NUMBER_MAX, NUMBER_MIN, PLACES, compacted, placeBelow } from '../../src/core/number.ts'
import type { Numbered } from '../../src/core/number.ts'

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

const flags = (length: number): fc.Arbitrary<boolean[]> => fc.array(fc.boolean(), { minLength: length, maxLength: length })

const group = fc.uniqueArray(fc.integer({ min: NUMBER_MIN, max: NUMBER_MAX }), { minLength: 1, maxLength: 20 })
  .chain((numbers) => fc.tuple(flags(numbers.length), fc.array(fc.record({ number: fc.integer({ min: 1, max: 255 }), master: fc.boolean() }), { maxLength: 3 }))
    .map(([lost, pins]) => [
      ...numbers.map((number, i) => ({ number, pinned: false, lost: lost[i] === true, master: false })),
      ...pins.map((pin) => ({ ...pin, pinned: true, lost: false }))
    ].toSorted((a, b) => b.number - a.number)))

function mayBePassed (members: readonly Numbered[], i: number): boolean {
  return members[i]?.pinned === true && !members[i].master && i > members.findLastIndex(({ lost }) => lost)
}

test('compaction lowers nobody, lets nobody pass another but a pinned BACKUP, and leaves the lost and those above them alone', () => {
  fc.assert(fc.property(group, (members) => {
    const dealt = compacted(members)
    const lowestLost = members.findLastIndex(({ lost }) => lost)
    members.forEach((member, i) => {
      assert.ok((dealt[i] ?? 0) >= member.number)
      if (i <= lowestLost || member.pinned) assert.equal(dealt[i], member.number)
      members.forEach((other, k) => {
        if (member.number > other.number && !mayBePassed(members, i)) assert.ok((dealt[i] ?? 0) > (dealt[k] ?? 0))
        if (member.number !== other.number) assert.notEqual(dealt[i], dealt[k])
      })
    })
  }))
})

/** Pinned at 130. */
const one = (number: number, master = false): Numbered => ({ number, master, pinned: number === 130, lost: false })

test('a low pin of a BACKUP leaves those below it their room', () => {
  assert.deepEqual(compacted([one(177, true), one(130), one(129), one(128)]), [254, 130, 252, 230])
  assert.deepEqual(compacted([one(177), one(130, true), one(129), one(128)]), [254, 130, 129, 128])
})

test('one raise at a time, seniors first, never makes two equal', () => {
  fc.assert(fc.property(group, (members) => {
    const dealt = compacted(members)
    const numbers = members.map(({ number }) => number)
    dealt.forEach((number, i) => {
      numbers[i] = number
      assert.equal(new Set(numbers).size, new Set(members.map((member) => member.number)).size)
      const ordered = numbers.filter((_, k) => !mayBePassed(members, k))
      assert.deepEqual(ordered, ordered.toSorted((a, b) => b - a))
    })
  }))
})
