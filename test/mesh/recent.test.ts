/** What a map that forgets still knows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecent } from '../../src/mesh/recent.ts'

const kept = (recent: { readonly get: (key: number) => number | undefined }): number[] => Array.from({ length: 20 }, (_, key) => key).filter((key) => recent.get(key) !== undefined)

test('the entries put in last stay, as many as fit; one that is put in again is the last', () => {
  const recent = createRecent<number, number>(3)
  for (const key of [0, 1, 2, 0, 3]) recent.put(key, key)
  assert.deepEqual(kept(recent), [0, 2, 3])
})

test('and as many as are light enough together; the last one in any case', () => {
  const recent = createRecent<number, number>(10, { weightOf: (value) => value, weightMax: 100 })
  for (const [key, weight] of [[0, 40], [1, 40], [1, 50], [2, 10], [3, 20]] as const) recent.put(key, weight)
  assert.deepEqual(kept(recent), [1, 2, 3])
  recent.put(4, 500)
  assert.deepEqual(kept(recent), [4])
  recent.put(5, 100)
  assert.deepEqual(kept(recent), [5])
})
