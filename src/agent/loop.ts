/**
 * The loop: one happening at a time into the core, its effects out into the world, in order. Whatever happens while
 * effects are being performed waits its turn, so the core is never entered twice.
 */
import type { Core } from '../core/core.ts'
import type { Effect } from '../core/effect.ts'
import type { Happening } from '../core/event.ts'

/** A timer that is later than this (ms) would overflow Node's; the core asks again when it comes early. */
const TIMER_MAX_MS = 2 ** 31 - 1

export interface LoopDependencies {
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number
  /** Begins what the effect asks for; must not block and must not throw. Timers are the loop's own. */
  readonly perform: (effect: Exclude<Effect, { kind: 'timer' }>) => void
  /** Called after something was judged. */
  readonly stirred: () => void
  /** Takes what the core, or an effect, throws: a defect of ours. */
  readonly onDefect: (error: unknown) => void
}

export interface Loop {
  /** What happens before the beginning is kept for after it. */
  readonly happen: (happening: Happening) => void
  readonly begin: (first: Happening) => void
  /** No timer comes any more, and happenings are dropped. */
  readonly stop: () => void
}

export function createLoop (core: Core, { nowMs, perform, stirred, onDefect }: LoopDependencies): Loop {
  const waiting: Happening[] = []
  let begun = false
  let stepping = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  function happen (happening: Happening): void {
    waiting.push(happening)
    if (begun && !stepping && !stopped) drain()
  }

  function drain (): void {
    stepping = true
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) step(next)
    } catch (error) {
      onDefect(error)
    } finally {
      stepping = false
    }
  }

  function step (happening: Happening): void {
    if (stopped) return
    const effects = core.step({ ...happening, atMs: nowMs() })
    if (isNews(happening, effects)) stirred()
    for (const effect of effects) {
      if (effect.kind === 'timer') setTimer(effect.atMs)
      else perform(effect)
    }
  }

  function setTimer (atMs: number): void {
    clearTimeout(timer)
    // Rounded up: a timer that fires a fraction early would only be set again.
    const delayMs = Math.min(TIMER_MAX_MS, Math.max(0, Math.ceil(atMs - nowMs())))
    timer = setTimeout(() => { happen({ kind: 'timer' }) }, delayMs)
  }

  return {
    happen,
    begin (first) {
      begun = true
      waiting.unshift(first)
      drain()
    },
    stop () {
      stopped = true
      clearTimeout(timer)
    }
  }
}

/** What only says again what is known has no effects; and of a timer most have none but the beats that fall due. */
function isNews ({ kind }: Happening, effects: readonly Effect[]): boolean {
  return kind === 'timer' ? effects.some((effect) => effect.kind !== 'timer' && effect.kind !== 'send') : effects.length > 0
}
