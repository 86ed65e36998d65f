/**
 * Plays a script on a pool: strikes, undoes, waits until the group has settled, and writes down what was done to whom
 * and when. It judges nothing; what the VIP did meanwhile is somebody else's record.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { VIP } from '../lab/group.ts'
import { type Blow, excusesOf, type Excuse } from './excuses.ts'
import type { Pool, Slot } from './pool.ts'
import type { Fault, Step } from './script.ts'
import { join, STRIKES, type Target } from './strikes.ts'

/** What one step did, for the report. */
export interface Played {
  /** "h3 MASTER power loss, disk wiped, 4.2 s" for each fault. */
  readonly told: readonly string[]
  /** "MASTER power loss" for each fault, joined: whatever differs only in who and how long is one cause. */
  readonly cause: string
  readonly fromMs: number
  /** From the last undoing until the group had settled; null when it did not. */
  readonly settledMs: number | null
  /** Why it did not settle. */
  readonly trouble: string | null
  readonly excuses: readonly Excuse[]
}

/** A group that takes longer to settle is a finding of its own. */
const SETTLE_CEILING_MS = 90_000
const ADVERT_MS = 1000
/** On top of the master down interval: RFC 9568 knows no slower step. */
const ELECTION_SLACK_MS = 300

export async function play (pool: Pool, { quietS, faults }: Step, say: (line: string) => void): Promise<Played> {
  await sleep(quietS * 1000)
  const fromMs = Date.now()
  const skewsMs = await skews(pool)
  const struck = new Set<Slot>()
  const blows = await Promise.all(faults.map(async (fault, index) => strike(pool, fault, { struck, rank: index, skewsMs, isOnly: faults.length === 1, say })))
  const undoneMs = performance.now()
  const trouble = await pool.settled(SETTLE_CEILING_MS).then(() => null, (error: unknown) => String(error))
  return {
    told: blows.map(({ told }) => told),
    cause: blows.map(({ blow }) => blow.cause).toSorted().join(' + '),
    fromMs,
    settledMs: trouble === null ? performance.now() - undoneMs : null,
    trouble,
    excuses: blows.flatMap(({ blow }) => excusesOf(blow))
  }
}

interface Circumstances {
  /** Whoever is struck in this step is not struck again. */
  readonly struck: Set<Slot>
  readonly rank: number
  /** Of those that run, seniors first. */
  readonly skewsMs: readonly number[]
  readonly isOnly: boolean
  readonly say: (line: string) => void
}

async function strike (pool: Pool, fault: Fault, { struck, skewsMs, isOnly, say }: Circumstances): Promise<{ told: string, blow: Blow }> {
  await sleep(fault.afterS * 1000)
  const electionMs = 3 * ADVERT_MS + ((isOnly ? skewsMs[1] : skewsMs.at(-1)) ?? ADVERT_MS) + ELECTION_SLACK_MS
  if (fault.kind === 'join') {
    const fromMs = Date.now()
    say(`${fault.count} join${fault.wiped ? ', disks wiped' : ''}`)
    const names = await join(pool, fault)
    const cause = fault.count > 1 ? 'storm of joins' : 'join'
    return { told: `${names.join(' ')} ${cause}`, blow: { cause, kind: 'join', master: false, backup: true, fromMs, undoneMs: null, electionMs } }
  }
  const { target, isMaster } = targetOf(pool, fault, struck)
  struck.add(target.slot)
  const cause = `${isMaster ? 'MASTER' : 'BACKUP'} ${fault.kind}`
  const wiped = fault.kind === 'power loss' && fault.wiped ? ', disk wiped' : ''
  const fromMs = Date.now()
  say(`${target.slot.name} ${cause}${wiped}`)
  const undo = await STRIKES[fault.kind](pool, target, fault)
  let undoneMs = null
  if (undo !== null) {
    await sleep(fault.forS * 1000)
    await undo()
    undoneMs = Date.now()
    say(`${target.slot.name} ${cause}: undone`)
  }
  const seconds = undoneMs === null ? '' : `, ${((undoneMs - fromMs) / 1000).toFixed(1)} s`
  return {
    told: `${target.slot.name} ${cause}${wiped}${seconds}`,
    blow: { cause, kind: fault.kind, master: isMaster || !isOnly, backup: !isMaster || !isOnly, fromMs, undoneMs, electionMs }
  }
}

/** The holder, or the BACKUP that the lot names; whoever is struck already is left to the other fault. */
function targetOf (pool: Pool, { role, lot }: Fault, struck: ReadonlySet<Slot>): { target: Target, isMaster: boolean } {
  const holders = pool.lab.timeline.holders(VIP)
  const free = pool.on().filter(slot => !struck.has(slot) && slot.member !== null)
  const master = free.find(({ name }) => holders.includes(name))
  const backups = free.filter(({ name }) => !holders.includes(name))
  const slot = (role === 'MASTER' ? master : undefined) ?? backups[Math.floor(lot * backups.length)] ?? master
  if (slot === undefined || slot.host === null) throw new Error('nobody is left to strike')
  return { target: { slot, host: slot.host }, isMaster: slot === master }
}

async function skews (pool: Pool): Promise<number[]> {
  const priorities = [...(await pool.priorities()).values()]
  return priorities.toSorted((a, b) => b - a).map(priority => (256 - priority) / 256 * ADVERT_MS)
}
