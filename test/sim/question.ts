/** What is asked of the simulator: its command line as a question, or each thing that is wrong with it in a line of its own. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { SCENARIOS } from './scenarios.ts'

export interface Question {
  readonly seed: number
  readonly seeds: number
  readonly hosts: readonly [min: number, max: number] | null
  readonly minutes: number
  readonly workers: number
  readonly shrink: number
  readonly last: number
  readonly verbose: boolean
  readonly scenario: string | undefined
  /** Numbers of acts. */
  readonly only: readonly number[] | undefined
  /** Indices of hosts. */
  readonly without: readonly number[]
}

export type Answer =
  | { readonly kind: 'question', readonly question: Question }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults', readonly faults: readonly string[] }

export const USAGE = `usage: npm run sim -- [--seed N] [options]       one story of a swarm, told; shrunk if it breaks a promise
       npm run sim -- --seeds N [options]        the stories of so many seeds, counted; one of each broken promise shrunk
       npm run sim -- --scenario NAME [options]  one of the scenarios

  --seed N        the seed, or the first of --seeds (1)
  --seeds N       how many seeds, one after the other (1)
  --hosts N, M-N  how many hosts; of a range each seed takes the next (5; of many seeds 3-15; of a scenario its own)
  --minutes N     how long faults are drawn, in simulated minutes (10)
  --only N,N      of one seed: those acts alone, by number, or none of them: none
  --without hN,hN of one seed: those hosts stay off
  --scenario NAME one of those below
  --last N        of a story, so many lines at its end (1000)
  --verbose       each event and effect as well
  --shrink N      so many stories are shrunk at most; 0: none (3)
  --workers N     threads for many seeds (one for each processor)
  --help          this

Exit code: 0 every promise was kept, 1 one was broken, 64 the question makes no sense.

scenarios:
${SCENARIOS.map(({ name }) => `  ${name}`).join('\n')}`

const OPTIONS = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  hosts: { type: 'string' },
  minutes: { type: 'string' },
  workers: { type: 'string' },
  shrink: { type: 'string' },
  last: { type: 'string' },
  scenario: { type: 'string' },
  only: { type: 'string' },
  without: { type: 'string' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options']

/** More have no address. */
const HOSTS_MAX = 200

/** `processors`: how many workers there are unless the question says so. */
export function questionOf (args: readonly string[], processors: number): Answer {
  const parsed = parsedOf(args)
  if (typeof parsed === 'string') return { kind: 'faults', faults: [parsed] }
  const { values } = parsed
  if (values.help) return { kind: 'help' }
  const faults: string[] = []
  /** What the text of that option means; null is none, and a fault. */
  const read = <T> (name: keyof typeof values, usual: T, expected: string, valueOf: (text: string) => T | null): T => {
    const text = values[name]
    if (typeof text !== 'string') return usual
    const value = valueOf(text)
    if (value === null) faults.push(`--${name}: expected ${expected}, received "${text}"`)
    return value ?? usual
  }
  const count = (name: keyof typeof values, usual: number, min: number): number =>
    read(name, usual, `a whole number of at least ${min}`, text => /^\d+$/.test(text) && Number(text) >= min ? Number(text) : null)

  const question: Question = {
    seed: count('seed', 1, 0),
    seeds: count('seeds', 1, 1),
    hosts: read('hosts', null, `a number such as 5, or a range such as 3-15, of 1 to ${HOSTS_MAX} hosts`, rangeOf),
    minutes: read('minutes', 10, 'a number above 0', text => Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : null),
    workers: count('workers', processors, 1),
    shrink: count('shrink', 3, 0),
    last: count('last', 1000, 0),
    verbose: values.verbose,
    scenario: read('scenario', undefined, 'one of those that --help names', text => SCENARIOS.some(({ name }) => name === text) ? text : null),
    only: read<readonly number[] | undefined>('only', undefined, 'numbers of acts such as 3,7, or none', text => text === 'none' ? [] : listOf(text, /^\d+$/, Number)),
    without: read<readonly number[]>('without', [], 'hosts such as h4,h7', text => listOf(text, /^h[1-9]\d*$/, name => Number(name.slice(1)) - 1)),
  }
  const isCut = question.only !== undefined || question.without.length > 0
  if (isCut && (question.seeds > 1 || question.scenario !== undefined)) faults.push('--only and --without: expected one seed of the swarm, received many, or a scenario')
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'question', question }
}

function parsedOf (args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>> | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS })
  } catch (error) {
    // It explains itself at length; the first sentence says what is wrong.
    return error instanceof Error ? error.message.split(/\.\s|\n/)[0] ?? '' : String(error)
  }
}

function rangeOf (text: string): readonly [min: number, max: number] | null {
  const [min = 0, max = min] = listOf(text, /^\d+$/, Number, '-') ?? []
  return /^\d+(-\d+)?$/.test(text) && min >= 1 && min <= max && max <= HOSTS_MAX ? [min, max] : null
}

/** Null where one of them is none. */
function listOf <T> (text: string, pattern: RegExp, valueOf: (part: string) => T, separator = ','): readonly T[] | null {
  const parts = text.split(separator)
  return parts.every(part => pattern.test(part)) ? parts.map(valueOf) : null
}
