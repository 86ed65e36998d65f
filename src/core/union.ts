/**
 * Static peers: hosts of the group whose keepalived has a conf by hand, or by the replaced image, and that run no agent. Who has some (`KEEPALIVED_MESH=on`
 * with `KEEPALIVED_UNICAST_PEER_###`) always lists them, and they list it. When one of them holds the VIP, nobody can be asked: not who is MASTER, nor
 * whether it lists this host, nor whether it still lives.
 *
 * The wire tells as much: the VIP is where a static peer is, as of just now. That stands for the word of a MASTER's agent, to start as BACKUP and to
 * reload. That it lists this host shows when its adverts arrive (probation.ts).
 *
 * Only who has a pin stands beside a static holder: a number would be above most priorities by hand, and take the VIP. And only with one VIP: keepalived
 * refuses adverts that carry other addresses than its own, and by hand all VIPs are in them, here the first.
 */
import type { Facts } from './facts.ts'
import { others } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import type { Address } from './record.ts'
import { STATIC_PROBE_MS, VIP_PROBE_MS } from './timing.ts'
import { probeVip } from './vip.ts'
import { furtherVips } from './vips.ts'

/** The static peer that holds the VIP, as far as is known; null: none is known to. */
export function staticHolder (facts: Facts): Address | null {
  const { options: { staticPeers }, vip } = facts
  if (vip.mac === null) return null
  return staticPeers.find((address) => vip.staticMacs.get(address) === vip.mac && !isMembers(facts, address)) ?? null
}

/** That peer, where this host may stand beside it and a probe has come back just now. Asks the wire for the next time. */
export function holderBeside (facts: Facts, out: Outbox): Address | null {
  const { vip, nowMs, options } = facts
  if (options.staticPeers.length === 0 || !mayStandBeside(facts)) return null
  probePeers(facts, out)
  probeVip(facts, out, VIP_PROBE_MS)
  return vip.probing || nowMs >= vip.probedAtMs + VIP_PROBE_MS ? null : staticHolder(facts)
}

/** A member that is lost is no static peer, though it may be listed as one: others may have gone on without it. */
function isMembers (facts: Facts, address: Address): boolean {
  return others(facts).some((member) => member.address === address)
}

/** What keeps this host from running VRRP where a static peer holds the VIP, for people; null where none does. */
export function holderToLetGo (facts: Facts): string | null {
  const peer = staticHolder(facts)
  if (peer === null) return null
  if (mayStandBeside(facts)) return `the static peer ${peer} to answer for the VIP`
  return `the static peer ${peer} to let go of the VIP: this host stands beside it only with KEEPALIVED_PRIORITY, and where there is one VIP`
}

function mayStandBeside (facts: Facts): boolean {
  const { options, shared } = facts
  return options.pinned !== null && (shared.spec === null || furtherVips(facts, shared.spec).length === 0)
}

/** Its MAC is what the VIP's is compared with. */
export function probePeers ({ options, vip, nowMs }: Facts, out: Outbox): void {
  if (options.staticPeers.length === 0) return
  const dueAtMs = vip.staticProbedAtMs + STATIC_PROBE_MS
  if (nowMs < dueAtMs) return out.wake(dueAtMs)
  vip.staticProbedAtMs = nowMs
  for (const address of options.staticPeers) out.push({ kind: 'probeAddress', address, askedAtMs: nowMs })
}

export function onStaticPeerProbed ({ options, vip }: Facts, address: Address, mac: string | null): void {
  if (mac !== null && options.staticPeers.includes(address)) vip.staticMacs.set(address, mac)
}
