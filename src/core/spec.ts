/**
 * The group's spec: what VRRP peers must share. A host that brings something else would reject their adverts, and they
 * its. Passwords are compared by their digests alone, and a revision only ranks what is different.
 */
import { digestOf } from './digest.ts'
import { once } from './memo.ts'
import type { Address, GroupSpec } from './record.ts'

const PARTS: ReadonlyArray<readonly [key: keyof GroupSpec, name: string]> = [
  ['virtualRouterId', 'KEEPALIVED_VIRTUAL_ROUTER_ID'],
  ['version', 'KEEPALIVED_VRRP_VERSION'],
  ['advertInt', 'KEEPALIVED_ADVERT_INT'],
  ['virtualIpaddress', 'the first VIP'],
  ['authDigest', 'KEEPALIVED_AUTH_PASS']
]

/** Each difference as a person would say it; passwords only differ. */
export function differences (own: GroupSpec, group: GroupSpec): string[] {
  return PARTS
    .filter(([key]) => own[key] !== group[key])
    .map(([key, name]) => key === 'authDigest' ? name : `${name}: ${own[key]} here, ${group[key]} there`)
}

/** What changes from one to the other, as a person would say it. */
export function changesOf (from: GroupSpec, to: GroupSpec): string[] {
  return PARTS
    .filter(([key]) => from[key] !== to[key])
    .map(([key, name]) => key === 'authDigest' ? name : `${name}: ${from[key]} → ${to[key]}`)
}

/** Whether hosts with these two would hear each other; nothing known is the same as nothing known. */
export function sameSpec (a: GroupSpec | null, b: GroupSpec | null): boolean {
  if (a === b) return true
  return a !== null && b !== null && specText(a) === specText(b)
}

const specText = once((spec: GroupSpec) => JSON.stringify(PARTS.map(([key]) => spec[key])))

/** Whether `a` took the place of `b`. Two that differ at one epoch come of groups that changed apart: one of them gives way. */
export function isLaterSpec (a: GroupSpec, b: GroupSpec): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch
  return !sameSpec(a, b) && specDigest(a) > specDigest(b)
}

/** Equal for specs that are the same. */
export const specDigest = once((spec: GroupSpec) => digestOf(PARTS.map(([key]) => String(spec[key]))))

/** The address in `ADDRESS/LENGTH`. */
export function addressIn (prefixed: string): Address {
  const end = prefixed.indexOf('/')
  return end === -1 ? prefixed : prefixed.slice(0, end)
}

/** As much of a host that boots cold as matters here. */
export interface Bringer {
  readonly id: string
  readonly proposed: GroupSpec | null
}

/**
 * What hosts begin with where nobody runs VRRP: what most of them can run, because they bring it or because they bring a
 * higher revision and so follow until all have theirs; then the higher revision, then what the lowest id brings. Null when
 * nobody brings anything.
 */
export function coldSpecOf (hosts: readonly Bringer[]): GroupSpec | null {
  const bringers = hosts.flatMap(({ id, proposed }) => proposed === null ? [] : [{ id, spec: proposed }])
  // Mostly all bring one and the same.
  const kinds = [...Map.groupBy(bringers, ({ spec }) => `${specDigest(spec)} ${spec.revision}`).values()]
    .map((alike) => {
      const { id, spec } = alike.reduce((lowest, one) => one.id < lowest.id ? one : lowest)
      return { id, spec, voices: alike.length }
    })
  const voicesFor = (spec: GroupSpec): number =>
    kinds.reduce((sum, other) => sameSpec(other.spec, spec) || other.spec.revision > spec.revision ? sum + other.voices : sum, 0)
  const [first] = kinds.toSorted((a, b) =>
    voicesFor(b.spec) - voicesFor(a.spec) || b.spec.revision - a.spec.revision || (a.id < b.id ? -1 : 1))
  return first?.spec ?? null
}
