/** What others may cost: each case ends with what is owed, or with whom it is not borne. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Claim } from '../../src/core/record.ts'
import { createScrutiny } from '../../src/mesh/scrutiny.ts'
import { recordOf } from './host.ts'

/** A scrutiny whose clock the test turns, and whose envelopes cost what their payload says. */
function stage () {
  let nowMs = 1000
  const scrutiny = createScrutiny({ nowMs: () => nowMs, open: ({ payload }, affords = () => true) => ({ ok: false, fault: affords(Number(payload)) ? 'malformed' : 'deferred' }) })
  return {
    scrutiny,
    pass: (ms: number): void => { nowMs += ms },
    /** How many of so many envelopes are opened. */
    opened: (address: string, envelopes: number, { cost = 1, by = 'open' }: { readonly cost?: number, readonly by?: 'open' | 'openGossip' } = {}): number => {
      const account = scrutiny.of('a', address)
      return Array.from({ length: envelopes }, () => account[by]({ payload: String(cost), signature: '' })).filter((one) => !one.ok && one.fault !== 'deferred').length
    }
  }
}

const about = (...numbers: readonly number[]): Claim[] => numbers.map((n) => ({ statement: recordOf(`m${n}`), envelope: { payload: '', signature: '' } }))
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

test('an address has a burst of envelopes opened, with a reserve, then so many a second; nobody elsewhere pays for it', () => {
  const { opened, pass } = stage()
  assert.equal(opened('10.0.0.1', 6000), 4096 + 512)
  assert.equal(opened('10.0.0.2', 1000), 1000)
  pass(1000)
  assert.equal(opened('10.0.0.1', 6000), 200 + 5)
})

test('what is large costs more', () => {
  const { opened } = stage()
  assert.equal(opened('10.0.0.1', 6000, { cost: 8 }), (4096 + 512) / 8)
})

test('whatever a hundred addresses send, together they have so much a second, and who was here first has its own records opened', () => {
  const { opened, pass } = stage()
  for (let member = 1; member <= 10; member++) opened(`10.0.0.${member}`, 40)
  const flood = (): number => Array.from({ length: 100 }, (_, last) => opened(`10.0.1.${last}`, 6000)).reduce((sum, one) => sum + one, 0)
  flood()
  for (let second = 0; second < 20; second++) {
    pass(1000)
    const cost = flood()
    assert(cost <= 400 + 64 * 5, `${cost} in a second`)
    for (let member = 1; member <= 10; member++) assert.equal(opened(`10.0.0.${member}`, 5), 5)
  }
  assert.equal(opened('10.0.0.1', 317), 317, 'a whole table of a member that has said little')
})

test('what all together have no pace left for is not charged to an address: it has its own when they have again', () => {
  const { opened, pass } = stage()
  for (let last = 1; last <= 100; last++) opened(`10.0.1.${last}`, 6000, { by: 'openGossip' })
  assert.equal(opened('10.0.0.1', 6000, { by: 'openGossip' }), 0)
  pass(1000)
  assert.equal(opened('10.0.0.1', 6000, { by: 'openGossip' }), 400)
})

test('of what is long all together have so much a second read, and who was here first has the largest table of a group besides', () => {
  const { scrutiny, pass } = stage()
  const read = (address: string, frames: number, characters: number): number => {
    const account = scrutiny.of('a', address)
    return Array.from({ length: frames }).filter(() => account.reads(characters)).length
  }
  for (let member = 1; member <= 10; member++) scrutiny.of('m', `10.0.0.${member}`).hear()
  const flood = (): number => Array.from({ length: 100 }, (_, last) => read(`10.0.1.${last}`, 50, 64 * 1024)).reduce((sum, one) => sum + one, 0)
  flood()
  for (let member = 1; member <= 10; member++) assert.equal(read(`10.0.0.${member}`, 1, 400 * 1024), 1)
  for (let second = 0; second < 60; second++) {
    pass(1000)
    const frames = flood()
    assert(frames <= 8 + 54, `${frames} in a second`)
  }
  for (let member = 1; member <= 10; member++) assert.equal(read(`10.0.0.${member}`, 1, 400 * 1024), 1)
})

test('what an honest member passes on by gossip takes nothing of what it has for its own word', () => {
  const { opened } = stage()
  assert.equal(opened('10.0.0.1', 9000, { by: 'openGossip' }), 4096)
  assert.equal(opened('10.0.0.1', 9000), 512)
})

test('a place among the first is free again when who had it has not been heard for ten minutes', () => {
  const { opened, pass } = stage()
  for (let last = 1; last <= 64; last++) opened(`10.0.0.${last}`, 9000)
  assert.equal(opened('10.0.1.1', 1), 0, 'the common pace is spent, and there is no place')
  pass(600_000)
  opened('10.0.1.1', 9000)
  assert.equal(opened('10.0.1.2', 9000), 8192 - 4096 + 512)
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
