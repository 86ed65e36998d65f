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
export function firstVip ({ shared, options }: Facts): Address | null {
  return firstOf(shared.spec ?? options.spec)
}

function firstOf (spec: GroupSpec | null): Address | null {
  return spec === null ? null : addressIn(spec.virtualIpaddress)
}

/**
 * What the environment brings besides the first one of the group. Its own first one, where that is another, waits for the
 * group, unless the group's stands in the environment as well: then only their order is another.
 */
export function broughtVips ({ shared, options: { vips, spec } }: Facts, group = shared.spec ?? spec): readonly string[] {
  const first = firstOf(group)
  const further = vips.filter((vip) => addressIn(vip) !== first)
  const isOtherOrder = further.length < vips.length
  return isOtherOrder ? further : further.filter((vip) => vip !== spec?.virtualIpaddress)
}

/** What this host's conf has besides the first one, with that spec. */
export function furtherVips (facts: Facts, group = facts.shared.spec ?? facts.options.spec): readonly string[] {
  const brought = broughtVips(facts, group)
  if (brought.length > 0) return brought
  const first = firstOf(group)
  return unionOf(facts).filter((vip) => addressIn(vip) !== first && addressIn(vip) !== facts.self.address)
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

/** Whether that is where a VIP may be: nobody to dial, and no peer. */
export function isVip (facts: Facts, address: Address): boolean {
  return address === firstVip(facts) || facts.options.vips.some((vip) => addressIn(vip) === address) ||
    furtherVips(facts).some((vip) => addressIn(vip) === address)
}

/** All of them with prefix length, the one that adverts carry first; empty while nothing is known. */
export function allVips (facts: Facts): readonly string[] {
  const { shared, options } = facts
  const first = (shared.spec ?? options.spec)?.virtualIpaddress
  return [...first === undefined ? [] : [first], ...furtherVips(facts)]
}

/** Tells the shell, which must not take a VIP for an address of this host. */
export function tellVips (facts: Facts, out: Outbox): void {
  const { shared, options } = facts
  const known = allVips(facts)
  const vips = [...known, ...options.vips.filter((vip) => !known.includes(vip))]
  if (shared.toldVips !== null && sameTexts(vips, shared.toldVips)) return
  shared.toldVips = vips
  out.push({ kind: 'vips', vips })
}
