/** What others may cost: each case ends with what is owed, or with whom it is not borne. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Claim } from '../../src/core/record.ts'
import { createScrutiny } from '../../src/mesh/scrutiny.ts'
import { recordOf } from './host.ts'

/** A scrutiny whose clock and signatures the test counts itself. */
function stage () {
  let nowMs = 1000
  let verifications = 0
  const scrutiny = createScrutiny({ nowMs: () => nowMs, verifications: () => verifications })
  return { scrutiny, pass: (ms: number): void => { nowMs += ms }, check: (signatures: number) => () => { verifications += signatures } }
}

const about = (...numbers: readonly number[]): Claim[] => numbers.map((n) => ({ statement: recordOf(`m${n}`), envelope: { payload: '', signature: '' } }))
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

test('signatures are owed beyond a burst, by everybody at that address and by nobody elsewhere, until time has paid them', () => {
  const { scrutiny, pass, check } = stage()
  scrutiny.of('a', '10.0.0.1').pay(check(4096))
  assert.equal(scrutiny.of('a', '10.0.0.1').owedMs(), 0)
  scrutiny.of('a', '10.0.0.1').pay(check(400))
  assert.deepEqual(['10.0.0.1', '10.0.0.2'].map((address) => scrutiny.of('b', address).owedMs()), [2000, 0])
  pass(2000)
  assert.equal(scrutiny.of('b', '10.0.0.1').owedMs(), 0)
})

test('what costs no signature costs nothing', () => {
  const { scrutiny, check } = stage()
  for (let times = 0; times < 10_000; times++) scrutiny.of('a', '10.0.0.1').pay(check(0))
  assert.equal(scrutiny.of('a', '10.0.0.1').owedMs(), 0)
})

test('a full table may be told again and again; two thousand members may not be told of, under one link or ten', () => {
  const { scrutiny } = stage()
  for (let times = 0; times < 100; times++) assert(scrutiny.of('a', '10.0.0.1').bears(about(...range(0, 512))))
  assert(scrutiny.of('a', '10.0.0.1').bears(about(...range(512, 2048))))
  assert(!scrutiny.of('a', '10.0.0.9').bears(about(...range(2048, 2050))))
  assert(scrutiny.of('b', '10.0.0.1').bears(about(...range(2048, 2050))))
})

test('a pool whose hosts are replaced for years is borne', () => {
  const { scrutiny, pass } = stage()
  for (let host = 0; host < 10_000; host++) {
    pass(2000)
    assert(scrutiny.of('a', '10.0.0.1').bears(about(...range(Math.max(0, host - 60), host + 1))))
  }
})

test('publications have a pace', () => {
  const { scrutiny, pass } = stage()
  const taken = (times: number): number => range(0, times).filter(() => scrutiny.of('a', '').mayPublish()).length
  assert.equal(taken(2000), 1024)
  pass(1000)
  assert.equal(taken(2000), 100)
})
