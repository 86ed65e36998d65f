/**
 * The first bytes of a connection, which decide whether anything is said on it. Whoever dials speaks first: a nonce and, once it has
 * ours, the greeting of multistream-select under its key; without a secret, that greeting in the clear. So the listener knows
 * after 44 bytes which of its keys the other has, and closes on any other word before a parser has seen one; and it gives nothing
 * away but its own nonce. That is also how a group changes its secret: for a while it has two keys, or one and an open door.
 *
 * Whoever has no key can still pass our own words on: back to us on the same connection, or to our own port. Such a dial leads
 * nowhere: a nonce of ours that comes in tells. That what was recorded is of no use later is Noise's doing.
 *
 * An open door is for neighbours: hosts on a network of this one's interfaces, and those that the operator named.
 */
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import type { AbortOptions, ConnectionProtector, MessageStream, MultiaddrConnection } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Address } from '../core/record.ts'
import { addressIn } from './address.ts'
import { Box, createKeystream, nonceBytes } from './box.ts'
import { handshakeWithinMs } from './node.ts'

/** What every connection begins with (multistream-select 1.0.0): a length, a protocol name, a line feed. */
const greeting = Buffer.from('\x13/multistream/1.0.0\n')

/** What may come before anything is decided: far more than any agent sends. */
const earlyBytesMax = 16 * 1024

/** How a connection is begun: with one of the keys, or without any. */
export type Way = Uint8Array | 'open'

/** Why somebody who dialled was not let in. */
export type Refusal = 'otherSecret' | 'noSecret' | 'hasSecret' | 'offLink'

export interface EntranceOptions {
  /** Pre-shared keys that let a host in. */
  readonly keys: readonly Uint8Array[]
  /** Whether a host without a secret is let in. */
  readonly open: boolean
}

export interface EntranceDependencies {
  /** Whether an open door is for that address. */
  readonly isNeighbour: (address: Address) => boolean
  readonly onRefused: (address: Address, refusal: Refusal) => void
}

export interface Entrance {
  /** The ways in which others can be dialled, the best first; never empty. */
  readonly ways: readonly Way[]
  /**
   * Runs a dial of that endpoint in which a connection begins the given way. One at a time for each endpoint. Rejects with a {@link CameBackError}
   * when it led back here. @param onReached called once TCP is connected
   */
  readonly dialling: <T>(endpoint: Multiaddr, way: Way, dial: () => Promise<T>, onReached?: () => void) => Promise<T>
  readonly protector: ConnectionProtector
}

class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/** Our own words came back: whoever was dialled passes them on to us. */
export class CameBackError extends Error {
  override readonly name = 'CameBackError'
}

interface Dial {
  readonly way: Way
  readonly onReached: () => void
  cameBack: boolean
}

export function createEntrance ({ keys, open }: EntranceOptions, { isNeighbour, onRefused }: EntranceDependencies): Entrance {
  const ways: readonly Way[] = open ? [...keys, 'open'] : keys
  const [usual = 'open'] = ways
  /** By endpoint: libp2p passes nothing of ours from a dial to its connection. */
  const dials = new Map<string, Dial>()
  /** By the nonce that it has sent; as long as the dial. */
  const sent = new Map<string, Dial>()

  function refuse (connection: MultiaddrConnection, refusal: Refusal): never {
    const address = addressIn(connection.remoteAddr)
    if (address !== null) onRefused(address, refusal)
    throw new RefusedError(refusal)
  }

  async function welcome (connection: MultiaddrConnection, signal: AbortSignal): Promise<MultiaddrConnection> {
    const bytes = byteStream(connection, { maxBufferSize: earlyBytesMax })
    const first = (await bytes.read({ bytes: greeting.byteLength, signal })).subarray()
    if (greeting.equals(first)) {
      if (!open) refuse(connection, 'noSecret')
      const address = addressIn(connection.remoteAddr)
      if (address === null || !isNeighbour(address)) refuse(connection, 'offLink')
      bytes.unwrap().unshift(first)
      return uncovered(connection)
    }
    if (keys.length === 0) refuse(connection, 'hasSecret')
    const theirNonce = Buffer.concat([first, (await bytes.read({ bytes: nonceBytes - first.byteLength, signal })).subarray()])
    const own = sent.get(textOf(theirNonce))
    if (own !== undefined) {
      own.cameBack = true
      throw new CameBackError('a dial of this host leads back to it')
    }
    const nonce = randomBytes(nonceBytes)
    await bytes.write(nonce, { signal })
    const hidden = (await bytes.read({ bytes: greeting.byteLength, signal })).subarray()
    const key = keys.find(candidate => greeting.equals(createKeystream(candidate, theirNonce)(hidden)))
    if (key === undefined) refuse(connection, 'otherSecret')
    bytes.unwrap().unshift(hidden)
    return boxed(connection, { key, nonce, theirNonce })
  }

  /** Begins with a key, as whoever dialled. */
  async function enter (connection: MultiaddrConnection, key: Uint8Array, signal: AbortSignal): Promise<MultiaddrConnection> {
    const bytes = byteStream(connection, { maxBufferSize: earlyBytesMax })
    const nonce = randomBytes(nonceBytes)
    const dial = dials.get(connection.remoteAddr.toString())
    if (dial !== undefined) sent.set(textOf(nonce), dial)
    try {
      const [theirs] = await Promise.all([bytes.read({ bytes: nonceBytes, signal }), bytes.write(nonce, { signal })])
      const theirNonce = theirs.subarray()
      if (nonce.equals(theirNonce)) {
        // Under one nonce both directions would be the same stream, and whoever listens could take the one from the other.
        if (dial !== undefined) dial.cameBack = true
        throw new CameBackError('the remote gave our own nonce back')
      }
      bytes.unwrap()
      return boxed(connection, { key, nonce, theirNonce })
    } finally {
      sent.delete(textOf(nonce))
    }
  }

  return {
    ways,
    async dialling (endpoint, way, act, onReached = () => {}) {
      const place = endpoint.toString()
      const dial: Dial = { way, onReached, cameBack: false }
      dials.set(place, dial)
      try {
        return await act()
      } catch (error) {
        throw dial.cameBack ? new CameBackError('what was dialled leads back to this host', { cause: error }) : error
      } finally {
        dials.delete(place)
      }
    },
    protector: {
      async protect (connection, options) {
        assert(isConnection(connection), 'a connection comes from somewhere')
        if (connection.direction === 'inbound') return welcome(connection, signalOf(options))
        const dial = dials.get(connection.remoteAddr.toString())
        dial?.onReached()
        const way = dial?.way ?? usual
        return way === 'open' ? uncovered(connection) : enter(connection, way, signalOf(options))
      }
    }
  }
}

/** The transport gives connections, whatever the type says. */
function isConnection (stream: MessageStream): stream is MultiaddrConnection {
  return 'remoteAddr' in stream
}

function boxed (connection: MultiaddrConnection, { key, nonce, theirNonce }: { readonly key: Uint8Array, readonly nonce: Uint8Array, readonly theirNonce: Uint8Array }): Box {
  return new Box({ connection, inbound: createKeystream(key, theirNonce), outbound: createKeystream(key, nonce) })
}

/** Without a key nothing is hidden; but a message goes as one segment, where the transport would send each of its pieces as one. */
function uncovered (connection: MultiaddrConnection): Box {
  return new Box({ connection, inbound: asItIs, outbound: asItIs })
}

function asItIs (data: Uint8Array): Uint8Array {
  return data
}

function signalOf (options: AbortOptions | undefined): AbortSignal {
  return options?.signal ?? AbortSignal.timeout(handshakeWithinMs)
}

const textOf = (nonce: Uint8Array): string => Buffer.from(nonce).toString('latin1')
