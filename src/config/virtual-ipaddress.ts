/**
 * One line of `virtual_ipaddress`, parsed and written again: `IP[/MASK] [brd IP] [dev IF] [scope S] [label L] …`, the
 * words after the address in any order, as keepalived.conf(5) takes them. The seed copied the text as it came, so a
 * typo ended in a VIP that keepalived skipped in silence and a crafted value could carry directives of its own; here
 * only what was understood is ever written.
 */
import { addressOf, familyOf, prefixLengthMax, unreachableReason } from './address.ts'
import { interfaceNamePattern } from './grammar.ts'
import type { Family } from './address.ts'
import type { Address } from '../core/record.ts'

export interface VirtualIpaddress {
  readonly address: Address
  readonly family: Family
  /** 0 … 32, or 0 … 128; null: none was given, which keepalived takes as the longest. */
  readonly prefixLength: number | null
  /** In the order in which they were given; each keyword at most once. */
  readonly options: readonly VirtualIpaddressOption[]
}

export interface VirtualIpaddressOption {
  readonly keyword: string
  /** Null for a flag, such as `no_track`. */
  readonly value: string | null
}

/** To follow the word "expected". */
export const virtualIpaddressGrammar = 'IP[/MASK] [brd IP] [dev INTERFACE] [scope SCOPE] [label LABEL]'

/** A label is the name of an interface with `:` and a few characters after it, 15 in all (IFNAMSIZ − 1). */
const labelPattern = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,14}$/
const scopePattern = /^(?:global|site|link|host|nowhere|25[0-5]|2[0-4]\d|1?\d?\d)$/

type Reader = (value: string, family: Family) => string | null

/** How the value of each keyword is read; null where it cannot be. */
const readers: Readonly<Record<string, Reader>> = {
  brd: readBroadcast,
  broadcast: readBroadcast,
  dev: value => interfaceNamePattern.test(value) ? value : null,
  scope: value => scopePattern.test(value) ? value : null,
  label: (value, family) => family === 'ipv4' && labelPattern.test(value) ? value : null
}

/** Words without a value. keepalived has more; these are the ones that do no harm to a VIP. */
const flags: ReadonlySet<string> = new Set(['noprefixroute', 'no_track', '-nodad', 'home', 'mngtmpaddr', 'autojoin'])

/** What a text says, or why it says nothing: a phrase to follow the grammar. */
export function virtualIpaddressOf (text: string): VirtualIpaddress | string {
  const [head = '', ...words] = text.split(/\s+/)
  const [host = '', mask, ...more] = head.split('/')
  const address = addressOf(host)
  if (address === null) return `"${host}" is no IP address`
  const unreachable = unreachableReason(address)
  if (unreachable !== null) return `"${host}" is no address of a host (${unreachable})`
  const family = familyOf(address)
  if (more.length > 0 || (mask !== undefined && !isPrefixLength(mask, family))) return `the mask is 0 to ${prefixLengthMax(family)}`
  const options = optionsOf(words, family)
  if (typeof options === 'string') return options
  return { address, family, prefixLength: mask === undefined ? null : Number(mask), options }
}

function optionsOf (words: readonly string[], family: Family): VirtualIpaddressOption[] | string {
  const options: VirtualIpaddressOption[] = []
  for (let i = 0; i < words.length; i++) {
    const keyword = words[i] ?? ''
    if (options.some(option => option.keyword === keyword)) return `"${keyword}" stands there twice`
    if (flags.has(keyword)) {
      options.push({ keyword, value: null })
      continue
    }
    const read = Object.hasOwn(readers, keyword) ? readers[keyword] : undefined
    if (read === undefined) return `"${keyword}" is not understood`
    const given = words[++i]
    const value = given === undefined ? null : read(given, family)
    if (value === null) return given === undefined ? `nothing follows "${keyword}"` : `"${given}" cannot follow "${keyword}"`
    options.push({ keyword, value })
  }
  return options
}

function readBroadcast (value: string, family: Family): string | null {
  if (family !== 'ipv4') return null
  if (value === '+' || value === '-') return value
  const address = addressOf(value)
  return address !== null && familyOf(address) === family ? address : null
}

function isPrefixLength (mask: string, family: Family): boolean {
  return /^\d{1,3}$/.test(mask) && Number(mask) <= prefixLengthMax(family)
}

/** `IP[/MASK]`, as it stands first in the line. */
export function prefixedAddress ({ address, prefixLength }: VirtualIpaddress): string {
  return prefixLength === null ? address : `${address}/${prefixLength}`
}

/** With the prefix length that keepalived takes when none is given. */
export function cidrOf ({ address, family, prefixLength }: VirtualIpaddress): string {
  return `${address}/${prefixLength ?? prefixLengthMax(family)}`
}

/** The line of keepalived.conf. */
export function virtualIpaddressLine (vip: VirtualIpaddress): string {
  const words = vip.options.map(({ keyword, value }) => value === null ? keyword : `${keyword} ${value}`)
  return [prefixedAddress(vip), ...words].join(' ')
}
