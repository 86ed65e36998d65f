/**
 * Waiting without sleeping: whatever happens in the lab (a line logged, an address that came or went, a process that
 * ended) is notified here, and a waiting condition is looked at again. A condition that cannot be notified, because it
 * asks a program for its state, is looked at each half second besides.
 *
 * Ceilings are generous: they tell a hang from a slow machine and are no measure of anything.
 */
import { EventEmitter } from 'node:events'

export interface Expectation {
  /** What is awaited, for the message: "three hosts list each other". */
  readonly what: string
  /** Longest wait. @default 60000 */
  readonly ceilingMs?: number
  /** Describes how things stand, for the message. */
  readonly state?: () => unknown
}

/** What a condition gives while it is not met. */
type Nothing = false | null | undefined

export type Condition<T> = () => T | Nothing | Promise<T | Nothing>

export interface Changes {
  readonly notify: () => void
  /**
   * Resolves with the condition's first result that is something.
   *
   * @throws when the ceiling is reached, saying what was awaited and the last state; and what the condition throws.
   */
  readonly until: <T>(condition: Condition<T>, expectation: Expectation) => Promise<T>
}

const CEILING_MS = 60_000
const LOOK_AGAIN_MS = 500

export function createChanges (): Changes {
  const emitter = new EventEmitter().setMaxListeners(0)
  return { notify: () => { emitter.emit('change') }, until }

  async function until<T> (condition: Condition<T>, expectation: Expectation): Promise<T> {
    const ceilingMs = expectation.ceilingMs ?? CEILING_MS
    const deadline = performance.now() + ceilingMs
    for (;;) {
      const change = nextChange()
      try {
        const result = await condition()
        if (!isNothing(result)) return result
        if (performance.now() > deadline) throw new Error(messageOf(expectation, ceilingMs))
        await change.happened
      } finally {
        change.forget()
      }
    }
  }

  /** Begins to listen at once, so that nothing is missed while the condition is looked at. */
  function nextChange (): { happened: Promise<void>, forget: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, LOOK_AGAIN_MS)
    emitter.once('change', resolve)
    return { happened: promise, forget: () => { clearTimeout(timer); emitter.off('change', resolve) } }
  }
}

function isNothing (result: unknown): result is Nothing {
  return result === false || result === null || result === undefined
}

function messageOf ({ what, state }: Expectation, ceilingMs: number): string {
  const last = state === undefined ? '' : `; last state: ${JSON.stringify(state())}`
  return `waited ${ceilingMs} ms in vain for: ${what}${last}`
}
