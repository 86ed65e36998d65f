/**
 * What the agent knows of its own host: the interfaces, their addresses, and where the default routes lead. A plain
 * picture of one moment, as `ip -json address` and `ip -json route` give it, so that every choice made from it is a
 * pure function. Whoever reads the host fills it in; nothing here does.
 */
import type { Family } from '../config/address.ts'
import type { Address } from '../core/record.ts'

export interface HostFacts {
  /** In the order of the kernel's indices. */
  readonly interfaces: readonly HostInterface[]
  /** The interface that the default route of each family leaves by; null when there is none. */
  readonly defaultRoute: Readonly<Record<Family, string | null>>
}

export interface HostInterface {
  readonly name: string
  readonly index: number
  /** Lower case, with colons; null where an interface has none. */
  readonly mac: string | null
  /** Administratively up. */
  readonly up: boolean
  /** In the kernel's order: the one that was added first comes first. */
  readonly addresses: readonly HostAddress[]
}

export interface HostAddress {
  /** Canonical text, without zone. */
  readonly address: Address
  /** 0 … 32, or 0 … 128. */
  readonly prefixLength: number
  readonly family: Family
  /** Added after another one of the same subnet: what a VIP mostly is. */
  readonly secondary: boolean
  /** As iproute2 prints it: `global`, `link`, `host`, `site` or a number. */
  readonly scope: string
}
