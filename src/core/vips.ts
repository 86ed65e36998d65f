/**
 * The VIPs. The first is part of the group's spec; adverts do not carry the others, so adding or dropping those needs no order
 * and moves nothing. Of these a host runs what its environment brings; one that brings none runs the union of what the
 * members bring, so that it serves whatever any of them would.
 *
 * What others bring is taken with care: an address that is somebody's own is no VIP, or a slip of the pen on one host
 * would take another off every peer list.
 */
import type { Facts } from './facts.ts'
import { others } from './liveness.ts'
import { memoized } from './memo.ts'
import type { Outbox } from './outbox.ts'
import type { Address, GroupSpec } from './record.ts'
import { addressIn } from './spec.ts'
import { derivedFrom } from './table.ts'
import { sameTexts } from './texts.ts'
import { viewOf } from './view.ts'

/** As many as one conf takes from others; keepalived itself has no such limit. */
const UNION_MAX = 255

/** As many as a record tells of, besides the first. */
export const VIPS_TOLD_MAX = 64

/** The one that adverts carry, or would; null while it is not known. */
export function firstVip (facts: Facts): Address | null {
  return firstOf(groupOf(facts))
}

/**
 * The first one that this MASTER brings and its group does not run yet. A host that was made anew somewhere else may have begun with it
 * alone, and then holds it; nobody in this group does.
 */
export function awaitedVip (facts: Facts): Address | null {
  const { options: { asksVip, spec }, keepalived } = facts
  if (!asksVip || keepalived.run !== 'running' || keepalived.vrrpState !== 'MASTER') return null
  const own = firstOf(spec)
  return own === firstVip(facts) || furtherVips(facts).some((vip) => addressIn(vip) === own) ? null : own
}

function firstOf (spec: GroupSpec | null): Address | null {
  return spec === null ? null : addressIn(spec.virtualIpaddress)
}

/**
 * What the environment brings besides the first one of the group. Its own first one, where that is another, waits for the
 * group, unless the group's stands in the environment as well: then only their order is another.
 */
export const broughtVips = memoized((facts: Facts, group: GroupSpec | null = groupOf(facts)) => [facts.options, group], ({ vips, spec }, group) => {
  const first = firstOf(group)
  const further = vips.filter((vip) => addressIn(vip) !== first)
  const isOtherOrder = further.length < vips.length
  return isOtherOrder ? further : further.filter((vip) => vip !== spec?.virtualIpaddress)
})

/** What this host's conf has besides the first one, with that spec. */
export const furtherVips = memoized((facts: Facts, group: GroupSpec | null = groupOf(facts)) => [broughtVips(facts, group), group, unionOf(facts), facts.self.address], (brought, group, union, own): readonly string[] => {
  if (brought.length > 0) return brought
  const first = firstOf(group)
  return union.filter((vip) => addressIn(vip) !== first && addressIn(vip) !== own)
})

function groupOf ({ shared, options }: Facts): GroupSpec | null {
  return shared.spec ?? options.spec
}

/** One for each address, sorted. */
const unionOf = derivedFrom(({ table }: Facts) => table, (facts): readonly string[] => {
  const owned = new Set([...others(facts).map(({ address }) => address), ...facts.options.staticPeers])
  const union = new Map<Address, string>()
  for (const vip of viewOf(facts.table).filter(({ id }) => id !== facts.options.id).flatMap(({ vips }) => vips).toSorted()) {
    const address = addressIn(vip)
    if (!owned.has(address) && !union.has(address)) union.set(address, vip)
  }
  return [...union.values()].slice(0, UNION_MAX)
})

/** Where a VIP may be: nobody to dial there, and no peer. */
export const vipAddresses = memoized((facts: Facts) => [groupOf(facts), facts.options.vips, furtherVips(facts)], (group, own, further): ReadonlySet<Address> => {
  const first = firstOf(group)
  return new Set([...first === null ? [] : [first], ...[...own, ...further].map(addressIn)])
})

export function isVip (facts: Facts, address: Address): boolean {
  return vipAddresses(facts).has(address)
}

/** All of them with prefix length, the one that adverts carry first; empty while nothing is known. */
export const allVips = memoized((facts: Facts) => [groupOf(facts), furtherVips(facts)], (group, further): readonly string[] =>
  [...group === null ? [] : [group.virtualIpaddress], ...further])

const vipsToTell = memoized((facts: Facts) => [allVips(facts), facts.options.vips], (known, own): readonly string[] =>
  [...known, ...own.filter((vip) => !known.includes(vip))])

/** Tells the shell, which must not take a VIP for an address of this host. */
export function tellVips (facts: Facts, out: Outbox): void {
  const { shared } = facts
  const vips = vipsToTell(facts)
  if (shared.toldVips !== null && sameTexts(vips, shared.toldVips)) return
  shared.toldVips = vips
  out.push({ kind: 'vips', vips })
}
