import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { digestOf, digestOfSet } from '../../src/core/digest.ts'

const digests = fc.array(fc.string().map((text) => digestOf([text])), { maxLength: 300 })

test('a set has one digest, in whatever order it comes', () => {
  fc.assert(fc.property(digests, (set) => {
    assert.match(digestOfSet(set), /^[0-9a-f]{14}$/)
    assert.equal(digestOfSet(set.toSorted()), digestOfSet(set.toReversed()))
  }))
})

test('a set with one more, one less or another one has another digest', () => {
  fc.assert(fc.property(digests, fc.string(), fc.string(), (set, one, other) => {
    fc.pre(one !== other)
    const first = digestOf([one])
    const second = digestOf([other])
    const all = [set, [first, ...set], [second, ...set], [first, second, ...set]]
    assert.equal(new Set(all.map(digestOfSet)).size, all.length)
  }))
})
