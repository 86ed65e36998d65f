/**
 * Addresses that two may not have: the source address of this host is another member's as well, or somebody's VIP; a VIP that
 * this host brings is a member's own address, which keepalived would take off it or put on a second host. Whoever is about
 * to join stays out and says so; whoever runs goes on and says so, since only a person can tell who is right.
 *
 * Where two have one address, neither may be reached any more. So a host that is about to join asks the wire as well
 * (RFC 5227, §2.1.1); it does not wait for the silence, which takes a second.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { alive } from './liveness.ts'
import { memoized } from './memo.ts'
import type { Outbox } from './outbox.ts'
import { block } from './phase.ts'
import type { Address } from './record.ts'
import { addressIn } from './spec.ts'
import { NAMESAKE_PROBE_MS } from './timing.ts'

export function judgeClashes (facts: Facts, out: Outbox): void {
  const { self, keepalived } = facts
  if (keepalived.run === 'stopped') askForNamesake(facts, out)
  const clash = clashOf(facts)
  if (clash === null) return clear(facts, 'clash', out)
  if (keepalived.run === 'stopped' && facts.leaving === null && self.phase !== 'blocked') block(facts, clash, out)
  else if (keepalived.run !== 'stopped') raise(facts, 'clash', clash, out)
}

function askForNamesake ({ self, namesake, nowMs }: Facts, out: Outbox): void {
  if (self.address === null) return
  if (namesake.address === self.address && nowMs < namesake.askedAtMs + NAMESAKE_PROBE_MS) return out.wake(namesake.askedAtMs + NAMESAKE_PROBE_MS)
  if (namesake.address !== self.address) namesake.mac = null
  namesake.address = self.address
  namesake.askedAtMs = nowMs
  out.push({ kind: 'probeAddress', address: self.address, askedAtMs: nowMs })
}

export function onNamesakeProbed ({ self, namesake }: Facts, address: Address, mac: string | null): void {
  if (address === self.address) namesake.mac = mac
}

function clashOf (facts: Facts): string | null {
  const { self, namesake } = facts
  if (namesake.mac !== null && namesake.address === self.address) return `${self.address} is the address of this host and of ${namesake.mac} as well: give one of the two another address`
  return clashWithMember(facts)
}

const clashWithMember = memoized((facts: Facts) => [facts.self.address, facts.options.vips, alive(facts)], (own, brought, living) => {
  const vips = new Set(brought.map(addressIn))
  for (const { id, address, vips: theirs } of living) {
    if (address === own) return `${address} is the address of this host and of the member ${id}: give one of the two another address`
    if (vips.has(address)) return `the VIP ${address} is the address of a member: take another VIP on this host`
    if (theirs.some((vip) => addressIn(vip) === own)) return `${own}, the address of this host, is a VIP on ${address}: take another VIP there`
  }
  return null
})
