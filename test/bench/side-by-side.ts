/**
 * The product beside what a user would build by hand (by-hand.ts), in the same lab and the same run: three hosts, a fourth that joins,
 * one that crashes.
 *
 *     npm run bench:side -- [RUNS [IDLE_SECONDS]]     10 runs, and 30 seconds at rest in each, unless told
 */
import { argv } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import type { Host } from '../lab/host.ts'
import { addMember, allSay, formed, startMembers } from '../lab/group.ts'
import { openLab, type Lab } from '../lab/lab.ts'
import type { Lists } from '../lab/lists.ts'
import { startByHand, saysFailed } from './by-hand.ts'
import { median, shownRow } from './table.ts'
import { memoryOf, rateBetween, read } from './usage.ts'

const [runs = 10, idleSeconds = 30] = argv.slice(2).map(Number)

const FIGURES = ['join: from its start until all three list it, ms', 'crash: until lost (serf: failed) everywhere, ms', 'RSS, MiB', 'PSS, MiB', 'CPU at rest, % of one core', 'sent at rest by a BACKUP, B/s'] as const
type Figures = Readonly<Record<typeof FIGURES[number], number>>

interface Contender {
  readonly host: Host
  readonly lists: Lists
  readonly pid: number
}

/** One way to run a group, as far as the bench must know it. */
interface Way {
  readonly three: (lab: Lab) => Promise<readonly Contender[]>
  /** When the fourth was started. */
  readonly join: (lab: Lab, three: readonly Contender[]) => Promise<{ readonly fourth: Contender, readonly startedAtMs: number }>
  readonly toldLost: (lab: Lab, three: readonly Contender[], gone: Host) => Promise<void>
}

const found: Record<string, Figures[]> = { 'keepalived-mesh': [], 'serf by hand': [] }
for (let run = 1; run <= runs; run++) {
  console.error(`run ${run} of ${runs}`)
  found['keepalived-mesh']?.push(await measured(ours()))
  found['serf by hand']?.push(await measured(byHand()))
}
console.log(shownRow(['', ...Object.keys(found).flatMap((name) => [`${name}, median`, 'worst'])]))
console.log(shownRow(Array.from({ length: 1 + 2 * Object.keys(found).length }, () => '---')))
for (const figure of FIGURES) console.log(shownRow([figure, ...Object.values(found).flatMap((all) => shown(all.map((one) => one[figure])))]))

function shown (values: readonly number[]): readonly string[] {
  return [median(values), Math.max(...values)].map((value) => value < 10 ? value.toFixed(2) : value.toFixed(0))
}

async function measured (way: Way): Promise<Figures> {
  const lab = await openLab()
  try {
    const three = await way.three(lab)
    const { fourth, startedAtMs } = await way.join(lab, three)
    const listedAtMs = (): number => Math.max(...three.map(({ lists }) => lists.listedAtMs(fourth.host.address) ?? Number.POSITIVE_INFINITY))
    await lab.until(() => Number.isFinite(listedAtMs()), { what: 'every list to hold the fourth', ceilingMs: 60_000 })
    await wait(15_000)
    const before = await read(fourth.host, fourth.pid)
    await wait(1000 * idleSeconds)
    const rate = rateBetween(before, await read(fourth.host, fourth.pid))
    const memory = await memoryOf(fourth.pid)
    const crashedAtMs = Date.now()
    await fourth.host.crash()
    await way.toldLost(lab, three, fourth.host)
    return {
      [FIGURES[0]]: listedAtMs() - startedAtMs,
      [FIGURES[1]]: Date.now() - crashedAtMs,
      [FIGURES[2]]: memory.Rss,
      [FIGURES[3]]: memory.Pss,
      [FIGURES[4]]: rate.cpu,
      [FIGURES[5]]: rate.bytes
    }
  } finally {
    await lab.close()
  }
}

function ours (): Way {
  const members = new Map<Contender, Awaited<ReturnType<typeof addMember>>>()
  const contender = (member: Awaited<ReturnType<typeof addMember>>): Contender => {
    const one = { host: member.host, lists: member.lists, pid: member.agent.pid }
    members.set(one, member)
    return one
  }
  return {
    async three (lab) {
      const started = await startMembers(lab, ['one', 'two', 'three'])
      await formed(lab, started)
      return started.map(contender)
    },
    async join (lab) {
      const member = await addMember(lab, 'four')
      return { fourth: contender(member), startedAtMs: member.agent.startedAtMs }
    },
    async toldLost (lab, three, gone) {
      await allSay(lab, three.flatMap((one) => members.get(one) ?? []), 'lost', gone)
    }
  }
}

function byHand (): Way {
  const started: Array<Awaited<ReturnType<typeof startByHand>>> = []
  const start = async (lab: Lab, name: string): Promise<Contender> => {
    const one = await startByHand(lab, await lab.addHost(name), started[0]?.host.address ?? null)
    started.push(one)
    return { host: one.host, lists: one.lists, pid: one.serf.pid }
  }
  return {
    async three (lab) {
      const three = [await start(lab, 'one'), await start(lab, 'two'), await start(lab, 'three')]
      await lab.until(() => three.every(({ lists }) => lists.now().length === 2), { what: 'three hosts by hand to list each other', ceilingMs: 60_000 })
      await wait(5000)
      return three
    },
    async join (lab) {
      const fourth = await start(lab, 'four')
      return { fourth, startedAtMs: started[3]?.startedAtMs ?? Number.NaN }
    },
    async toldLost (lab, _three, gone) {
      await lab.until(async () => (await Promise.all(started.slice(0, 3).map(async (one) => await saysFailed(one, gone)))).every(Boolean),
        { what: 'serf to call it failed everywhere', ceilingMs: 60_000 })
    }
  }
}
