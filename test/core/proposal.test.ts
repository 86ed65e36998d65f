// To what a group changes, by what its members bring: a table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingFor, targetOf } from '../../src/core/proposal.ts'
import { specDigest } from '../../src/core/spec.ts'
import type { GroupSpec } from '../../src/core/record.ts'
import { record, spec } from './records.ts'

const brings = (advertInt: number, revision = 0): GroupSpec => ({ ...spec, advertInt, revision })
const voters = (...proposed: ReadonlyArray<GroupSpec | null>) => proposed.map((one, i) => record({ id: `m${i}`, proposed: one }))

const cases: ReadonlyArray<readonly [what: string, current: GroupSpec, brought: ReadonlyArray<GroupSpec | null>, target: number | null]> = [
  ['all bring what runs', brings(1), [brings(1), brings(1)], null],
  ['all bring another', brings(1), [brings(3), brings(3)], 3],
  ['one is missing', brings(1), [brings(3), brings(3), brings(1)], null],
  ['two others are proposed', brings(1), [brings(3), brings(5)], null],
  ['who brings nothing agrees', brings(1), [brings(3), null, null], 3],
  ['nobody brings anything', brings(1), [null, null], null],
  ['a majority alone is not enough', brings(1), [brings(3), brings(3), brings(3), brings(1)], null],
  ['a majority under a higher revision', brings(1), [brings(3, 1), brings(3, 1), brings(1)], 3],
  ['half under a higher revision', brings(1), [brings(3, 1), brings(1)], null],
  ['who brings nothing has no voice against it', brings(1), [brings(3, 1), null, null], 3],
  ['a higher revision of what runs', brings(1), [brings(1, 1), brings(1)], null],
  ['which outranks a lower one of another', brings(1), [brings(1, 2), brings(3, 1), brings(3, 1)], null],
  ['who was outvoted is not asked again', brings(3, 1), [brings(5, 1), brings(5, 1), brings(1)], 5],
  ['who was outvoted does not outvote', brings(3, 1), [brings(1), brings(1), brings(3, 1)], null],
  ['two proposals under higher revisions: the one with a majority', brings(1), [brings(3, 1), brings(3, 1), brings(3, 1), brings(5, 2), brings(1)], 3]
]

for (const [what, current, brought, target] of cases) {
  test(`target: ${what}`, () => { assert.equal(targetOf(current, voters(...brought))?.advertInt ?? null, target) })
}

test('only members that run have a voice', () => {
  assert.equal(targetOf(brings(1), [...voters(brings(3)), record({ id: 'j', phase: 'joining', proposed: brings(1) })])?.advertInt, 3)
})

test('who is missing: first those that bring something else, then those that have not stored it, and always who is lost', () => {
  const ready = record({ id: 'ready', proposed: brings(3), prepared: specDigest(brings(3)) })
  const late = record({ id: 'late', proposed: brings(3), prepared: specDigest(brings(5)) })
  const other = record({ id: 'other', proposed: brings(1) })
  const gone = record({ id: 'gone', proposed: brings(1), prepared: specDigest(brings(3)) })
  const lacking = (agreed: boolean) => missingFor(brings(3), [ready, late, other, gone], { isLost: (id) => id === 'gone', agreed }).map(({ id, lacks }) => `${id} ${lacks}`)
  assert.deepEqual(lacking(false), ['other proposal', 'gone life'])
  assert.deepEqual(lacking(true), ['late preparation', 'other preparation', 'gone life'])
})
