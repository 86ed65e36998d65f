/**
 * What a group costs while nothing happens: memory and processor time of each agent, and what its host sends. Of a BACKUP that is the
 * agent alone; the MASTER sends VRRP adverts besides, and the first BACKUP asks through the VIP every 10 s.
 *
 *     npm run bench:idle -- [SECONDS [HOSTS...]]     60 seconds with 3, 10 and 30 hosts unless told
 */
import { argv } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { addMember, formed, holderAmong, startMembers, type Member } from '../lab/group.ts'
import { openLab, type Lab } from '../lab/lab.ts'
import { median, shownRow } from './table.ts'
import { memoryOf, rateBetween, read, type Rate } from './usage.ts'

/** Links settle, switches learn, the heap is collected. */
const SETTLED_MS = 20_000
/** In a large group members move up after a quiet minute, one after the other. */
const SETTLED_LARGE_MS = 120_000
/** More than so many would keep each other waiting if they all started at once on one machine. */
const AT_ONCE_MAX = 10
const APART_MS = 4000
const CEILING_MS = 300_000

if (import.meta.main) {
  const [seconds = 60, ...sizes] = argv.slice(2).map(Number)
  for (const row of await idleRows(sizes.length === 0 ? [3, 10, 30] : sizes, seconds)) console.log(row)
}

/** A table in Markdown. @param seconds of rest that are measured */
export async function idleRows (sizes: readonly number[], seconds: number): Promise<readonly string[]> {
  const rows = [shownRow(['hosts', 'RSS', 'PSS', 'anonymous', 'CPU of one core', 'sent by a BACKUP, median', 'most', 'by the MASTER']), shownRow(Array.from({ length: 8 }, () => '---'))]
  for (const size of sizes) {
    // One that does not come about on this machine is a figure as well, and must not cost the others.
    rows.push(shownRow(await measured(size, seconds).catch((error: unknown) => [String(size), `not measured: ${String(error).slice(0, 80)}`, '', '', '', '', '', ''])))
  }
  return rows
}

async function measured (size: number, seconds: number): Promise<readonly string[]> {
  const lab = await openLab()
  try {
    const members = await started(lab, Array.from({ length: size }, (_, i) => `h${i + 1}`))
    await formed(lab, members, { ceilingMs: CEILING_MS })
    await wait(size > AT_ONCE_MAX ? SETTLED_LARGE_MS : SETTLED_MS)
    const look = async () => await Promise.all(members.map(async ({ host, agent }) => await read(host, agent.pid)))
    const before = await look()
    await wait(1000 * seconds)
    const rates = (await look()).flatMap((after, i): Rate[] => before[i] === undefined ? [] : [rateBetween(before[i], after)])
    const memory = await Promise.all(members.map(async ({ agent }) => await memoryOf(agent.pid)))
    const master = members.indexOf(holderAmong(lab, members))
    const backups = rates.filter((_, i) => i !== master).toSorted((a, b) => a.bytes - b.bytes)
    return [String(size), ...(['Rss', 'Pss', 'Anonymous'] as const).map((key) => `${median(memory.map((one) => one[key])).toFixed(1)} MiB`),
      `${median(rates.map(({ cpu }) => cpu)).toFixed(2)} %`, shownRate(backups[Math.floor((backups.length - 1) / 2)]), shownRate(backups.at(-1)), shownRate(rates[master])]
  } finally {
    await lab.close()
  }
}

async function started (lab: Lab, names: readonly string[]): Promise<readonly Member[]> {
  if (names.length <= AT_ONCE_MAX) return await startMembers(lab, names)
  const members: Member[] = []
  for (const name of names) {
    members.push(await addMember(lab, name))
    await wait(APART_MS)
  }
  return members
}

function shownRate (rate: Rate | undefined): string {
  return rate === undefined ? '' : `${rate.bytes.toFixed(0)} B/s in ${rate.frames.toFixed(1)} frames`
}
