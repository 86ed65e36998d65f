import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimantOf, coldOrder, commonFounder } from '../../src/core/founding.ts'
import type { Participant } from '../../src/core/founding.ts'
import { PLACES } from '../../src/core/number.ts'

const [p0 = 0, p1 = 0, p2 = 0, p3 = 0] = PLACES

interface Case {
  readonly name: string
  readonly participants: readonly Participant[]
  readonly held?: readonly number[]
  readonly order: Readonly<Record<string, number>>
}

const fresh = (id: string, number: number | null = null): Participant => ({ id, founder: null, number, pinned: null })
const keeper = (id: string, number: number, founder = 'f'): Participant => ({ id, founder, number, pinned: null })

const cases: readonly Case[] = [
  { name: 'nobody remembers: by id', participants: [fresh('b'), fresh('c'), fresh('a')], order: { a: p0, b: p1, c: p2 } },
  { name: 'numbers that were dealt a moment ago do not count', participants: [fresh('b', p0), fresh('a', p1)], order: { a: p0, b: p1 } },
  { name: 'one group after a power cut keeps its numbers', participants: [keeper('a', p2), keeper('b', p0), keeper('c', p1)], order: { b: p0, c: p1, a: p2 } },
  { name: 'a new host goes below those who remember', participants: [fresh('a'), keeper('z', p1)], order: { z: p1, a: p2 } },
  { name: 'and below those who are missing', participants: [fresh('a'), keeper('z', p0)], held: [p2], order: { z: p0, a: p3 } },
  { name: 'or above them, where they hold the last number', participants: [fresh('a'), fresh('b')], held: [128], order: { a: p0, b: p1 } },
  { name: 'of two groups the one with the lower founder keeps its numbers', participants: [keeper('a', p1, 'f'), keeper('b', p0, 'g'), keeper('c', p1, 'g')], order: { a: p1, b: p2, c: p3 } },
  { name: 'two who remember one number: the lower id has it', participants: [keeper('b', p0), keeper('a', p0)], order: { a: p0, b: p1 } }
]

for (const { name, participants, held, order } of cases) {
  test(`cold order: ${name}`, () => {
    assert.deepEqual(Object.fromEntries(coldOrder(participants, held ?? [])), order)
    assert.deepEqual(Object.fromEntries(coldOrder(participants.toReversed(), held ?? [])), order)
  })
}

test('the lowest founder that anybody remembers goes on, however many remember another', () => {
  assert.equal(commonFounder([fresh('z'), keeper('a', 1, 'g'), keeper('b', 1, 'h'), keeper('c', 1, 'h')]), 'g')
  assert.equal(commonFounder([fresh('a')]), null)
})

test('whoever VRRP would elect claims: the first in the order, or the one that is pinned above it', () => {
  const order = new Map([['a', p0], ['b', p1], ['c', p2]])
  const pinnedAt = (id: string, pinned: number | null): Participant => ({ ...fresh(id), pinned })
  assert.equal(claimantOf([fresh('b'), fresh('a'), fresh('c')], order), 'a')
  assert.equal(claimantOf([pinnedAt('a', 21), fresh('b'), fresh('c')], order), 'b')
  assert.equal(claimantOf([fresh('a'), fresh('b'), pinnedAt('c', 255)], order), 'c')
  assert.equal(claimantOf([fresh('z')], order), null)
})
