/**
 * Plays one scenario and prints its story: `node test/sim/run.ts --scenario NAME --seed N [--hosts N] [--minutes N]
 * [--verbose] [--last N]`; `--seeds N` plays that many seeds and shows the first that fails. Exit code 1 when a promise
 * was broken, 64 when the question makes no sense.
 */
import { parseArgs } from 'node:util'
import { replayOf } from './replay.ts'
import { perform, type Performance } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

function main (): number {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'swarm' },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      hosts: { type: 'string' },
      minutes: { type: 'string', default: '3' },
      last: { type: 'string', default: '1000' },
      verbose: { type: 'boolean', default: false },
    },
  })
  const scenario = SCENARIOS.find(({ name }) => name === values.scenario)
  const hosts = Number(values.hosts ?? scenario?.hosts)
  const [seed, seeds, minutes, last] = [values.seed, values.seeds, values.minutes, values.last].map(Number)
  if (scenario === undefined || seed === undefined || seeds === undefined || minutes === undefined || last === undefined ||
    ![hosts, seed, seeds, minutes, last].every(number => number >= 0)) {
    console.error(`expected numbers, and a scenario of: ${SCENARIOS.map(({ name }) => name).join(', ')}`)
    return 64
  }
  for (let each = seed; each < seed + seeds; each++) {
    const size = { seed: each, hosts, minutes }
    const performance = perform(scenario, { ...size, verbose: values.verbose })
    if (seeds === 1 || performance.failure !== null) print(performance, last)
    console.log(`${performance.failure === null ? 'ok    ' : 'FAILED'} ${replayOf(scenario, size)}`)
    if (performance.failure !== null) return 1
  }
  return 0
}

function print ({ world, failure }: Performance, last: number): void {
  for (const line of world.story.lines().slice(last === 0 ? Infinity : -last)) console.log(line)
  console.log(`${(world.clock.nowMs() / 1000).toFixed(3)} s, ${world.clock.count()} events`)
  if (failure !== null) console.log(failure.name === 'Violation' ? failure.message : failure.stack)
}

process.exitCode = main()
