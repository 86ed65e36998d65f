/**
 * The report of a soak, as text: what the VIP did, by cause; what the members did; how long they took to agree; how busy
 * the machine was; and everything that no fault explains.
 */
import type { LogLine } from '../lab/agent.ts'
import type { ProbeReport } from '../lab/outage.ts'
import { type Finding, isExplained, lengthOf } from './explain.ts'
import { type LoadSummary, TOLERANCE_MAX_MS, TOLERANCE_MIN_MS } from './load.ts'
import type { Played } from './play.ts'
import { DESCRIPTORS_MAX, MIB_MAX, type ResourceSummary } from './resources.ts'
import type { Size } from './script.ts'

export interface Record {
  readonly size: Size
  readonly fromMs: number
  readonly untilMs: number
  readonly played: readonly Played[]
  readonly findings: readonly Finding[]
  readonly probe: ProbeReport
  readonly load: LoadSummary
  readonly resources: ResourceSummary
  /** What each host's agents logged, by host. */
  readonly logs: ReadonlyMap<string, readonly LogLine[]>
}

const SLOWEST = 5
const NOBODY = 'UNEXPLAINED'

/** What makes the soak a failure, one line each; none: all promises were kept. */
export function complaintsOf ({ played, findings, fromMs, resources: { mostDescriptors, mostMib } }: Record): string[] {
  return [
    ...mostDescriptors > DESCRIPTORS_MAX ? [`an agent had ${mostDescriptors} descriptors open, expected at most ${DESCRIPTORS_MAX}`] : [],
    ...mostMib > MIB_MAX ? [`an agent had ${mostMib.toFixed(0)} MiB of its own, expected at most ${MIB_MAX}`] : [],
    ...findings.filter(finding => !isExplained(finding)).map(finding => complaintOf(finding, fromMs)),
    ...played.filter(({ trouble }) => trouble !== null).map(step => `${at(step.fromMs, fromMs)} after ${step.told.join(', ')}: ${step.trouble}`)
  ]
}

export function reportOf (record: Record): string {
  const complaints = complaintsOf(record)
  const { size, load, resources } = record
  return [
    `soak: seed ${size.seed}, ${size.hosts} hosts, ${minutes(record).toFixed(1)} of ${size.minutes} minutes, ${record.played.length} steps, advert_int 1, a ping each 10 ms`,
    '',
    ...vipLines(record),
    '',
    ...tableOf(causeRows(record)),
    '',
    ...tableOf(hostRows(record)),
    '',
    ...tableOf(troubleRows(record)),
    '',
    'slowest to agree:',
    ...slowest(record).map(({ told, settledMs }) => `  ${settledMs === null ? 'never' : seconds(settledMs)} after ${told.join('; ')}`),
    '',
    `machine: load average up to ${load.highestLoad.toFixed(1)}; a timer came up to ${Math.round(load.worstLagMs)} ms late, ${load.lags} times by more than 50 ms; ` +
      `tolerance ${TOLERANCE_MIN_MS} ms and the lag nearby, at most ${TOLERANCE_MAX_MS} ms`,
    `agents: up to ${resources.mostDescriptors} descriptors and ${resources.mostMib.toFixed(0)} MiB of their own, grown by ${resources.growthMib.toFixed(1)} MiB at most after their first minute; ` +
      `a status came after ${resources.medianAnswerMs.toFixed(1)} ms (median), ${resources.worstAnswerMs.toFixed(0)} ms at worst, in ${resources.samples} looks`,
    complaints.length === 0 ? 'everything is explained' : `${complaints.length} unexplained:`,
    ...complaints.map(complaint => `  ${complaint}`),
    ''
  ].join('\n')
}

/** What was done and what came of it, in order. */
export function storyOf ({ played, findings, fromMs }: Record): string {
  const lines = [
    ...played.map(step => ({ atMs: step.fromMs, text: `${step.told.join('; ')}; settled ${step.settledMs === null ? 'never' : `${seconds(step.settledMs)} after`}` })),
    ...findings.map(({ incident, cause }) => ({
      atMs: incident.fromMs,
      text: `  ${incident.sort} ${Math.round(lengthOf(incident))} ms [${incident.hosts.join(' ')}] ${incident.count > 1 ? `${incident.count} probes ` : ''}by ${cause ?? NOBODY}`
    }))
  ]
  return lines.toSorted((a, b) => a.atMs - b.atMs).map(({ atMs, text }) => `${at(atMs, fromMs)} ${text}\n`).join('')
}

function vipLines ({ findings, probe, fromMs, untilMs }: Record): string[] {
  const heldMs = untilMs - fromMs - total(findings, 'vacancy')
  return [
    `VIP held ${(100 * heldMs / (untilMs - fromMs)).toFixed(3)} % of the time, by two hosts for ${seconds(total(findings, 'overlap'))}; ` +
      `moved ${findings.filter(({ incident }) => incident.sort === 'move').length} times`,
    `${probe.sent} probes, ${probe.lost} lost (${(100 * (1 - probe.lost / Math.max(1, probe.sent))).toFixed(3)} % answered), longest gap ${seconds(probe.longestGapMs)}`
  ]
}

function causeRows ({ played, findings }: Record): string[][] {
  const causes = new Set([...played.flatMap(({ cause }) => cause.split(' + ')), ...findings.map(({ cause }) => cause ?? NOBODY)])
  const rows = [...causes].toSorted().map(cause => {
    const own = findings.filter(finding => (finding.cause ?? NOBODY) === cause)
    const settled = played.filter(step => step.cause === cause).map(({ settledMs }) => settledMs ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)
    const gaps = own.filter(({ incident }) => incident.sort === 'loss')
    return [
      cause,
      String(played.flatMap(step => step.cause.split(' + ')).filter(other => other === cause).length),
      String(own.filter(({ incident }) => incident.sort === 'move').length),
      seconds(total(own, 'vacancy')),
      seconds(total(own, 'overlap')),
      String(gaps.reduce((sum, { incident }) => sum + incident.count, 0)),
      seconds(Math.max(0, ...gaps.map(({ incident }) => lengthOf(incident)))),
      settled.length === 0 ? '' : `${seconds(settled[Math.floor(settled.length / 2)] ?? 0)} / ${seconds(settled.at(-1) ?? 0)}`
    ]
  })
  return [['cause', 'times', 'moves', 'no holder', 'two holders', 'lost probes', 'longest gap', 'agreed after, alone: median / worst'], ...rows]
}

function slowest ({ played }: Record): Played[] {
  return played.toSorted((a, b) => (b.settledMs ?? Number.POSITIVE_INFINITY) - (a.settledMs ?? Number.POSITIVE_INFINITY)).slice(0, SLOWEST)
}

function hostRows (record: Record): string[][] {
  const rows = [...record.logs].map(([host, log]) => {
    const reloads = log.filter(({ msg }) => msg === 'keepalived has reloaded its conf').length
    return [host, String(reloads), (reloads / minutes(record)).toFixed(1), count(log, 'warn'), count(log, 'error')]
  })
  return [['host', 'reloads', 'a minute', 'warnings', 'errors'], ...rows]
}

function troubleRows ({ logs }: Record): string[][] {
  const troubles = Map.groupBy([...logs.values()].flat().filter(({ level }) => ['warn', 'error', 'fatal', 'raw'].includes(level)), ({ level, msg }) => `${level} ${msg}`)
  const rows = [...troubles].map(([what, lines]): [string, string] => [String(lines.length), what.slice(0, 120)])
  return [['lines', 'what the agents warned of'], ...rows.toSorted((a, b) => Number(b[0]) - Number(a[0]))]
}

function count (log: readonly LogLine[], level: string): string {
  return String(log.filter(line => line.level === level).length)
}

function complaintOf ({ incident, restMs }: Finding, fromMs: number): string {
  const rest = restMs === null ? '' : `, ${Math.round(restMs)} of ${Math.round(lengthOf(incident))} ms`
  return `${at(incident.fromMs, fromMs)} ${incident.sort}${rest} [${incident.hosts.join(' ')}]${incident.sort === 'loss' ? ` ${incident.count} probes` : ''}`
}

function total (findings: readonly Finding[], sort: string): number {
  return findings.filter(({ incident }) => incident.sort === sort).reduce((sum, { incident }) => sum + lengthOf(incident), 0)
}

function minutes ({ fromMs, untilMs }: Record): number {
  return (untilMs - fromMs) / 60_000
}

function at (atMs: number, fromMs: number): string {
  return `${((atMs - fromMs) / 1000).toFixed(3).padStart(8)} s`
}

function seconds (ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function tableOf (rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row => row.map((cell, column) => column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)).join('  '))
}
