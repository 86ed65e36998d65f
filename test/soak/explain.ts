/**
 * Explains what happened to the VIP by what was done to the hosts: each incident is cut into the parts that an excuse
 * covers and the rest, and a rest is a broken promise. Arithmetic over intervals; nothing here knows the lab.
 */
import type { Excuse, Sort } from './excuses.ts'

export interface Incident {
  readonly sort: Sort
  readonly fromMs: number
  /** Not before `fromMs`; a move has no length. */
  readonly untilMs: number
  /** Lost probes; 1 for any other sort. */
  readonly count: number
  /** Who held the VIP, or took it. */
  readonly hosts: readonly string[]
}

export interface Finding {
  readonly incident: Incident
  /** The cause that covers the most of it; null when none covers any. */
  readonly cause: string | null
  /** What no cause covers. 0: all is explained. Null for a move that is not. */
  readonly restMs: number | null
}

export interface Slack {
  /** By how much an instant may be off: excuses begin that much earlier and end that much later. */
  readonly toleranceMs: (atMs: number) => number
  /** By how much the machine was late then: what is bounded in length may be that much longer. */
  readonly lagMs: (atMs: number) => number
}

export function explain (incidents: readonly Incident[], excuses: readonly Excuse[], { toleranceMs, lagMs }: Slack): Finding[] {
  return incidents.map(incident => {
    const slackMs = toleranceMs(incident.fromMs)
    const lengthMs = lengthOf(incident) - lagMs(incident.fromMs)
    const candidates = excuses
      .filter(({ sort, longestMs }) => sort === incident.sort && (longestMs === null || lengthMs <= longestMs))
      .map(excuse => widened(excuse, slackMs))
      .filter(({ fromMs, untilMs }) => fromMs <= incident.untilMs && untilMs >= incident.fromMs)
    const [best] = candidates.toSorted((a, b) => sharedMs(incident, b) - sharedMs(incident, a) || b.fromMs - a.fromMs)
    return { incident, cause: best?.cause ?? null, restMs: best === undefined && incident.sort === 'move' ? null : restOf(incident, candidates) }
  })
}

export function isExplained ({ restMs }: Finding): boolean {
  return restMs === 0
}

export function lengthOf ({ fromMs, untilMs }: { readonly fromMs: number, readonly untilMs: number }): number {
  return untilMs - fromMs
}

function widened ({ sort, cause, fromMs, untilMs, longestMs }: Excuse, slackMs: number): Excuse {
  return { sort, cause, fromMs: fromMs - slackMs, untilMs: untilMs + slackMs, longestMs }
}

function sharedMs (a: Incident, b: Excuse): number {
  return Math.max(0, Math.min(a.untilMs, b.untilMs) - Math.max(a.fromMs, b.fromMs))
}

/** The length of what no excuse covers. */
function restOf (incident: Incident, excuses: readonly Excuse[]): number {
  let restMs = 0
  let coveredMs = incident.fromMs
  for (const { fromMs, untilMs } of excuses.toSorted((a, b) => a.fromMs - b.fromMs)) {
    restMs += Math.max(0, Math.min(fromMs, incident.untilMs) - coveredMs)
    coveredMs = Math.max(coveredMs, untilMs)
  }
  return restMs + Math.max(0, incident.untilMs - coveredMs)
}
