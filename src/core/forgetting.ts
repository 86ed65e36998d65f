/**
 * What is kept of others, beside the table, has a bound: hosts come and go for years, each under a new identity or from a
 * new address. Who is in the table is never forgotten; of everybody else, what nobody has spoken of for a while is
 * dropped, and made anew should it turn up again. The table's own bound is in table.ts.
 */
import type { Facts, Neighbour } from './facts.ts'
import { forget, trust } from './liveness.ts'
import type { MemberId } from './record.ts'
import { memberPlaces } from './reach.ts'
import { FLAPPING_MS, FORGETTING_MS, FORGOTTEN_MS } from './timing.ts'

export function judgeForgetting (facts: Facts): void {
  const { nowMs, leads, neighbours, departedAtMs, stale, table } = facts
  if (nowMs < facts.nextForgettingAtMs) return
  facts.nextForgettingAtMs = nowMs + FORGETTING_MS
  for (const [id, neighbour] of neighbours) if (isForgotten(facts, id, neighbour)) forget(facts, id)
  for (const [address, atMs] of departedAtMs) if (nowMs > atMs + FLAPPING_MS) departedAtMs.delete(address)
  for (const id of stale) if (!table.members.has(id)) trust(facts, id)
  const places = memberPlaces(facts)
  for (const [place, { id, namedAtMs }] of leads) {
    const isLinked = id !== null && neighbours.get(id)?.linked === true
    if (!places.has(place) && !isLinked && nowMs >= namedAtMs + FORGOTTEN_MS) leads.delete(place)
  }
}

function isForgotten ({ table, nowMs }: Facts, id: MemberId, { linked, metAtMs, heardAtMs }: Neighbour): boolean {
  return !linked && !table.members.has(id) && nowMs >= (heardAtMs ?? metAtMs) + FORGOTTEN_MS
}
