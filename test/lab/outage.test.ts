import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probeReportOf, type Reply } from './outage.ts'
import { replyOf } from './probe.ts'

/** Answers at a rhythm of 10 ms to the pings with these numbers. */
function repliesTo (...sequences: number[]): Reply[] {
  return sequences.map(sequence => ({ sequence, atMs: sequence * 10, roundTripMs: 0.1 }))
}

test('nothing lost', () => {
  assert.deepEqual(probeReportOf(repliesTo(3, 4, 5)), { sent: 3, lost: 0, gaps: [], longestGapMs: 0 })
})

test('a gap lasts from the last answer before it to the first one after', () => {
  assert.deepEqual(probeReportOf(repliesTo(0, 1, 5, 7)), {
    sent: 8, lost: 4, gaps: [{ fromMs: 10, lengthMs: 40, lost: 3 }, { fromMs: 50, lengthMs: 20, lost: 1 }], longestGapMs: 40
  })
})

test('an answer that was kept back until the ARP entry was resolved is no answer', () => {
  const late = { sequence: 1, atMs: 900, roundTripMs: 890 }
  assert.equal(probeReportOf([...repliesTo(0, 2), late]).lost, 1)
})

test('no answer at all', () => {
  assert.deepEqual(probeReportOf([]), { sent: 0, lost: 0, gaps: [], longestGapMs: 0 })
})

test('lines of fping', () => {
  const reply = replyOf('[1795426263.93945] 10.10.0.2 : [12], 64 bytes, 0.030 ms (0.030 avg, 0% loss)')
  assert.deepEqual(reply, { sequence: 12, atMs: 1795426263939.45, roundTripMs: 0.03 })
  assert.equal(replyOf('10.10.0.2 : [13], timed out (NaN avg, 50% loss)'), null)
})
