/**
 * What a group costs while nothing happens: memory and processor time of each agent, and what its host sends. Of a BACKUP that is the
 * agent alone; the MASTER sends VRRP adverts besides.
 *
 *     npm run bench:idle -- [SECONDS [HOSTS...]]     60 seconds with 3, 10 and 30 hosts unless told
 */
import { readFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { formed, holderAmong, startMembers, type Member } from '../lab/group.ts'
import { openLab } from '../lab/lab.ts'
import { median, shownRow } from './table.ts'

const [seconds = 60, ...sizes] = argv.slice(2).map(Number)
/** Links settle, switches learn, the heap is collected. */
const SETTLED_MS = 20_000
/** `USER_HZ`: proc(5). */
const TICKS_PER_SECOND = 100

interface Reading {
  readonly atMs: number
  readonly ticks: number
  readonly sentBytes: number
  readonly sentFrames: number
}

console.log(shownRow(['hosts', 'RSS', 'PSS', 'anonymous', 'CPU of one core', 'sent by a BACKUP', 'by the MASTER']))
console.log(shownRow(Array.from({ length: 7 }, () => '---')))
for (const size of sizes.length === 0 ? [3, 10, 30] : sizes) console.log(shownRow(await measured(size)))

async function measured (size: number): Promise<readonly string[]> {
  const lab = await openLab()
  try {
    const members = await startMembers(lab, Array.from({ length: size }, (_, i) => `h${i + 1}`))
    await formed(lab, members)
    await wait(SETTLED_MS)
    const before = await Promise.all(members.map(read))
    await wait(1000 * seconds)
    const after = await Promise.all(members.map(read))
    const memory = await Promise.all(members.map(({ agent }) => rollup(agent.pid)))
    const master = members.indexOf(holderAmong(lab, members))
    const rates = members.map((_, i) => rateOf(before[i], after[i]))
    const backups = rates.filter((_, i) => i !== master)
    return [String(size), ...(['Rss', 'Pss', 'Anonymous'] as const).map((key) => `${median(memory.map((one) => one[key])).toFixed(1)} MiB`),
      `${median(rates.map(({ cpu }) => cpu)).toFixed(2)} %`, shownRate(backups), shownRate(rates.filter((_, i) => i === master))]
  } finally {
    await lab.close()
  }
}

function shownRate (rates: readonly { readonly bytes: number, readonly frames: number }[]): string {
  return `${median(rates.map(({ bytes }) => bytes)).toFixed(0)} B/s, ${median(rates.map(({ frames }) => frames)).toFixed(1)} frames/s`
}

async function read ({ host, agent }: Member): Promise<Reading> {
  const [stat, dev] = await Promise.all([readFile(`/proc/${agent.pid}/stat`, 'utf8'), readFile(`/proc/${host.pid}/net/dev`, 'utf8')])
  // proc(5): the 14th and 15th field, the name in parentheses being the second.
  const [utime = 0, stime = 0] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number)
  const counters = /^ *eth0:(.*)$/m.exec(dev)?.[1]?.trim().split(/ +/).map(Number) ?? []
  return { atMs: performance.now(), ticks: utime + stime, sentBytes: counters[8] ?? Number.NaN, sentFrames: counters[9] ?? Number.NaN }
}

function rateOf (before: Reading | undefined, after: Reading | undefined): { readonly cpu: number, readonly bytes: number, readonly frames: number } {
  if (before === undefined || after === undefined) throw new Error('each member is read twice')
  const s = (after.atMs - before.atMs) / 1000
  return { cpu: 100 * (after.ticks - before.ticks) / TICKS_PER_SECOND / s, bytes: (after.sentBytes - before.sentBytes) / s, frames: (after.sentFrames - before.sentFrames) / s }
}

/** MiB. */
async function rollup (pid: number): Promise<Readonly<Record<'Rss' | 'Pss' | 'Anonymous', number>>> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mib = (key: string): number => Number(new RegExp(`^${key}: +([0-9]+) kB`, 'm').exec(text)?.[1]) / 1024
  return { Rss: mib('Rss'), Pss: mib('Pss'), Anonymous: mib('Anonymous') }
}
