/**
 * A soak: a group with real keepalived, faults at random, and an account of every moment at which the VIP was held by
 * nobody or by two, or did not answer. Returns the record; whoever called decides what to print.
 */
import type { LogLine } from '../lab/agent.ts'
import { createChanges } from '../lab/changes.ts'
import { VIP } from '../lab/group.ts'
import { type Lab, openLab } from '../lab/lab.ts'
import type { ProbeReport } from '../lab/outage.ts'
import { explain, type Incident } from './explain.ts'
import { followLoad } from './load.ts'
import { play, type Played } from './play.ts'
import { createPool, type Pool } from './pool.ts'
import type { Record } from './report.ts'
import { followResources } from './resources.ts'
import type { Size, Step } from './script.ts'

/** A group that does not even form has nothing to be soaked. */
const FORM_CEILING_MS = 60_000
/** What a reload or an election still does after the last step is seen. */
const AFTERMATH_ANSWERS = 400

export async function soak (size: Size, script: readonly Step[], print: (line: string) => void): Promise<{ record: Record, timeline: string }> {
  const lab = await openLab()
  const load = followLoad()
  try {
    const pool = createPool(lab)
    const resources = followResources(pool)
    await Promise.all(pool.slots.slice(0, size.hosts).map(async slot => pool.boot(slot)))
    await pool.settled(FORM_CEILING_MS)
    // Its answers come a hundred times a second: nobody else is to be woken by them.
    const probe = await lab.probe(VIP, { watch: createChanges() })
    await probe.answers(20)
    const fromMs = Date.now()
    const say = (line: string): void => { print(`${((Date.now() - fromMs) / 1000).toFixed(3).padStart(8)} s  ${line}`) }
    const played = await playAll(pool, script, { untilMs: fromMs + size.minutes * 60_000, say })
    await probe.answers(AFTERMATH_ANSWERS).catch(() => undefined)
    const seen = await probe.stop()
    resources.stop()
    const untilMs = Date.now()
    const incidents = incidentsOf(lab, seen, fromMs)
    const findings = explain(incidents, played.flatMap(({ excuses }) => excuses), load)
    const record = { size, fromMs, untilMs, played, findings, probe: seen, load: load.summary(), resources: resources.summary(), logs: logsOf(pool) }
    return { record, timeline: lab.timeline.of(VIP).map(({ atMs, host, event }) => `${new Date(atMs).toISOString()} ${host} ${event}\n`).join('') }
  } finally {
    load.stop()
    await lab.close()
  }
}

/** Until the time is up, the script is over, or the group is past settling. */
async function playAll (pool: Pool, script: readonly Step[], { untilMs, say }: { untilMs: number, say: (line: string) => void }): Promise<Played[]> {
  const played: Played[] = []
  for (const step of script) {
    if (Date.now() >= untilMs) break
    const one = await play(pool, step, say)
    played.push(one)
    if (one.trouble !== null) break
    say(`  settled after ${((one.settledMs ?? 0) / 1000).toFixed(2)} s`)
  }
  return played
}

function incidentsOf ({ timeline }: Lab, { gaps }: ProbeReport, fromMs: number): Incident[] {
  const stretches = (sort: 'vacancy' | 'overlap'): Incident[] => (sort === 'vacancy' ? timeline.vacancies(VIP) : timeline.overlaps(VIP))
    .map(({ fromMs: from, lengthMs, hosts }) => ({ sort, fromMs: from, untilMs: from + lengthMs, count: 1, hosts }))
  const moves = timeline.of(VIP, fromMs).filter(({ event }) => event === 'added')
    .map(({ atMs, host }): Incident => ({ sort: 'move', fromMs: atMs, untilMs: atMs, count: 1, hosts: [host] }))
  const losses = gaps.map(({ fromMs: from, lengthMs, lost }): Incident => ({ sort: 'loss', fromMs: from, untilMs: from + lengthMs, count: lost, hosts: [] }))
  return [...stretches('vacancy'), ...stretches('overlap'), ...moves, ...losses].filter(incident => incident.untilMs >= fromMs)
}

function logsOf (pool: Pool): Map<string, LogLine[]> {
  const ran = pool.slots.filter(({ agents }) => agents.length > 0)
  return new Map(ran.map(({ name, agents }) => [name, agents.flatMap(({ log }) => log)]))
}
