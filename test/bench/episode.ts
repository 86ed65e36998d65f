/**
 * One life of a group, from three hosts that start to the crash of the last MASTER but one, and what was measured on the way. The same for each
 * way to run it (way.ts), so that the figures stand beside each other.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { startApiserver } from '../lab/apiserver.ts'
import { ONLY_THE_VIP, VIP, formed, holderAmong, startMember } from '../lab/group.ts'
import type { Host } from '../lab/host.ts'
import { openLab, type Lab } from '../lab/lab.ts'
import { memoryOf, rateBetween, read } from './usage.ts'
import type { Contender, Way } from './way.ts'

/** In the order of the table. */
export const FIGURES = [
  ['listening', 'start to listening, ms'],
  ['full', 'three hosts: from the first start until all lists are full, ms'],
  ['join', 'a fourth: from its start until all three have reloaded with it, ms'],
  ['joinMoves', '… VIP events, and lost pings'],
  ['rss', 'RSS, MiB'],
  ['pss', 'PSS, MiB'],
  ['cpu', 'processor at rest, % of one core'],
  ['bytes', 'sent at rest by a BACKUP, B/s'],
  ['left', 'a BACKUP stopped: until out of all lists, ms'],
  ['leftMoves', '… VIP events, and lost pings'],
  ['lost', 'a BACKUP crashed: until lost (serf: failed) everywhere, ms'],
  ['lostMoves', '… VIP events, and lost pings'],
  ['stopEvents', 'MASTER stopped: nobody holds the VIP, by address events, ms'],
  ['stopGap', 'MASTER stopped: gap of a client that pings each 10 ms, ms'],
  ['crashGap', 'MASTER crashed: gap of that client, ms'],
  ['checkMoved', 'API server of the MASTER fails (checks each 1 s, 2 failures): until the VIP has moved, ms'],
  ['checkLost', '… lost pings, until it is back as well']
] as const

export type Measured = Readonly<Partial<Record<typeof FIGURES[number][0], number>>>

/** Before a group is at rest: links settle, the heap is collected. */
const SETTLED_MS = 8000
const CEILING_MS = 60_000
/** Pings: enough to have seen what comes late. */
const AFTER = 200

export async function episode (way: Way, restSeconds: number): Promise<Measured> {
  const lab = await openLab()
  try {
    const beganAtMs = Date.now()
    const three = await way.three(lab)
    const first = Math.min(...three.map(({ startedAtMs }) => startedAtMs), beganAtMs + CEILING_MS)
    const dynamic = way.isDynamic
      ? { full: Math.max(...three.map(({ lists }) => lists.history.at(-1)?.atMs ?? Number.NaN)) - first, ...await comings(lab, way, three, restSeconds) }
      : {}
    await wait(SETTLED_MS)
    return { ...dynamic, ...await departures(lab, three) }
  } finally {
    await lab.close()
  }
}

async function comings (lab: Lab, way: Way, three: readonly Contender[], restSeconds: number): Promise<Measured> {
  const fourth = await watched(lab, async () => await joined(lab, way, three, 'four'))
  await wait(SETTLED_MS)
  const { contender, ms: join } = fourth.result
  const { host, pid } = contender
  const rest = pid === null ? {} : await usage(host, pid, restSeconds)
  const left = await watched(lab, async () => {
    const stoppedAtMs = Date.now()
    await contender.stop()
    await lab.until(() => Number.isFinite(unlistedAtMs(three, host)), { what: 'every list to drop the one that left', ceilingMs: CEILING_MS })
    return unlistedAtMs(three, host) - stoppedAtMs
  })
  const { contender: fifth } = await joined(lab, way, three, 'five')
  await wait(SETTLED_MS)
  const lost = await watched(lab, async () => {
    const crashedAtMs = Date.now()
    await fifth.host.crash()
    await way.toldLost(lab, three, fifth.host)
    return Date.now() - crashedAtMs
  })
  const listening = contender.listeningAfterMs()
  return {
    ...listening === null ? {} : { listening },
    join, joinMoves: fourth.moves, ...rest, left: left.result, leftMoves: left.moves, lost: lost.result, lostMoves: lost.moves
  }
}

/** When the last of them had dropped it; infinity before. */
function unlistedAtMs (among: readonly Contender[], { address }: Host): number {
  return Math.max(...among.map(({ lists }) => lists.unlistedAtMs(address) ?? Number.POSITIVE_INFINITY))
}

async function joined (lab: Lab, way: Way, three: readonly Contender[], name: string): Promise<{ readonly contender: Contender, readonly ms: number }> {
  const contender = await way.join(lab, name)
  const listedAtMs = (): number => Math.max(...three.map(({ lists }) => lists.listedAtMs(contender.host.address) ?? Number.POSITIVE_INFINITY))
  await lab.until(() => Number.isFinite(listedAtMs()), { what: `every list to hold ${name}`, ceilingMs: CEILING_MS })
  return { contender, ms: listedAtMs() - contender.startedAtMs }
}

/** What a client and the addresses saw meanwhile: changes of the VIP and pings that were lost, in all. */
async function watched<T> (lab: Lab, act: () => Promise<T>): Promise<{ readonly result: T, readonly moves: number }> {
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const since = Date.now()
  const result = await act()
  await probe.answers(AFTER)
  const { lost } = await probe.stop()
  return { result, moves: lab.timeline.of(VIP, since).length + lost }
}

async function usage (host: Host, pid: number, seconds: number): Promise<Measured> {
  const before = await read(host, pid)
  await wait(1000 * seconds)
  const { cpu, bytes } = rateBetween(before, await read(host, pid))
  const { Rss: rss, Pss: pss } = await memoryOf(pid)
  return { rss, pss, cpu, bytes }
}

/** The MASTER is stopped, then the next one crashes. */
async function departures (lab: Lab, three: readonly Contender[]): Promise<Measured> {
  const stopped = await without(lab, three, async (master) => { await master.stop() })
  await wait(SETTLED_MS)
  const crashed = await without(lab, three, async ({ host }) => { await host.crash() })
  return { stopEvents: stopped.vacantMs, stopGap: stopped.gapMs, crashGap: crashed.gapMs }
}

async function without (lab: Lab, three: readonly Contender[], end: (master: Contender) => Promise<void>): Promise<{ readonly vacantMs: number, readonly gapMs: number }> {
  const [name] = lab.timeline.holders(VIP)
  const master = three.find(({ host }) => host.name === name)
  if (master === undefined) throw new Error('nobody holds the VIP')
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const since = Date.now()
  await end(master)
  await lab.until(() => lab.timeline.holders(VIP).some((holder) => holder !== name), { what: 'another to hold the VIP', ceilingMs: CEILING_MS })
  await probe.answers(AFTER)
  const { longestGapMs } = await probe.stop()
  const vacancies = lab.timeline.vacancies(VIP).filter(({ fromMs }) => fromMs >= since)
  return { vacantMs: vacancies.reduce((sum, { lengthMs }) => sum + lengthMs, 0), gapMs: longestGapMs }
}

const CHECKED = { ...ONLY_THE_VIP, KEEPALIVED_KUBE_APISERVER_CHECK: 'true', KUBE_APISERVER_CHK_INTERVAL: '1', KUBE_APISERVER_CHK_FALL: '2', KUBE_APISERVER_CHK_RISE: '2' }

/** Of the product alone: nobody checks an API server by hand in the same way. */
export async function apiserverEpisode (): Promise<Measured> {
  const lab = await openLab()
  try {
    const hosts: Host[] = []
    for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
    const apiservers = new Map(await Promise.all(hosts.map(async (host) => [host.name, await startApiserver(host, lab.changes)] as const)))
    const members = await Promise.all(hosts.map(async (host) => await startMember(lab, host, CHECKED)))
    await formed(lab, members)
    const master = holderAmong(lab, members).host.name
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    const failedAtMs = Date.now()
    await apiservers.get(master)?.answer(500)
    await lab.until(() => lab.timeline.holders(VIP).length === 1 && lab.timeline.holders(VIP)[0] !== master, { what: 'the VIP to move', ceilingMs: CEILING_MS })
    const movedAtMs = lab.timeline.of(VIP, failedAtMs).find(({ event }) => event === 'added')?.atMs ?? Number.NaN
    await apiservers.get(master)?.answer(200)
    await lab.until(() => lab.timeline.holders(VIP).join() === master, { what: 'the VIP to return', ceilingMs: CEILING_MS })
    await probe.answers(AFTER)
    return { checkMoved: movedAtMs - failedAtMs, checkLost: (await probe.stop()).lost }
  } finally {
    await lab.close()
  }
}
