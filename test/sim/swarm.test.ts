/**
 * The swarm over many seeds, on every core of the machine. What fails is shrunk, and says how to see it again.
 */
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, test } from 'node:test'
import { work } from './swarm/fleet.ts'
import type { Outcome } from './swarm/outcome.ts'
import { play } from './swarm/outcome.ts'
import { reportOf } from './swarm/report.ts'
import { drawScript, type Draw } from './swarm/script.ts'

interface Swarm {
  readonly seeds: readonly number[]
  readonly hosts: readonly [min: number, max: number]
  readonly minutes: number
}

/** Ten minutes each: these of faults, and 110 s in which the last end, all is repaired and left alone. */
const SWARM: Swarm = { seeds: seedsTo(300), hosts: [3, 15], minutes: 8.2 }

/** As many failures are shrunk; the others are only named. */
const SHRUNK_MAX = 3

function seedsTo (last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

function drawOf (seed: number): Draw {
  const [min, max] = SWARM.hosts
  return { seed, hosts: min + seed % (max - min + 1), minutes: SWARM.minutes }
}

describe('swarm', () => {
  test(`${SWARM.seeds.length} seeds, ${SWARM.minutes} minutes each`, async (context) => {
    const startedAtMs = performance.now()
    const outcomes: Outcome[] = []
    const stories: string[] = []
    let shrinking = 0
    // The longest first, so that no core waits for another at the end.
    const jobs = SWARM.seeds.map(drawOf).toSorted((a, b) => b.hosts - a.hosts).map(draw => ({ kind: 'play' as const, draw }))
    await work(jobs, availableParallelism(), (answer, add) => {
      if (answer.kind === 'shrink') return void stories.push(answer.story)
      outcomes.push(answer.outcome)
      if (answer.outcome.broken !== null && shrinking++ < SHRUNK_MAX) add({ kind: 'shrink', draw: answer.outcome.draw })
    })
    const report = reportOf(outcomes, performance.now() - startedAtMs)
    for (const line of report) context.diagnostic(line)
    assert.equal(outcomes.length, SWARM.seeds.length)
    assert.ok(outcomes.every(({ broken }) => broken === null), [...stories, ...report].join('\n\n'))
  })

  test('tells the same story again, and another one with another seed', () => {
    const [first, again, other] = [7, 7, 8].map(seed => play(drawScript({ seed, hosts: 4, minutes: 2 })).performance.world.story.lines())
    assert.deepEqual(first, again)
    assert.notDeepEqual(first, other)
    assert.ok((first?.length ?? 0) > 50)
  })
})
