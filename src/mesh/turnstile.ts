/**
 * How fast connections are taken, ahead of everything else: what comes too fast is closed before a socket is made of it, so a
 * flood costs some microseconds a connection and no memory. Each address has a pace of its own, far above what an agent needs; those
 * that nobody knows share one as well, so that a flood from many addresses keeps no member out. So do those that were let in, for
 * a handshake costs milliseconds; but each of these has a little besides, with which a member always comes back.
 *
 * Node asks the block list of a server before it makes a socket (net.createServer); this is one that judges by the clock.
 */
import { BlockList, type IPVersion, type SocketAddress } from 'node:net'
import type { Address } from '../core/record.ts'
import { canonicalAddressOf } from './address.ts'
import { createAllowance, type Allowance } from './allowance.ts'
import { createRecent } from './recent.ts'

/** A group that starts at once, all of it behind one address if that is NAT; and each of its members once a second, as long as it gets no answer. */
const pace = { burst: 128, perSecond: 16 }

/** Of all that have not been let in before. */
const strangersPace = { burst: 256, perSecond: 24 }

/** Of all that have been let in: a large group that starts at once; then 15 % of a processor. */
const membersPace = { burst: 512, perSecond: 48 }

/** Of one of them besides. */
const returnPace = { burst: 8, perSecond: 0.25 }

/** Addresses that are told apart. */
const addressesMax = 1024

export interface TurnstileDependencies {
  readonly nowMs: () => number
  /** Each time that a connection is closed for the pace. */
  readonly onRefused: (address: Address) => void
}

export class Turnstile extends BlockList {
  readonly #paces = createRecent<Address, Allowance>(addressesMax)
  readonly #returns = createRecent<Address, Allowance>(addressesMax)
  readonly #members = createAllowance(membersPace)
  readonly #strangers = createAllowance(strangersPace)
  readonly #dependencies: TurnstileDependencies

  constructor (dependencies: TurnstileDependencies) {
    super()
    this.#dependencies = dependencies
  }

  /** Whoever has been let in is no stranger any more. */
  know (address: Address): void {
    this.#returns.put(address, this.#returns.get(address) ?? createAllowance(returnPace))
  }

  /** Whether a connection from there is closed at once. */
  override check (remote: SocketAddress | string, _family?: IPVersion): boolean {
    const { nowMs, onRefused } = this.#dependencies
    const address = canonicalAddressOf(typeof remote === 'string' ? remote.split('%')[0] ?? '' : remote.address)
    if (address === null) return false
    const atMs = nowMs()
    const returns = this.#returns.get(address)
    const isTaken = this.#paceOf(address).take(atMs) && (returns === undefined ? this.#strangers.take(atMs) : this.#members.take(atMs) || returns.take(atMs))
    if (!isTaken) onRefused(address)
    return !isTaken
  }

  #paceOf (address: Address): Allowance {
    const known = this.#paces.get(address)
    if (known !== undefined) return known
    const created = createAllowance(pace)
    this.#paces.put(address, created)
    return created
  }
}
