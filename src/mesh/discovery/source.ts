/**
 * A source of addresses at which an agent of the group may listen. Sources only find; whether to dial is the core's
 * decision, and so finding the same address twice does no harm. None knows the others.
 */
import type { Address } from '../../core/record.ts'

export interface Source {
  /** Finds from now on, and soon. */
  readonly start: () => void
  /** The own address that others may be told, or null when there is none (any more). */
  readonly setOwnAddress: (address: Address | null) => void
  readonly stop: () => void
}

export interface Lead {
  readonly address: Address
  readonly port: number
}

export interface SourceDependencies {
  /** Takes an address that was found. Called in a turn of its own. */
  readonly found: (lead: Lead) => void
  /** Whether no member is linked: then a source tries harder. */
  readonly alone: () => boolean
}
