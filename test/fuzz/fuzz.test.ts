/** A short campaign of each target from a fixed seed, after the whole corpus; and the fuzzer itself, which must be able to find something. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { campaign, shrunk } from './campaign.ts'
import { corpusOf } from './corpus.ts'
import type { Target } from './target.ts'
import { targets } from './targets.ts'

const runs: Readonly<Record<string, number>> = { core: 500, environment: 1000 }

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

test('what does not end is told like any other broken promise, and cut down', () => {
  const loop: Target = { name: 'loop', words: [], run (input) { while (input.includes('!')) continue } }
  const { crash, runs: after } = campaign(loop, { runs: 10_000, seed: 3, corpus: [Buffer.from('harmless')], patience: 0, msMax: 200 })
  assert(crash !== null && after < 10_000)
  assert.match(String(crash.error), /EndlessError: does not end within 200 ms/)
  assert(crash.input.includes('!'))
})

test('what breaks a promise only when it is run again, to see what it ran, is told too', () => {
  let times = 0
  const tired: Target = { name: 'tired', words: [], batch: 1, run () { if (++times > 2) throw new Error('tired') } }
  assert.match(String(campaign(tired, { runs: 100, seed: 1, corpus: [Buffer.from('')] }).crash?.error), /tired/)
})

test('of a story whole lines change, and what is in them: nearly all can still be read', () => {
  const lines = [{ kind: 'a', number: 7 }, ['wait', 500], { kind: 'b', id: 'one' }].map((line) => JSON.stringify(line))
  const told: Buffer[] = []
  const target: Target = { name: 'story', words: [], isStory: true, alike: [['one', 'two']], run (input) { told.push(input) } }
  campaign(target, { runs: 1000, seed: 1, corpus: [Buffer.from(lines.join('\n'))], patience: 0 })
  const all = told.flatMap((input) => input.toString().split('\n'))
  const read = all.flatMap((line): unknown[] => { try { return [JSON.parse(line)] } catch { return [] } })
  assert(read.length > 0.9 * all.length, `${read.length} of ${all.length} can be read`)
  assert(all.includes('{"kind":"b","id":"two"}'), 'no name stood for another')
  assert(all.some((line) => /^\{"kind":"a","number":[^7]/.test(line)), 'no number was changed')
  assert(told.some((input) => input.toString() === lines.toReversed().join('\n') || input.toString() === [lines[1], lines[0], lines[2]].join('\n')), 'no line was moved')
})

test('an input that runs a block which none ran before joins the others', () => {
  const vip = targets.find(({ name }) => name === 'vip')
  assert(vip !== undefined)
  const { found, blocks } = campaign(vip, { runs: 3000, seed: 1, corpus: [Buffer.from('10.10.0.2/24')] })
  assert(found.length > 3 && blocks > 10, `${found.length} found, ${blocks} blocks`)
})
