/** What many seeds came to, for people: how much was played, what was done, and each broken promise with its command. */
import type { Outcome } from './outcome.ts'
import { replayOf } from './outcome.ts'
import { drawScript } from './script.ts'

/** Commands of one promise. */
const SHOWN_MAX = 20

export function reportOf (outcomes: readonly Outcome[], wallMs: number): readonly string[] {
  const hours = sumOf(outcomes, ({ simulatedMs }) => simulatedMs) / 3_600_000
  const faults = new Map<string, number>()
  for (const outcome of outcomes) for (const [name, count] of Object.entries(outcome.faults)) faults.set(name, (faults.get(name) ?? 0) + count)
  const acts = [...faults].toSorted(([, a], [, b]) => b - a)
  return [
    `${outcomes.length} seeds, ${hours.toFixed(1)} simulated hours in ${(wallMs / 1000).toFixed(0)} s, ` +
      `${sumOf(outcomes, ({ events }) => events)} events, ${acts.reduce((sum, [, count]) => sum + count, 0)} acts, ` +
      `${sumOf(outcomes, ({ skipped }) => skipped)} steps left out`,
    `acts: ${acts.map(([name, count]) => `${count} ${name}`).join(', ')}`,
    ...violationLines(outcomes),
  ]
}

/** One line for people while it goes on. */
export function progressOf (outcomes: readonly Outcome[], seeds: number, wallMs: number): string {
  const broken = outcomes.filter(outcome => outcome.broken !== null).length
  return `${outcomes.length} of ${seeds} seeds, ${broken} broke a promise, ${(wallMs / 1000).toFixed(0)} s`
}

function violationLines (outcomes: readonly Outcome[]): readonly string[] {
  const byPromise = Map.groupBy(outcomes.filter(({ broken }) => broken !== null), ({ broken }) => broken?.promise ?? '')
  if (byPromise.size === 0) return ['no violation']
  const promises = [...byPromise].toSorted(([, a], [, b]) => b.length - a.length)
  return promises.flatMap(([promise, broken]) => [`${promise}: ${broken.length}`].concat(broken.slice(0, SHOWN_MAX).map(lineOf)))
}

function lineOf ({ draw, broken }: Outcome): string {
  return `  ${replayOf(drawScript(draw))}\n    ${broken?.message ?? ''}`
}

function sumOf (outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + of(outcome), 0)
}
