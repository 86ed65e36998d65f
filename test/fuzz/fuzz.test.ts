/** A short campaign of each target from a fixed seed, after the whole corpus; and the fuzzer itself, which must be able to find something. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { campaign, shrunk } from './campaign.ts'
import { corpusOf } from './corpus.ts'
import type { Target } from './target.ts'
import { targets } from './targets.ts'

const runs: Readonly<Record<string, number>> = { core: 150, environment: 1000 }

for (const target of targets) {
  test(`${target.name}: every promise holds for the corpus and what comes of it`, () => {
    const { crash } = campaign(target, { runs: runs[target.name] ?? 2000, seed: 1, corpus: corpusOf(target), patience: 0 })
    if (crash === null) return
    const { input, error } = shrunk(target, crash)
    throw new Error(`broken by ${JSON.stringify(input.toString())}`, { cause: error })
  })
}

const planted: Target = {
  name: 'planted',
  words: ['{', '}'],
  run (input) { assert(!input.includes('{{}'), 'three in a row') }
}

test('what is planted is found, and cut down to what matters; one seed finds the same again', () => {
  const crashes = [1, 2].map(() => campaign(planted, { runs: 100_000, seed: 7, corpus: [Buffer.from('harmless')], patience: 0 }))
  const [first, second] = crashes.map(({ crash, runs: after }) => crash === null ? null : { after, input: crash.input.toString(), shrunk: shrunk(planted, crash).input.toString() })
  assert.equal(first?.shrunk, '{{}')
  assert.deepEqual(first, second)
})

test('an input that runs a block which none ran before joins the others', () => {
  const vip = targets.find(({ name }) => name === 'vip')
  assert(vip !== undefined)
  const { found, blocks } = campaign(vip, { runs: 3000, seed: 1, corpus: [Buffer.from('10.10.0.2/24')] })
  assert(found.length > 3 && blocks > 10, `${found.length} found, ${blocks} blocks`)
})
