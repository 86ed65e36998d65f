/**
 * Where a step collects what it asks of the world, and the next instant at which anything will be due. There is one
 * timer for the whole core: every part says when it wants to judge again, the earliest wins, and a timer that comes for
 * nothing does nothing.
 */
import type { Effect } from './effect.ts'

export interface Outbox {
  readonly effects: Effect[]
  push: (effect: Effect) => void
  /** Judge again at that instant, if not before. */
  wake: (atMs: number) => void
  readonly wakeAtMs: () => number
  log: (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts?: Readonly<Record<string, unknown>>) => void
}

export function createOutbox (): Outbox {
  const effects: Effect[] = []
  let wakeAtMs = Number.POSITIVE_INFINITY
  return {
    effects,
    push: (effect) => { effects.push(effect) },
    wake: (atMs) => { wakeAtMs = Math.min(wakeAtMs, atMs) },
    wakeAtMs: () => wakeAtMs,
    log: (level, message, facts = {}) => { effects.push({ kind: 'log', level, message, facts }) }
  }
}
