/**
 * That clients notice nothing: the VIP comes to, and goes from, no host, and no ping at 10 ms stays without an answer.
 * One watch may stand over many changes in a row; each is checked with {@link Calm.lasts}, so that a failure names it.
 */
import assert from 'node:assert/strict'
import { VIP } from './group.ts'
import type { Lab } from './lab.ts'

export interface Calm {
  /** Waits for that many more answers to pings, then asserts that nothing was noticed since the watch began. */
  readonly lasts: (what: string, answers?: number) => Promise<void>
  /** The same once more, and the watch is over. */
  readonly ends: () => Promise<void>
}

/** Longer than a BACKUP's timer runs, at one advert a second. */
const TIMER_ANSWERS = 400

/** Begins to watch; resolves when the client has its first answers. */
export async function watchCalm (lab: Lab): Promise<Calm> {
  const events = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)

  async function lasts (what: string, answers = TIMER_ANSWERS): Promise<void> {
    await probe.answers(answers)
    assert.deepEqual(lab.timeline.of(VIP).slice(events), [], `${what}: the VIP moved`)
    assert.deepEqual(probe.report().gaps, [], `${what}: pings were lost`)
  }

  async function ends (): Promise<void> {
    await lasts('at the end', 20)
    await probe.stop()
  }

  return { lasts, ends }
}
