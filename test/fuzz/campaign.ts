/**
 * A campaign: so many executions of one target from one seed. Inputs come from the corpus by mutation; one that runs a
 * block of our sources that nothing ran before joins the corpus of the campaign. Once nothing new has come up for a
 * while coverage is switched off, which makes the rest several times faster.
 */
import { createRandom } from '../sim/random.ts'
import { watchCoverage, type Coverage } from './coverage.ts'
import { createMutate } from './mutate.ts'
import type { Target } from './target.ts'
import { EndlessError, executionMsMax, within } from './watchdog.ts'

export interface CampaignOptions {
  readonly runs: number
  readonly seed: number
  readonly corpus: readonly Buffer[]
  /** For one execution. @default executionMsMax */
  readonly msMax?: number
  /** Executions without a new block after which coverage is switched off; 0: it is never on. @default 20000 */
  readonly patience?: number
}

export interface Crash {
  readonly input: Buffer
  readonly error: unknown
}

export interface Outcome {
  readonly runs: number
  /** Null: every promise held. */
  readonly crash: Crash | null
  /** Inputs that ran something new, beyond the corpus. */
  readonly found: readonly Buffer[]
  /** Blocks of our sources that ran. */
  readonly blocks: number
  /** The slowest execution. */
  readonly slowestMs: number
}

/** Executions between two looks at the coverage, unless the target says otherwise. */
const usualBatch = 250

/** `onProgress` is called about every thousand executions. */
export function campaign (target: Target, options: CampaignOptions, onProgress: (runs: number) => void = () => undefined): Outcome {
  const { runs, patience = 20_000, msMax = executionMsMax } = options
  const { batch: batchSize = usualBatch } = target
  const random = createRandom(options.seed).stream(target.name)
  const mutate = createMutate(target, random)
  const pool = [...options.corpus]
  const found: Buffer[] = []
  let coverage: Coverage | null = patience === 0 ? null : watchCoverage()
  const seen = new Set<string>()
  let done = 0
  let quiet = 0
  let slowestMs = 0

  /** Runs them one after the other, up to the first that breaks a promise or does not end. */
  function execute (batch: readonly Buffer[]): Crash | null {
    let at = 0
    function runOn (): void {
      for (let input = batch[at]; input !== undefined; input = batch[++at]) {
        const beginMs = performance.now()
        target.run(input)
        slowestMs = Math.max(slowestMs, performance.now() - beginMs)
      }
    }
    for (; at < batch.length; at++) {
      try {
        within(msMax, runOn)
      } catch (error) {
        const input = batch[at] ?? Buffer.alloc(0)
        // The time was that of all of them: what counts is how long this one takes by itself.
        const crash = error instanceof EndlessError ? crashOf(target, input, msMax) : { input, error }
        if (crash !== null) return crash
      }
    }
    return null
  }

  function look (batch: readonly Buffer[]): Crash | null {
    if (coverage === null) return null
    quiet += batch.length
    const fresh = new Set([...coverage.take()].filter((block) => !seen.has(block)))
    const crash = fresh.size > 0 ? narrow(batch, fresh, coverage) : null
    // Also what does not run a second time, since something was remembered.
    for (const block of fresh) seen.add(block)
    if (quiet < patience) return crash
    coverage.stop()
    coverage = null
    return crash
  }

  /** Runs them again, ever fewer at once, until it is clear which of them run what is `fresh`. */
  function narrow (batch: readonly Buffer[], fresh: ReadonlySet<string>, watched: Coverage): Crash | null {
    const [input, ...more] = batch
    if (input === undefined) return null
    const crash = execute(batch)
    if (crash !== null) return crash
    const again = new Set([...watched.take()].filter((block) => fresh.has(block)))
    if (again.size === 0) return null
    if (more.length === 0) {
      pool.push(input)
      found.push(input)
      quiet = 0
      return null
    }
    const half = Math.ceil(batch.length / 2)
    return narrow(batch.slice(0, half), again, watched) ?? narrow(batch.slice(half), again, watched)
  }

  const outcome = (crash: Crash | null): Outcome => ({ runs: done, crash, found, blocks: seen.size, slowestMs })
  try {
    const known = execute(options.corpus)
    if (known !== null) return outcome(known)
    for (const block of coverage?.take() ?? []) seen.add(block)
    while (done < runs) {
      const batch = Array.from({ length: Math.min(batchSize, runs - done) }, () => mutate(random.pick(pool), pool))
      const crash = execute(batch) ?? look(batch)
      done += crash === null ? batch.length : 1 + Math.max(0, batch.indexOf(crash.input))
      if (crash !== null) return outcome(crash)
      if (done % 1000 < batchSize) onProgress(done)
    }
    return outcome(null)
  } finally {
    coverage?.stop()
  }
}

/** Null where every promise held. */
export function crashOf (target: Target, input: Buffer, msMax = executionMsMax): Crash | null {
  try {
    within(msMax, () => { target.run(input) })
    return null
  } catch (error) {
    return { input, error }
  }
}

/** A shorter input that breaks the same promise: pieces are left out for as long as the message stays the same. */
export function shrunk (target: Target, { input, error }: Crash): Crash {
  const isSame = (other: Crash | null): other is Crash => other !== null && messageOf(other.error) === messageOf(error)
  let best: Crash = { input, error }
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.input.length;) {
      const crash = crashOf(target, Buffer.concat([best.input.subarray(0, at), best.input.subarray(at + size)]))
      if (isSame(crash)) best = crash
      else at += size
    }
  }
  return best
}

function messageOf (error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
}
