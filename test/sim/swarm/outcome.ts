/** One script, played: what was done, what was broken, and how to see it again. */
import type { CreateCore } from '../agent.ts'
import { perform, type Performance } from '../scenario.ts'
import { Violation } from '../violation.ts'
import { scenarioOf } from './player.ts'
import { drawScript, type Draw, type Script } from './script.ts'

/** Plain data: it travels between threads. */
export interface Outcome {
  readonly draw: Draw
  readonly simulatedMs: number
  /** Of the clock. */
  readonly events: number
  /** How often each fault was played. */
  readonly faults: Readonly<Record<string, number>>
  /** Steps that made no sense when their time came. */
  readonly skipped: number
  readonly broken: Broken | null
}

export interface Broken {
  /** `I1` … `I11`, `VIP`, `outage`, `settled`, `storm`; `defect`: something threw. */
  readonly promise: string
  readonly message: string
  readonly atMs: number
}

/** @param core another than the product's */
export function play (script: Script, verbose = false, core?: CreateCore): { readonly outcome: Outcome, readonly performance: Performance } {
  const faults: Record<string, number> = {}
  let skipped = 0
  const scenario = scenarioOf(script, {
    played: ({ fault }) => { faults[fault] = (faults[fault] ?? 0) + 1 },
    skipped: () => { skipped++ },
  })
  const { seed, hosts, minutes } = script
  const performance = perform(scenario, { seed, hosts, minutes, verbose, ...core !== undefined && { core } })
  const { world, failure } = performance
  const atMs = world.clock.nowMs()
  const broken = failure === null
    ? null
    : { promise: failure instanceof Violation ? failure.promise : 'defect', message: failure instanceof Violation ? failure.message : failure.stack ?? failure.message, atMs }
  return { performance, outcome: { draw: { seed, hosts, minutes }, simulatedMs: atMs, events: world.clock.count(), faults, skipped, broken } }
}

/** The command that plays exactly this script. */
export function replayOf ({ seed, hosts, minutes, acts, without }: Script): string {
  const whole = drawScript({ seed, hosts, minutes }).acts.length
  const only = acts.length === whole ? '' : ` --only ${acts.map(({ number }) => number).join(',') || 'none'}`
  const off = without.length === 0 ? '' : ` --without ${without.map(index => `h${index + 1}`).join(',')}`
  return `npm run sim -- --seed ${seed} --hosts ${hosts} --minutes ${minutes}${only}${off}`
}
