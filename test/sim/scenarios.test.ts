/** Every scenario with a few seeds. What fails says how to see it again. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { perform, type Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { replayOf } from './replay.ts'

/** Enough for other orders of events; the swarm has more. */
const SEEDS = 3
const STORY_LINES = 40

function play (scenario: Scenario, seed: number): void {
  const size = { seed, hosts: scenario.hosts }
  const { world, failure } = perform(scenario, size)
  if (failure === null) return
  const story = world.story.lines().slice(-STORY_LINES).join('\n')
  assert.fail(`${failure.message}\n\n${story}\n\nsee it again: ${replayOf(scenario, size)}\n`)
}

describe('scenarios', () => {
  for (const scenario of SCENARIOS) {
    test(scenario.name, () => {
      for (let seed = 1; seed <= SEEDS; seed++) play(scenario, seed)
    })
  }
})
