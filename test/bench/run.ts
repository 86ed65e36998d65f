/**
 * The bench: the product beside a group built by hand with `serf` and beside static keepalived, in one run on one machine; groups at rest; crashes by
 * advert interval; how cost grows. With `--write` the tables and the plot go into the README.
 *
 *     npm run bench -- [--write] [RUNS [REST_SECONDS]]     10 runs, each with 15 seconds at rest, unless told
 *
 * Nothing else should run meanwhile: what is measured is the machine as well.
 */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import process, { argv } from 'node:process'
import { BUNDLE } from '../lab/agent.ts'
import { byHandWay } from './by-hand.ts'
import { crashRows } from './crash.ts'
import { FIGURES, apiserverEpisode, episode, type Measured } from './episode.ts'
import { growthOf, growthPlot } from './growth.ts'
import { idleRows } from './idle.ts'
import { meshWay } from './mesh-way.ts'
import { staticWay } from './static-way.ts'
import { between, medianAndWorst, shownRow } from './table.ts'

const [runs = 10, restSeconds = 15] = argv.slice(2).filter((arg) => !arg.startsWith('-')).map(Number)
const ROOT = join(import.meta.dirname, '../..')
const README = join(ROOT, 'README.md')
const PLOT = 'test/bench/growth.svg'
const MARK = 'bench'

const found: Record<string, Measured[]> = {}
for (let run = 1; run <= runs; run++) {
  console.error(`run ${run} of ${runs}`)
  for (const way of [meshWay(), byHandWay(), staticWay]) {
    const measured = await episode(way, restSeconds)
    const all = found[way.name] ??= []
    all.push(way.name === 'keepalived-mesh' ? { ...measured, ...await apiserverEpisode() } : measured)
  }
}
console.log(sideBySide().join('\n'))
console.error('groups at rest')
const idle = await idleRows([3, 10, 30], 30)
console.error('crashes by advert interval')
const crashes = await crashRows(runs)
console.error('growth')
const growth = growthOf([3, 10, 20, 30, 45, 60])

const text = [
  `Measured by \`npm run bench\` on ${machine()}; ${runs} runs of each, medians and worsts. A client pings the VIP each 10 ms; \`advert_int\` is 1. The bundle has ${((await stat(BUNDLE)).size / 1024 / 1024).toFixed(2)} MiB.`,
  '', ...sideBySide(), '',
  'Groups at rest, of each agent; the most is what the BACKUP sends that asks through the VIP, and the MASTER\'s adverts count as its own:', '', ...idle, '',
  'The holder crashes, until a client\'s pings are answered again:', '', ...crashes, '',
  `How cost grows (counted by the simulator):`, '', `![Messages of a BACKUP by number of hosts](${PLOT})`
].join('\n')
console.log(text)
if (argv.includes('--write')) {
  await writeFile(join(ROOT, PLOT), growthPlot(growth))
  await writeFile(README, between(await readFile(README, 'utf8'), MARK, text))
}

function sideBySide (): readonly string[] {
  const names = Object.keys(found)
  return [
    shownRow(['', ...names.flatMap((name) => [`${name}, median`, 'worst'])]),
    shownRow(Array.from({ length: 1 + 2 * names.length }, () => '---')),
    ...FIGURES.map(([key, what]) => shownRow([what, ...names.flatMap((name) => medianAndWorst((found[name] ?? []).flatMap((one) => one[key] ?? [])))]))
  ]
}

function machine (): string {
  const [cpu] = cpus()
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`
}
