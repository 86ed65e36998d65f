/** How an agent and its group are while something is done to them: memory and processor of the agent, adverts, what members say of each other. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requestStats } from '../../src/keepalived/stats.ts'
import type { Member } from '../lab/group.ts'

export interface Pulse {
  /** Above what it was, at most. */
  readonly memoryMiB: number
  /** Of one processor, in per cent. */
  readonly processor: number
  /** For each BACKUP: how many came, at an interval of one second, and how many did not. */
  readonly adverts: ReadonlyArray<{ readonly host: string, readonly received: number, readonly missed: number }>
  /** Looks at which some member did not say the same of all as before. */
  readonly disagreements: number
}

const LOOK_EVERY_MS = 500
const TICKS_PER_SECOND = 100
const RUN_DIR = '/run/keepalived-mesh'

/** Begins to watch now. */
export async function createPulse (master: Member, members: readonly Member[]): Promise<{ readonly ends: () => Promise<Pulse> }> {
  const { pid } = master.agent
  const viewBefore = await viewOf(members)
  let disagreements = 0
  // The peak is counted from now on.
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const before = { memoryKiB: statusField(pid, 'VmRSS'), ticks: ticksOf(pid), atMs: performance.now(), adverts: await advertsOf(members) }
  const timer = setInterval(() => {
    void look()
  }, LOOK_EVERY_MS)

  async function look (): Promise<void> {
    if (await viewOf(members) !== viewBefore) disagreements++
  }

  async function ends (): Promise<Pulse> {
    clearInterval(timer)
    const seconds = (performance.now() - before.atMs) / 1000
    const ticks = ticksOf(pid) - before.ticks
    const memoryKiB = statusField(pid, 'VmHWM') - before.memoryKiB
    await look()
    const after = await advertsOf(members)
    // One may be on its way at each end.
    const adverts = members.filter(member => member !== master).map(({ host: { name } }) => {
      const received = (after.get(name) ?? 0) - (before.adverts.get(name) ?? 0)
      return { host: name, received, missed: Math.max(0, Math.floor(seconds) - 1 - received) }
    })
    return { memoryMiB: memoryKiB / 1024, processor: 100 * ticks / TICKS_PER_SECOND / seconds, adverts, disagreements }
  }
  return { ends }
}

async function viewOf (members: readonly Member[]): Promise<string> {
  const statuses = await Promise.all(members.map(({ agent }) => agent.status()))
  return JSON.stringify(statuses.map(status => status?.members.map(({ address, state, priority, vrrpState }) => [address, state, priority, vrrpState])))
}

/** Adverts that each keepalived has received so far, by host. */
async function advertsOf (members: readonly Member[]): Promise<ReadonlyMap<string, number>> {
  return new Map(await Promise.all(members.map(async ({ host }): Promise<[string, number]> => {
    const stats = await requestStats(join(`/proc/${host.pid}/root`, RUN_DIR, 'tmp'), () => { void host.exec('sh', '-c', `kill -USR2 $(cat ${RUN_DIR}/keepalived.pid)`) }, 5000)
    if (stats === null) throw new Error(`keepalived of ${host.name} does not tell its counters`)
    return [host.name, stats.reduce((sum, { received }) => sum + received, 0)]
  })))
}

/** Of /proc/PID/status, in KiB. */
function statusField (pid: number, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** Clock ticks of processor time, of the program and of the kernel for it. */
function ticksOf (pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user = Number.NaN, system = Number.NaN] = fields.split(' ').slice(11, 13).map(Number)
  return user + system
}
