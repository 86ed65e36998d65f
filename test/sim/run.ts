/**
 * The simulator at the command line: one story and all of it, or what many came to. `npm run sim -- --help` says what can be
 * asked (question.ts).
 *
 * Exit code 1 when a promise was broken, 64 when the question makes no sense.
 */
import { availableParallelism } from 'node:os'
import { questionOf, USAGE, type Question } from './question.ts'
import { replayOf as scenarioReplayOf } from './replay.ts'
import { perform, type Performance } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { work, type Job } from './swarm/fleet.ts'
import { play, replayOf, type Outcome } from './swarm/outcome.ts'
import { progressOf, reportOf } from './swarm/report.ts'
import { cutDown, drawScript, type Draw } from './swarm/script.ts'
import { actLine, shortStory, worldOf } from './swarm/short-story.ts'

const PROGRESS_MS = 10_000

async function main (): Promise<number> {
  const answer = questionOf(process.argv.slice(2), availableParallelism())
  if (answer.kind === 'help') {
    console.log(USAGE)
    return 0
  }
  if (answer.kind === 'faults') {
    for (const fault of answer.faults) console.error(fault)
    console.error('see npm run sim -- --help')
    return 64
  }
  const { question } = answer
  if (question.scenario !== undefined) return playScenario(question, question.scenario)
  return question.seeds === 1 ? playOne(question) : await playMany(question)
}

function playScenario ({ seed, seeds, hosts, minutes, last, verbose }: Question, name: string): number {
  const scenario = SCENARIOS.find(each => each.name === name)
  if (scenario === undefined) throw new RangeError(`scenario ${name}: expected one of those that the question was checked against`)
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
