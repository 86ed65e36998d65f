/** What the log says of hosts that cannot join: each once, and not all of a segment. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStrangers } from '../../src/mesh/strangers.ts'
import { memoryLog } from './memory-log.ts'

test('each host is told of once for each reason, and anew when it got in meanwhile', () => {
  const { log, lines } = memoryLog()
  const strangers = createStrangers({ log })
  for (let round = 0; round < 100; round++) strangers.note('10.10.0.66', 'otherSecret')
  strangers.note('10.10.0.66', 'tooFast')
  strangers.forget('10.10.0.66')
  strangers.note('10.10.0.66', 'otherSecret')
  assert.deepEqual(lines.map(({ mismatch }) => mismatch), ['otherSecret', 'tooFast', 'otherSecret'])
})

test('a segment full of strangers is told of by one line more than are named', () => {
  const { log, lines } = memoryLog()
  const strangers = createStrangers({ log })
  for (let last = 0; last < 1000; last++) strangers.note(`10.10.${last >> 8}.${last & 255}`, 'noSecret')
  assert.equal(lines.length, 65)
})
