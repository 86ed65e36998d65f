/**
 * The loop: whatever has happened into the core, its effects out into the world, in order. All that came in one turn of
 * the event loop is judged at once, so that a host that falls behind judges less often instead of falling further behind.
 * What happens while effects are being performed waits for the next turn, so the core is never entered twice.
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
  let waiting: Happening[] = []
  let begun = false
  let stopped = false
  let turn: NodeJS.Immediate | undefined
  let timer: NodeJS.Timeout | undefined

  function happen (happening: Happening): void {
    waiting.push(happening)
    if (begun && !stopped) turn ??= setImmediate(take)
  }

  function take (): void {
    turn = undefined
    const [first, ...rest] = waiting
    waiting = []
    if (first === undefined || stopped) return
    try {
      step(first, rest)
    } catch (error) {
      onDefect(error)
    }
  }

  function step (first: Happening, rest: readonly Happening[]): void {
    const atMs = nowMs()
    const effects = core.step({ ...first, atMs }, ...rest.map((happening) => ({ ...happening, atMs })))
    if (isNews([first, ...rest], effects)) stirred()
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
      take()
    },
    stop () {
      stopped = true
      clearImmediate(turn)
      clearTimeout(timer)
    }
  }
}

/** What only says again what is known has no effects; and of a timer most have none but the beats that fall due. */
function isNews (happenings: readonly Happening[], effects: readonly Effect[]): boolean {
  return happenings.every(({ kind }) => kind === 'timer') ? effects.some((effect) => effect.kind !== 'timer' && effect.kind !== 'send') : effects.length > 0
}
