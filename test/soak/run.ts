/**
 * `npm run soak -- --minutes N [--seed N] [--hosts N]`: soaks a group in the lab and prints the report. Exit code 1 when
 * anything in it is unexplained: the agents' logs, the timeline and the script are then in the directory that is named, and
 * always when SOAK_KEEP is set.
 */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { complaintsOf, type Record, reportOf, storyOf } from './report.ts'
import { HOSTS_MAX, HOSTS_MIN, scriptOf, type Size } from './script.ts'
import { soak } from './soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    hosts: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) }
  }
})
const size: Size = { seed: Number(values.seed), minutes: Number(values.minutes), hosts: Number(values.hosts) }
process.exitCode = isSound(size) ? await main(size) : 64

function isSound ({ seed, minutes, hosts }: Size): boolean {
  if (Number.isInteger(seed) && minutes > 0 && Number.isInteger(hosts) && hosts >= HOSTS_MIN && hosts <= HOSTS_MAX) return true
  console.error(`expected a whole seed, minutes above 0, and ${HOSTS_MIN} to ${HOSTS_MAX} hosts`)
  return false
}

async function main (asked: Size): Promise<number> {
  console.log(`soak: --seed ${asked.seed} --hosts ${asked.hosts} --minutes ${asked.minutes}`)
  const { record, timeline } = await soak(asked, scriptOf(asked), console.log)
  console.log(`\n${reportOf(record)}`)
  if (complaintsOf(record).length === 0 && process.env['SOAK_KEEP'] === undefined) return 0
  console.log(`agents' logs, timeline and script: ${await keep(record, timeline)}`)
  return complaintsOf(record).length === 0 ? 0 : 1
}

async function keep (record: Record, timeline: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `keepalived-mesh-soak-${record.size.seed}-`))
  const files = {
    'report.txt': reportOf(record),
    'story.txt': storyOf(record),
    'timeline.txt': timeline,
    'script.json': JSON.stringify(scriptOf(record.size), null, 2),
    ...Object.fromEntries([...record.logs].map(([host, log]) =>
      [`${host}.log`, log.map(({ atMs, level, msg, facts }) => `${new Date(atMs).toISOString()} ${level} ${msg} ${JSON.stringify(facts)}\n`).join('')]))
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}
