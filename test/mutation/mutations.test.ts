/** The list of mutations fits the source as it is now, so that it cannot rot: to play them is another matter (`npm run mutate`). */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { mutatedText } from './mutation.ts'
import { MUTATIONS } from './mutations.ts'

test('each mutation fits the source, exactly once', () => {
  const unfit = MUTATIONS.filter((mutation) => mutatedText(readFileSync(mutation.file, 'utf8'), mutation) === null)
  assert.deepEqual(unfit.map(({ name, file, find }) => `${name}: expected once in ${file}: ${find}`), [],
    'give each of these the text of today (test/mutation/list), or take it out where there is nothing left to break')
})

test('names are distinct, no two do the same, and every test that is to notice one is there', () => {
  assert.equal(new Set(MUTATIONS.map(({ name }) => name)).size, MUTATIONS.length)
  assert.equal(new Set(MUTATIONS.map(({ file, find, replace }) => JSON.stringify([file, find, replace]))).size, MUTATIONS.length)
  const missing = MUTATIONS.flatMap(({ by = [] }) => by).filter((path) => globSync(path).length === 0)
  assert.deepEqual(missing, [])
})

test('every invariant is broken by some', () => {
  const broken = new Set(MUTATIONS.map(({ promise }) => promise))
  assert.deepEqual(Array.from({ length: 11 }, (_, i) => `I${i + 1}`).filter((promise) => !broken.has(promise)), [])
})

test('a text that stands there twice, or not at all, or is not changed, is no mutation', () => {
  assert.equal(mutatedText('a b c', { find: 'b', replace: 'd' }), 'a d c')
  for (const [find, replace] of [['x', 'y'], ['a', 'b'], ['b', 'b']] as const) assert.equal(mutatedText('a a b', { find, replace }), null)
})
