/**
 * A VIP that is handed over to the next in the order. It is make before break, and on a machine of its own one move in which
 * nothing is lost. On a busy one a ping may be: sent to the host that had the VIP until just now, before the client has read that
 * another one has it. And the timers of two BACKUPs may run out in the wrong order: those whose numbers are neighbours lie 4 ms apart.
 * Then the junior lets go as soon as it hears its senior.
 */
import assert from 'node:assert/strict'
import { type Member, VIP } from './group.ts'
import type { AddressChange } from './holders.ts'
import type { Lab } from './lab.ts'
import type { Gap } from './outage.ts'
import { report } from './report.ts'

/** Far below the three intervals after which a MASTER is missed, and far above what it takes to hear of a move. */
const CROSSING_MAX_MS = 1000

/** Asserts that the VIP has gone from one to the next, and to nobody else for longer than a crossing, in its events after the first `events`. */
export function movedOnce (lab: Lab, events: number, from: Member, to: Member): void {
  const moves = lab.timeline.of(VIP).slice(events)
  const [first] = moves
  const at = ({ host }: Member): string => moves.filter(move => move.host === host.name).map(({ event }) => event).join()
  const others = Map.groupBy(moves.filter(({ host }) => host !== from.host.name && host !== to.host.name), ({ host }) => host)
  const apart = first === undefined ? [] : lab.timeline.overlaps(VIP).filter(({ fromMs }) => fromMs >= first.atMs)
  const isOnce = at(from).endsWith('removed') && at(to) === 'added' && apart.every(({ lengthMs }) => lengthMs < CROSSING_MAX_MS) &&
    [...others.values()].every(its => its.map(({ event }) => event).join() === 'added,removed')
  assert.ok(isOnce, `not one move from ${from.host.name} to ${to.host.name}: ${JSON.stringify({ moves, apart })}`)
}

/** Asserts that clients lost nothing but at the moment of one of those moves. */
export async function lostNothing (gaps: readonly Gap[], moves: readonly AddressChange[]): Promise<void> {
  for (const { fromMs, lengthMs } of gaps) {
    const isAtMove = moves.some(({ atMs }) => atMs > fromMs - CROSSING_MAX_MS && atMs < fromMs + lengthMs + CROSSING_MAX_MS)
    assert.ok(isAtMove && lengthMs < CROSSING_MAX_MS, `clients notice: ${JSON.stringify({ gaps, moves })}`)
  }
  await report('MASTERs hand over, one after the other: lost pings', gaps.reduce((sum, { lost }) => sum + lost, 0), 'count')
}
