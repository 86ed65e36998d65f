/**
 * What came to this member alone and is news to it may be news to all others, so it is passed on by gossip. Among many it mostly is not: a table that is
 * compared while news come all the time lacks what is on its way. So there it is held for a moment, and what gossip brings by then is passed on by nobody.
 * Who is out is told at once.
 */
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import { isMember, supersedes, type Claim } from './record.ts'
import { isMany } from './room.ts'
import { SPREAD_MS } from './timing.ts'

/** Passes news on, now or soon. */
export function spread (facts: Facts, news: readonly Claim[], out: Outbox): void {
  const held = isMany(facts) ? news.filter(isMember) : []
  const prompt = held.length > 0 ? news.filter((claim) => !isMember(claim)) : news
  if (prompt.length > 0) out.push({ kind: 'publish', claims: prompt })
  if (held.length === 0) return
  if (facts.unspread.size === 0) facts.spreadAtMs = facts.nowMs + SPREAD_MS
  for (const claim of held) facts.unspread.set(claim.statement.id, claim)
}

/** Gossip has brought it, and so to everybody: it, or what came after it. */
export function onGossiped ({ unspread }: Facts, claims: readonly Claim[]): void {
  if (unspread.size === 0) return
  for (const { statement } of claims.filter(isMember)) {
    const held = unspread.get(statement.id)
    if (held !== undefined && !supersedes(held.statement, statement)) unspread.delete(statement.id)
  }
}

export function judgeSpread (facts: Facts, out: Outbox): void {
  const { unspread, table, nowMs, spreadAtMs } = facts
  if (unspread.size === 0) return
  if (nowMs < spreadAtMs) return out.wake(spreadAtMs)
  const claims = [...unspread].filter(([id, claim]) => table.members.get(id) === claim).map(([, claim]) => claim)
  unspread.clear()
  if (claims.length > 0) out.push({ kind: 'publish', claims })
}
