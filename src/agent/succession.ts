/**
 * An agent whose identity turned out to be another host's as well is followed by one with an identity of its own, in the same
 * process: whoever started it, stops it or asks it sees one agent.
 */
import type { Agent, Fate } from './fate.ts'

/** One run under one identity; `renamed`: the next one is to follow. */
export interface Reign extends Omit<Agent, 'ended'> {
  readonly ended: Promise<Fate | 'renamed'>
}

/** Resolves when the first has started. @throws what `start` throws then */
export async function createSuccession (start: () => Promise<Reign>): Promise<Agent> {
  let reign = await start()
  let stopping = false

  async function untilTheLast (): Promise<Fate> {
    for (;;) {
      const fate = await reign.ended
      if (fate !== 'renamed') return fate
      if (stopping) return 'stopped'
      reign = await start()
      if (stopping) reign.stop()
    }
  }

  return {
    ended: untilTheLast(),
    stop () {
      stopping = true
      reign.stop()
    },
    detach: () => { reign.detach() },
    signal: (signal) => { reign.signal(signal) },
    measure: () => { reign.measure() },
    status: () => reign.status(),
    forget: (member) => reign.forget(member)
  }
}
