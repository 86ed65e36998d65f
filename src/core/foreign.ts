/**
 * Adverts of somebody who is no peer: another group, or a keepalived by hand, that uses our virtual router id and sends to this
 * host. With other settings keepalived rejects them and does not say who sends them; with the same ones, and a higher
 * priority, they take the VIP away. Either is for a person to mend.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { others } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import type { Address } from './record.ts'
import { FOREIGN_MEMORY_MS, FOREIGN_PATIENCE_MS } from './timing.ts'

export interface Foreign {
  /** What its settings differ in; null where they do not. */
  readonly difference: string | null
  readonly from: Address | null
  readonly sinceMs: number
  readonly lastAtMs: number
}

export function onForeignAdvert (facts: Facts, difference: string | null, from: Address | null): void {
  const { foreign, nowMs } = facts
  if (from !== null && isKnown(facts, from)) return
  facts.foreign = { difference, from, sinceMs: foreign?.sinceMs ?? nowMs, lastAtMs: nowMs }
}

function isKnown (facts: Facts, address: Address): boolean {
  return address === facts.self.address || facts.options.staticPeers.includes(address) || others(facts).some((member) => member.address === address)
}

export function judgeForeign (facts: Facts, out: Outbox): void {
  const { foreign, nowMs } = facts
  if (foreign === null) return
  if (nowMs >= foreign.lastAtMs + FOREIGN_MEMORY_MS) {
    facts.foreign = null
    return clear(facts, 'foreign', out)
  }
  out.wake(foreign.lastAtMs + FOREIGN_MEMORY_MS)
  if (foreign.lastAtMs - foreign.sinceMs >= FOREIGN_PATIENCE_MS) raise(facts, 'foreign', noticeOf(foreign), out)
}

function noticeOf ({ difference, from }: Foreign): string {
  const who = from === null ? 'a host that keepalived does not name (see `tcpdump -n proto 112`)' : `${from}, which is no member of the group,`
  const how = difference === null ? 'with the settings of this group' : `with ${difference}`
  return `${who} sends VRRP adverts here for the same virtual router id ${how}: give one of the two groups another KEEPALIVED_VIRTUAL_ROUTER_ID, or stop keepalived there`
}
