/**
 * How a group grows: hosts started one after the other until there are many, on one machine. Prints how long it took until all had one view,
 * how long one more took to be in all, and what each host spent on it.
 *
 *     npm run bench:scale -- [HOSTS [SECONDS]]     100 hosts, started within 60 seconds unless told
 */
import { argv } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { addMember, type Member } from '../lab/group.ts'
import { openLab, type Lab } from '../lab/lab.ts'
import { median, shownRow } from './table.ts'
import { memoryOf, rateBetween, read, type Reading } from './usage.ts'

const [hosts = 100, seconds = 60] = argv.slice(2).map(Number)
const CEILING_MS = 100_000
const REST_MS = 30_000

const lab = await openLab()
try {
  const members: Member[] = []
  const first = performance.now()
  for (let i = 1; i <= hosts; i++) {
    members.push(await addMember(lab, `h${i}`))
    await wait(Math.max(0, first + 1000 * seconds * i / hosts - performance.now()))
  }
  const begun = members.map(({ agent }) => agent.startedAtMs)
  tell('started within', `${((Math.max(...begun) - Math.min(...begun)) / 1000).toFixed(1)} s`)
  await inView(lab, members, members.length)
  tell('one view, after the last start', `${((Date.now() - Math.max(...begun)) / 1000).toFixed(1)} s`)
  const formed = await readings(members)
  await wait(REST_MS)
  const rested = await readings(members)
  const joiner = await addMember(lab, 'one-more')
  await inView(lab, [...members, joiner], members.length + 1)
  tell('one more: from its start until in every view', `${((Date.now() - joiner.agent.startedAtMs) / 1000).toFixed(1)} s`)
  tell('sent by a host until all had one view, median', `${(median(formed.map(({ sentBytes }) => sentBytes)) / 1024).toFixed(0)} KiB`)
  tell('processor of an agent until then, median', `${(median(formed.map(({ ticks }) => ticks)) / 100).toFixed(1)} s`)
  const rates = formed.flatMap((before, i) => rested[i] === undefined ? [] : [rateBetween(before, rested[i])])
  tell('sent at rest, median', `${median(rates.map(({ bytes }) => bytes)).toFixed(0)} B/s`)
  tell('processor at rest, median', `${median(rates.map(({ cpu }) => cpu)).toFixed(2)} %`)
  tell('reloads of a host, median and most', [median(reloads(members)), Math.max(...reloads(members))].join(', '))
  tell('RSS of an agent, median', `${median(await Promise.all(members.map(async ({ agent }) => (await memoryOf(agent.pid)).Rss))).toFixed(0)} MiB`)
  tell('holders of the VIP', String(lab.timeline.holders('10.10.0.2').length))
} finally {
  await lab.close()
}

function tell (what: string, value: string): void {
  console.log(shownRow([what, value]))
}

async function readings (members: readonly Member[]): Promise<readonly Reading[]> {
  return await Promise.all(members.map(async ({ host, agent }) => await read(host, agent.pid)))
}

function reloads (members: readonly Member[]): readonly number[] {
  return members.map(({ agent }) => agent.log.filter(({ msg }) => msg === 'keepalived has reloaded its conf').length)
}

/** Resolves when all have one view, of so many. One is asked again only once those before it have it: to be asked costs an agent as well. */
async function inView (within: Lab, members: readonly Member[], size: number): Promise<void> {
  let digest = ''
  let settled = 0
  await within.until(async () => {
    for (; settled < members.length; settled++) {
      const status = await members[settled]?.agent.status()
      if (status?.members.length !== size) return false
      if (settled > 0 && status.digest !== digest) {
        settled = 0
        return false
      }
      digest = status.digest
    }
    return true
  }, { what: `${size} members in every view`, ceilingMs: CEILING_MS, state: () => `${settled} have it` })
}
