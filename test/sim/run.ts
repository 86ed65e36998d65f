/**
 * The simulator at the command line.
 *
 *     npm run sim -- --seed 7 --hosts 5 --minutes 10         one swarm, its whole story; shrunk if it breaks a promise
 *     npm run sim -- --seed 7 … --only 3,7 --without h4      a part of it, as a shrunk story names it
 *     npm run sim -- --seeds 1000 [--hosts 3-15]             many, over --workers threads
 *     npm run sim -- --scenario NAME [--seed N] [--seeds N]  one of the scenarios
 *
 * `--last N` shows so many lines, `--verbose` every event and effect, `--shrink N` so many stories of many seeds.
 * Exit code 1 when a promise was broken, 64 when the question makes no sense.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { replayOf as scenarioReplayOf } from './replay.ts'
import { perform, type Performance } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { work, type Job } from './swarm/fleet.ts'
import { play, replayOf, type Outcome } from './swarm/outcome.ts'
import { progressOf, reportOf } from './swarm/report.ts'
import { cutDown, drawScript, type Draw } from './swarm/script.ts'
import { actLine, shortStory, worldOf } from './swarm/short-story.ts'

const PROGRESS_MS = 10_000

interface Question {
  readonly seed: number
  readonly seeds: number
  readonly hosts: readonly [min: number, max: number] | null
  readonly minutes: number
  readonly workers: number
  readonly shrink: number
  readonly last: number
  readonly verbose: boolean
  readonly scenario: string | undefined
  readonly only: readonly number[] | undefined
  readonly without: readonly number[]
}

async function main (): Promise<number> {
  const question = questionOf()
  if (typeof question === 'string') {
    console.error(question)
    return 64
  }
  if (question.scenario !== undefined) return playScenario(question, question.scenario)
  return question.seeds === 1 ? playOne(question) : await playMany(question)
}

function questionOf (): Question | string {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      scenario: text, seed: text, seeds: text, hosts: text, minutes: text, workers: text, shrink: text, last: text, only: text, without: text,
      verbose: { type: 'boolean', default: false },
    },
  })
  const number = (name: 'seed' | 'seeds' | 'minutes' | 'workers' | 'shrink' | 'last', usual: number): number => Number(values[name] ?? usual)
  const [min, max = min] = (values.hosts ?? '').split('-').filter(each => each !== '').map(Number)
  const question = {
    seed: number('seed', 1),
    seeds: number('seeds', 1),
    minutes: number('minutes', 10),
    workers: Math.max(1, number('workers', availableParallelism())),
    shrink: number('shrink', 3),
    last: number('last', 1000),
  }
  const only = values.only?.split(',').filter(each => each !== 'none').map(Number)
  const without = (values.without ?? '').split(',').filter(each => each !== '').map(name => Number(name.replace(/^h/, '')) - 1)
  const numbers = [...Object.values(question), ...only ?? [], ...without, min ?? 1, max ?? 1]
  if (!numbers.every(each => each >= 0)) return 'expected numbers, and hosts such as 5 or 3-15 or h4,h7'
  return { ...question, hosts: min === undefined || max === undefined ? null : [min, max], verbose: values.verbose, scenario: values.scenario, only, without }
}

function playScenario ({ seed, seeds, hosts, minutes, last, verbose }: Question, name: string): number {
  const scenario = SCENARIOS.find(each => each.name === name)
  if (scenario === undefined) {
    console.error(`expected a scenario of: ${SCENARIOS.map(each => each.name).join(', ')}`)
    return 64
  }
  for (let each = seed; each < seed + seeds; each++) {
    const size = { seed: each, hosts: hosts?.[0] ?? scenario.hosts, minutes }
    const performance = perform(scenario, { ...size, verbose })
    if (seeds === 1 || performance.failure !== null) print(performance, last)
    console.log(`${performance.failure === null ? 'ok    ' : 'FAILED'} ${scenarioReplayOf(scenario, size)}`)
    if (performance.failure !== null) return 1
  }
  return 0
}

function playOne (question: Question): number {
  const { only, without, verbose, last } = question
  const whole = drawScript(drawOf(question, question.seed))
  const script = cutDown(whole, only === undefined ? { without } : { only, without })
  const { performance, outcome } = play(script, verbose)
  print(performance, last)
  for (const line of [...worldOf(script), ...script.acts.map(actLine)]) console.log(line)
  console.log(`${outcome.broken === null ? 'ok    ' : 'FAILED'} ${replayOf(script)}`)
  if (outcome.broken === null) return 0
  console.log(outcome.broken.message)
  if (only === undefined && without.length === 0 && question.shrink > 0) console.log(`\nshrunk:\n${shortStory(script)}`)
  return 1
}

async function playMany (question: Question): Promise<number> {
  const outcomes: Outcome[] = []
  const startedAtMs = performance.now()
  let toldAtMs = startedAtMs
  const jobs = Array.from({ length: question.seeds }, (_, index) => ({ kind: 'play' as const, draw: drawOf(question, question.seed + index) }))
  await work(jobs, question.workers, (answer) => {
    if (answer.kind === 'play') outcomes.push(answer.outcome)
    if (performance.now() < toldAtMs + PROGRESS_MS) return
    toldAtMs = performance.now()
    console.log(progressOf(outcomes, question.seeds, toldAtMs - startedAtMs))
  })
  for (const line of reportOf(outcomes, performance.now() - startedAtMs)) console.log(line)
  await work(shortestOfEach(outcomes).slice(0, question.shrink), question.workers, (answer) => {
    if (answer.kind === 'shrink') console.log(`\nshrunk:\n${answer.story}`)
  })
  return outcomes.every(({ broken }) => broken === null) ? 0 : 1
}

/** Of each promise the failure that came first: one is enough to begin with. */
function shortestOfEach (outcomes: readonly Outcome[]): Job[] {
  const broken = outcomes.filter(outcome => outcome.broken !== null).toSorted((a, b) => a.simulatedMs - b.simulatedMs)
  return [...Map.groupBy(broken, outcome => outcome.broken?.promise).values()].flatMap(([first]) => first === undefined ? [] : [{ kind: 'shrink', draw: first.draw }])
}

/** Many seeds have the numbers of hosts in turn. */
function drawOf ({ hosts, minutes, seeds }: Question, seed: number): Draw {
  const [min, max] = hosts ?? (seeds === 1 ? [5, 5] : [3, 15])
  return { seed, hosts: min + seed % (max - min + 1), minutes }
}

function print ({ world, failure }: Performance, last: number): void {
  for (const line of world.story.lines().slice(last === 0 ? Infinity : -last)) console.log(line)
  console.log(`${(world.clock.nowMs() / 1000).toFixed(3)} s, ${world.clock.count()} events`)
  if (failure !== null) console.log(failure.name === 'Violation' ? failure.message : failure.stack)
}

process.exitCode = await main()
