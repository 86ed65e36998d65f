/**
 * What follows from time in which this process did not run: it was not scheduled, or the whole host stood still (a frozen virtual
 * machine). A slow observer doubts itself first (Lifeguard, Dadgar et al. 2018): the silence of the others was our own, nobody could
 * be heard to let go of the VIP, and no advert be counted. So every clock that runs against others is put back by as much, and what
 * they said meanwhile comes first.
 */
import type { Facts } from './facts.ts'
import { excuse } from './liveness.ts'
import { prolongProbation } from './probation.ts'
import { AWAKE_MS } from './timing.ts'

/** Puts back every clock that ran against others while this process did not run, and lets what they said meanwhile come first. */
export function forgive (facts: Facts, lagMs: number): void {
  const { keepalived, nowMs } = facts
  keepalived.awakeAtMs = Math.max(keepalived.awakeAtMs, nowMs + Math.min(lagMs, AWAKE_MS))
  if (facts.rivalsSinceMs !== null) facts.rivalsSinceMs += lagMs
  if (facts.vip.rivalSinceMs !== null) facts.vip.rivalSinceMs += lagMs
  facts.vouchedAtMs += lagMs
  prolongProbation(facts, lagMs)
  for (const [key, parting] of facts.parting) facts.parting.set(key, { ...parting, untilMs: parting.untilMs + lagMs })
  for (const outcast of facts.outcasts.values()) if (outcast.aliveAtMs !== null) outcast.aliveAtMs += lagMs
  excuse(facts, lagMs)
}
