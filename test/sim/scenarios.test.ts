/** Every scenario with a few seeds, and a small swarm. What fails says how to see it again. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { perform, type Scenario } from './scenario.ts'
import { SCENARIOS, SWARM } from './scenarios.ts'
import { replayOf } from './replay.ts'

/** Enough for other orders of events; the swarm has more. */
const SEEDS = 3
const SWARM_SEEDS = 30
const SWARM_HOSTS_MIN = 3
const SWARM_HOSTS_MAX = 7
const MINUTES = 3
const STORY_LINES = 40

function play (scenario: Scenario, seed: number, hosts = scenario.hosts): void {
  const size = { seed, hosts, minutes: MINUTES }
  const { world, failure } = perform(scenario, size)
  if (failure === null) return
  const story = world.story.lines().slice(-STORY_LINES).join('\n')
  assert.fail(`${failure.message}\n\n${story}\n\nsee it again: ${replayOf(scenario, size)}\n`)
}

describe('scenarios', () => {
  for (const scenario of SCENARIOS.filter(each => each !== SWARM)) {
    test(scenario.name, () => {
      for (let seed = 1; seed <= SEEDS; seed++) play(scenario, seed)
    })
  }
})

describe('swarm', () => {
  for (let seed = 1; seed <= SWARM_SEEDS; seed++) {
    const hosts = SWARM_HOSTS_MIN + seed % (SWARM_HOSTS_MAX - SWARM_HOSTS_MIN + 1)
    test(`seed ${seed}, ${hosts} hosts`, () => play(SWARM, seed, hosts))
  }
})

describe('the simulator itself', () => {
  test('tells the same story again', () => {
    const stories = [1, 2].map(() => perform(SWARM, { seed: 7, hosts: 4, minutes: 1 }).world.story.lines())
    assert.deepEqual(stories[0], stories[1])
    assert.ok((stories[0]?.length ?? 0) > 50)
  })

  test('tells another story with another seed', () => {
    const [first, second] = [1, 2].map(seed => perform(SWARM, { seed, hosts: 4, minutes: 1 }).world.story.lines())
    assert.notDeepEqual(first, second)
  })
})
