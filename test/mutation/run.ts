/**
 * The mutation check at the command line: each promise is broken in the code on purpose, one at a time, and some test must
 * notice. Each mutation is shown to its stages, the cheapest first, until a test fails that does not fail anyhow.
 *
 *     npm run mutate                     all of them
 *     npm run mutate -- --only NAME      those whose name, or promise, is or begins with that; may be repeated
 *
 * Exit code 1 when one was not noticed, 64 when there is none of that name.
 */
import { parseArgs } from 'node:util'
import { CORE_STAGES, type Mutation } from './mutation.ts'
import { MUTATIONS } from './mutations.ts'
import { runStage, type Ran } from './stage.ts'
import { copyTree, type Tree } from './tree.ts'

/** For the tree as it is, on a busy machine; a stage of a mutation has as many times what that took. */
const BASELINE_MS = 600_000
const CEILING_MIN_MS = 30_000
const PATIENCE = 5

const INTERRUPTED = 130

interface Verdict {
  readonly mutation: Mutation
  /** Null: nothing has. */
  readonly noticedBy: string | null
  readonly seconds: number
}

async function main (): Promise<number> {
  const { values: { only = [] } } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
  const mutations = MUTATIONS.filter(({ name, promise }) => only.length === 0 || only.some((word) => name.startsWith(word) || promise === word))
  if (mutations.length === 0) {
    console.error(`expected a mutation of: ${MUTATIONS.map(({ name }) => name).join(', ')}`)
    return 64
  }
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { interrupt.abort(new Error(signal)) })
  const tree = copyTree(process.cwd())
  try {
    return report(await judgeAll(mutations, tree, interrupt.signal))
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    return INTERRUPTED
  } finally {
    tree.remove()
  }
}

async function judgeAll (mutations: readonly Mutation[], tree: Tree, signal: AbortSignal): Promise<readonly Verdict[]> {
  const baselines = new Map<string, Ran>()
  const verdicts: Verdict[] = []
  for (const mutation of mutations) {
    for (const stage of stagesOf(mutation)) {
      if (baselines.has(stage)) continue
      const ran = await runStage(stage, { dir: tree.dir, ceilingMs: BASELINE_MS, signal, isEnough: () => false })
      if (ran.isHung) throw new Error(`${stage} does not end, with nothing broken`)
      for (const test of ran.failures) console.log(`fails anyhow, and so notices nothing: ${test}`)
      baselines.set(stage, ran)
    }
    const verdict = await judge(mutation, tree, baselines, signal)
    verdicts.push(verdict)
    console.log(lineOf(verdict))
  }
  return verdicts
}

function stagesOf ({ by }: Mutation): readonly string[] {
  return by ?? CORE_STAGES
}

async function judge (mutation: Mutation, tree: Tree, baselines: ReadonlyMap<string, Ran>, signal: AbortSignal): Promise<Verdict> {
  const startedAtMs = performance.now()
  const verdictOf = (noticedBy: string | null): Verdict => ({ mutation, noticedBy, seconds: (performance.now() - startedAtMs) / 1000 })
  const undo = tree.mutate(mutation)
  try {
    for (const stage of stagesOf(mutation)) {
      const { failures: known = [], seconds = 0 } = baselines.get(stage) ?? {}
      const isNews = (test: string): boolean => !known.includes(test)
      const { failures, isHung } = await runStage(stage, { dir: tree.dir, ceilingMs: Math.max(CEILING_MIN_MS, PATIENCE * seconds * 1000), signal, isEnough: isNews })
      const noticedBy = failures.find(isNews)
      if (noticedBy !== undefined) return verdictOf(noticedBy)
      // One that ends with nothing broken has noticed something when it does not end.
      if (isHung && known.length === 0) return verdictOf(`${stage}, which does not end`)
    }
    return verdictOf(null)
  } finally {
    undo()
  }
}

function lineOf ({ mutation: { name, promise }, noticedBy, seconds }: Verdict): string {
  return `${promise.padEnd(11)} ${name.padEnd(34)} ${seconds.toFixed(1).padStart(5)} s  ${noticedBy ?? 'NOT NOTICED'}`
}

function report (verdicts: readonly Verdict[]): number {
  const survivors = verdicts.filter(({ noticedBy }) => noticedBy === null)
  console.log(`\n${verdicts.length} mutations, ${verdicts.length - survivors.length} noticed`)
  for (const { mutation: { name, means, file } } of survivors) console.log(`not noticed: ${name} (${file}): ${means}`)
  return survivors.length === 0 ? 0 : 1
}

process.exitCode = await main()
