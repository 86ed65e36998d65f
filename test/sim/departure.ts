/**
 * What the watcher of admission (admission.ts) makes of a departure: whether it was known or guessed, of which run it was said, and
 * how it tells of one that it finds wrong.
 */
import type { Address, Departure, Tombstone } from '../../src/core/record.ts'
import type { Host } from './host.ts'

/** A leave, or the operator's word: no guess from silence. */
export function isKnowledge (departure: Departure): boolean {
  return departure === 'left' || departure === 'forgotten'
}

/** What was said of a run before the one that goes on there. */
export function isOfEarlierRun (host: Host, { id, incarnation }: Tombstone): boolean {
  return host.daemon.running() !== null && (id !== host.id() || incarnation < host.disk().incarnation)
}

export function describe (host: Host, address: Address, goneMs: number): string {
  const life = host.daemon.running() === null ? 'is gone' : `runs VRRP as ${host.daemon.state()}`
  return `${host.name} (${address}), which ${life}, after ${Math.round(goneMs)} ms of silence and without a leave`
}
