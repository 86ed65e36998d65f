/** How many lines of a kind are written, minute by minute. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogPace } from '../src/log-pace.ts'

/** A pace whose clock the test turns. */
function stage () {
  let nowMs = 0
  const due: Array<{ readonly atMs: number, readonly act: () => void }> = []
  const leftOut: number[] = []
  const pace = createLogPace({ nowMs: () => nowMs, later: (act, ms) => { due.push({ atMs: nowMs + ms, act }) } })
  return {
    leftOut,
    /** How many of so many lines are written. */
    written: (lines: number, subject = '', kind = 'it knocks') => Array.from({ length: lines }).filter(() => pace.takes(kind, subject, (count) => { leftOut.push(count) })).length,
    pass: (ms: number): void => {
      nowMs += ms
      for (const { act } of due.splice(0).filter(({ atMs }) => atMs <= nowMs)) act()
    }
  }
}

test('a burst is written, then eight a minute; each minute tells how many were not', () => {
  const { written, pass, leftOut } = stage()
  assert.equal(written(1000), 64)
  pass(60_000)
  assert.equal(written(1000), 8)
  pass(60_000)
  assert.deepEqual(leftOut, [936, 992])
  pass(3_600_000)
  assert.equal(written(64), 64)
  assert.deepEqual(leftOut, [936, 992])
})

test('one that is loud takes nothing from the others of its kind, nor its kind from other kinds', () => {
  const { written } = stage()
  assert.equal(written(1000, '10.0.0.1'), 12)
  assert.equal(written(10, '10.0.0.2'), 10)
  assert.equal(written(1000, '', 'it leaves'), 64)
})

test('kinds and addresses without number cost a bounded memory, and no more lines', () => {
  const { written } = stage()
  let lines = 0
  for (let last = 0; last < 5000; last++) lines += written(2, `10.0.0.${last}`)
  assert.equal(lines, 64)
  for (let kind = 0; kind < 5000; kind++) assert.equal(written(1, '', `kind ${kind}`), 1)
})
