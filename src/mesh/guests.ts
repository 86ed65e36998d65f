/**
 * How many connections one address may have: some that are still being made, which a host that never finishes a handshake would
 * else hold until nobody else gets in, and some in all.
 */
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Address } from '../core/record.ts'
import { addressIn } from './address.ts'

/** A group that starts at once from behind one address has all of it to spare; a quarter of what the node takes from all. */
export const unfinishedMax = 32

/** A link, an exchange and a verification of each member, were they all behind one address. */
export const perAddressMax = 192

/** As much of a connection as matters here. */
export interface Guest {
  readonly remoteAddr: Multiaddr
  readonly addEventListener: (type: 'close', listener: () => void) => void
}

/** Part of a ConnectionGater of libp2p's: asked when a connection comes, and when it is one. */
interface Gate {
  readonly denyInboundConnection: (connection: Guest) => boolean
  readonly denyInboundUpgradedConnection: (peer: unknown, connection: Guest) => boolean
}

/** Counts whatever comes in, from TCP on, until it is closed. */
export function createGuests (): Gate {
  const all = new Map<Address, number>()
  const unfinished = new Map<Address, number>()

  const finish = new WeakMap<Guest, () => void>()
  return {
    denyInboundConnection (connection) {
      const address = addressIn(connection.remoteAddr)
      if (address === null) return true
      if ((unfinished.get(address) ?? 0) >= unfinishedMax || (all.get(address) ?? 0) >= perAddressMax) return true
      const [leave, finished] = [count(all, address), count(unfinished, address)]
      finish.set(connection, finished)
      connection.addEventListener('close', () => {
        finished()
        leave()
      })
      return false
    },
    denyInboundUpgradedConnection (_, connection) {
      finish.get(connection)?.()
      return false
    }
  }
}

/** Counts one more; the way to count it off again, once. */
function count (counts: Map<Address, number>, address: Address): () => void {
  counts.set(address, (counts.get(address) ?? 0) + 1)
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    const left = (counts.get(address) ?? 1) - 1
    if (left > 0) counts.set(address, left)
    else counts.delete(address)
  }
}
