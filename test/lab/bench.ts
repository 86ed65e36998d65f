/**
 * Runs the lab tests that report figures five times and prints the median and the worst of each figure. Fails when any
 * run does: a time from a run that broke its promises means nothing.
 *
 *   node bench.ts [RUNS [FILES]]     FILES: one glob; without it, the files that report figures
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, env, execPath } from 'node:process'
import { figureSchema, type Figure } from './report.ts'

const RUNS = Number(argv[2] ?? 5)
const ROOT = join(import.meta.dirname, '../..')
const MEASURING = [
  'mesh-forms', 'mesh-joins', 'mesh-fails', 'mesh-storm', 'mesh-lost', 'mesh-double-fault', 'mesh-partition', 'mesh-split', 'mesh-deaf', 'mesh-deaf-joiner',
  'mesh-flaps', 'mesh-strangers', 'static-pair', 'apiserver'
]
/** One lab at a time: labs that run side by side would measure each other. */
const TESTS = ['--test', '--test-concurrency=1', argv[3] ?? `test/lab/{${MEASURING.join()}}.test.ts`]

const folder = await mkdtemp(join(tmpdir(), 'keepalived-mesh-bench-'))
try {
  const report = join(folder, 'report.jsonl')
  for (let run = 1; run <= RUNS; run++) {
    console.log(`run ${run} of ${RUNS}`)
    const { status, stdout } = spawnSync(execPath, TESTS, { cwd: ROOT, encoding: 'utf8', env: { ...env, LAB_REPORT: report } })
    if (status !== 0) throw new Error(`run ${run} failed:\n${stdout}`)
  }
  const lines = (await readFile(report, 'utf8')).trim().split('\n')
  print(lines.map(line => figureSchema.parse(JSON.parse(line))))
} finally {
  await rm(folder, { recursive: true })
}

/** As a table in Markdown, with the machine that it was measured on. */
function print (figures: readonly Figure[]): void {
  const [cpu] = cpus()
  console.log(`\n${RUNS} runs on ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Linux ${release()}, Node ${process.version}\n`)
  console.log('| | median | worst |\n| --- | --- | --- |')
  for (const [what, group] of Map.groupBy(figures, figure => figure.what)) {
    const values = group.map(({ value }) => value).toSorted((a, b) => a - b)
    const shown = (value = Number.NaN): string => `${Math.round(value)}${group[0]?.unit === 'ms' ? ' ms' : ''}`
    console.log(`| ${what} | ${shown(values[Math.floor(values.length / 2)])} | ${shown(values.at(-1))} |`)
  }
}
