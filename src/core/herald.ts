/**
 * Where clients send to. They believe whoever spoke last: keepalived says by gratuitous ARP (or an unsolicited neighbour
 * advertisement) that the VIP is its own when it takes it, and then every 10 s. So where two held it for a while and one has
 * let go, clients still send to that one, and the other is silent for as long. A MASTER that sees another holder end
 * therefore says it once more, at once (I11).
 *
 * Twice, since it costs one frame for each VIP: when the other is about to let go, so that clients have left it by the time
 * that it does, and when it has.
 */
import type { Facts } from './facts.ts'
import { masters } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { MASTER_SETTLE_MS } from './timing.ts'

export function judgeHerald (facts: Facts, out: Outbox): void {
  const { vip } = facts
  const before = vip.coHolders
  vip.coHolders = coHoldersOf(facts)
  if (holdsVip(facts) && before.some((holder) => !vip.coHolders.includes(holder))) out.push({ kind: 'herald' })
}

function holdsVip ({ keepalived, leaving }: Facts): boolean {
  return keepalived.run === 'running' && keepalived.vrrpState === 'MASTER' && (leaving === null || leaving.step === 'handover')
}

/** Who else holds the VIP beside this host, by name; who means to keep it is in twice. */
function coHoldersOf (facts: Facts): string[] {
  const { vip, keepalived } = facts
  if (!holdsVip(facts)) return []
  // A MASTER whose place this host has just taken says so for a moment yet: keepalived itself has told the clients. When it told
  // those of an agent that came later, that one cannot know.
  const isAdopted = keepalived.vrrpStateSinceMs === facts.startedAtMs
  const settledAtMs = isAdopted ? Number.NEGATIVE_INFINITY : keepalived.vrrpStateSinceMs + MASTER_SETTLE_MS
  const reporting = masters(facts).filter(({ id }) => (facts.neighbours.get(id)?.heardAtMs ?? settledAtMs) > settledAtMs)
  return [
    ...reporting.map(({ id }) => id),
    ...reporting.filter(({ phase }) => phase === 'active').map(({ id }) => `${id} keeps it`),
    ...vip.rivalSinceMs === null ? [] : ['an answer on the wire']
  ]
}
