/**
 * Fresh connections to an address. libp2p would hand out one that exists, and would join two dials of one address into
 * one connection; but what is found behind an address must be what answers there now, and whoever closes a connection
 * must be its only user. So dials to one address go one after the other, each with a connection of its own.
 */
import type { Connection } from '@libp2p/interface'
import type { Logger } from 'pino'
import type { Address, MemberId } from '../core/record.ts'
import { endpointOf } from './address.ts'
import { dialFailureOf, isSelf, type DialFailure } from './failure.ts'
import { handshakeWithinMs, type MeshNode } from './node.ts'

/**
 * Until the remote is heard: TCP connects in a millisecond on a LAN, a lost SYN comes again after one second, and a
 * host that is gone must not hold up those that wait to hear so.
 */
const heardWithinMs = 1200

/** How long a connection may take to close in order before it is cut. */
const closeWithinMs = 500

export type Dialled =
  | { readonly ok: true, readonly connection: Connection, readonly id: MemberId }
  | { readonly ok: false, readonly failure: DialFailure, readonly self: boolean }

export interface Dialer {
  /** A connection that nobody else uses; the caller closes it. Never rejects. */
  readonly connect: (address: Address, port: number) => Promise<Dialled>
}

export function createDialer (options: { readonly secret: boolean }, dependencies: { readonly node: MeshNode, readonly log: Logger }): Dialer {
  const { node, log } = dependencies
  /** The end of the last dial that was asked for, by endpoint. */
  const ends = new Map<string, Promise<unknown>>()

  async function connectNow (address: Address, port: number): Promise<Dialled> {
    let encrypting = false
    const patience = new AbortController()
    const giveUp = (): void => { patience.abort(new Error('dial timed out')) }
    let timer = setTimeout(giveUp, heardWithinMs)
    try {
      const connection = await node.dial(endpointOf(address, port), {
        force: true,
        signal: patience.signal,
        onProgress (event) {
          if (event.type !== 'upgrader:encrypt-outbound-connection') return
          encrypting = true
          clearTimeout(timer)
          timer = setTimeout(giveUp, handshakeWithinMs)
        }
      })
      return { ok: true, connection, id: connection.remotePeer.toString() }
    } catch (error) {
      // With a secret, encryption begins when the remote's nonce has come; without one, as soon as TCP is connected.
      const failure = dialFailureOf(error, { timedOut: patience.signal.aborted, heard: options.secret && encrypting })
      log.debug({ address, port, failure, err: error }, 'dial failed')
      return { ok: false, failure, self: isSelf(error) }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async connect (address, port) {
      const endpoint = `${address} ${port}`
      const dial = (ends.get(endpoint) ?? Promise.resolve()).then(() => connectNow(address, port))
      ends.set(endpoint, dial)
      const dialled = await dial
      if (ends.get(endpoint) === dial) ends.delete(endpoint)
      return dialled
    }
  }
}

/** Closes a connection in order, or cuts it after half a second. */
export async function closeConnection (connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(closeWithinMs) })
  } catch (error) {
    connection.abort(error instanceof Error ? error : new Error('close failed', { cause: error }))
  }
}
