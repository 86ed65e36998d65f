/**
 * The fuzzer at the command line.
 *
 *     npm run fuzz -- --target wire --runs 1000000 --seed 1     one target
 *     npm run fuzz -- --runs 1000000                            all of them, one after the other
 *     npm run fuzz -- --target wire --input FILE                one input, as a crash names it
 *
 * `--keep` puts inputs that ran something new into the corpus. A crash is shrunk, kept and told; exit code 1 then, 64 when
 * the question makes no sense.
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { campaign, crashOf, shrunk, type Crash } from './campaign.ts'
import { corpusOf, keep } from './corpus.ts'
import type { Target } from './target.ts'
import { targets } from './targets.ts'

function main (): number {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { target: text, runs: text, seed: text, input: text, keep: { type: 'boolean', default: false } } })
  const runs = Number(values.runs ?? 100_000)
  const seed = Number(values.seed ?? 1)
  const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
  if (chosen.length === 0 || !Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
    console.error(`expected --runs and --seed as whole numbers, and --target as one of ${targets.map(({ name }) => name).join(', ')}`)
    return 64
  }
  const [first] = chosen
  if (values.input !== undefined && first !== undefined) return report(first, crashOf(first, readFileSync(values.input)))
  return Math.max(...chosen.map((target) => play(target, { runs, seed, keepsFound: values.keep })))
}

function play (target: Target, { runs, seed, keepsFound }: { readonly runs: number, readonly seed: number, readonly keepsFound: boolean }): number {
  const beginMs = performance.now()
  const outcome = campaign(target, { runs, seed, corpus: corpusOf(target) })
  const seconds = (performance.now() - beginMs) / 1000
  console.log(`${target.name.padEnd(12)} ${String(outcome.runs).padStart(9)} executions in ${seconds.toFixed(0)} s (${Math.round(outcome.runs / seconds)}/s), ` +
    `${outcome.found.length} new inputs, ${outcome.blocks} blocks, slowest ${outcome.slowestMs.toFixed(1)} ms: ${outcome.crash === null ? 'held' : 'BROKEN'}`)
  if (keepsFound) for (const input of outcome.found) keep(target, input)
  return report(target, outcome.crash === null ? null : shrunk(target, outcome.crash))
}

function report (target: Target, crash: Crash | null): number {
  if (crash === null) return 0
  const path = relative('.', keep(target, crash.input))
  console.error(crash.error)
  console.error(`kept as a case; again: npm run fuzz -- --target ${target.name} --input ${path}`)
  return 1
}

process.exitCode = main()
