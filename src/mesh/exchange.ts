/**
 * One swap of tables on a connection that then closes: what a host asks through the VIP, where it can know neither who
 * will answer nor whether the same host answers tomorrow. The side that connected speaks first; the core of the other
 * decides what to answer.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Logger } from 'pino'
import type { Happening } from '../core/event.ts'
import type { Address, Claim, MemberId } from '../core/record.ts'
import { MEMBERS_MAX } from '../core/room.ts'
import { TOMBSTONES_MAX } from '../core/table.ts'
import { addressIn } from './address.ts'
import { frameStreamOn, type FrameStream } from './frame.ts'
import { exchangeProtocolOf, type Group } from './group.ts'
import type { Scrutiny } from './scrutiny.ts'
import { decodeBag, encodeBags } from './wire.ts'

/** From the first byte asked for to the last one given. */
const exchangeWithinMs = 2000

/** Strangers that are served at once; a group that starts together asks within the same second. */
const servedMax = 64

/** Frames of one table: 16 MiB, above what a full table comes to whose members list each other. */
const bagsMax = 64

/** Claims of one table, be it that some of it changes meanwhile. */
const claimsMax = 2 * (MEMBERS_MAX + TOMBSTONES_MAX)

export interface Exchanges {
  /** Takes incoming exchanges from now on. */
  readonly start: () => Promise<void>
  /** Swaps tables on that connection; null when the remote would not, or sent what no agent sends. */
  readonly swap: (connection: Connection, claims: readonly Claim[]) => Promise<readonly Claim[] | null>
  /** Answers an `exchange` event; too late is nothing. */
  readonly reply: (exchange: number, claims: readonly Claim[]) => void
}

export interface ExchangeDependencies {
  readonly handle: (protocol: string, handler: (stream: Stream, connection: Connection) => Promise<void>) => Promise<void>
  readonly emit: (happening: Happening) => void
  readonly scrutiny: Scrutiny
  readonly onOffence: (id: MemberId, offence: string, address: Address) => void
  readonly log: Logger
}

export function createExchanges (options: { readonly group: Group }, dependencies: ExchangeDependencies): Exchanges {
  const { handle, scrutiny, emit, onOffence, log } = dependencies
  const protocol = exchangeProtocolOf(options.group)
  const waiting = new Map<number, (claims: readonly Claim[]) => void>()
  let last = 0
  let served = 0

  /** The core's answer; null when it gives none in time. */
  async function ask (from: MemberId, claims: readonly Claim[], signal: AbortSignal): Promise<readonly Claim[] | null> {
    const exchange = ++last
    const answer = Promise.withResolvers<readonly Claim[] | null>()
    const giveUp = (): void => { answer.resolve(null) }
    waiting.set(exchange, answer.resolve)
    signal.addEventListener('abort', giveUp, { once: true })
    emit({ kind: 'exchange', exchange, from, claims })
    try {
      return await answer.promise
    } finally {
      waiting.delete(exchange)
      signal.removeEventListener('abort', giveUp)
    }
  }

  async function readAll (frames: FrameStream, { remotePeer, remoteAddr }: Connection, signal: AbortSignal): Promise<readonly Claim[] | null> {
    const from = remotePeer.toString()
    const address = addressIn(remoteAddr) ?? ''
    const account = scrutiny.of(from, address)
    const claims: Claim[] = []
    for (let bags = 1; bags <= bagsMax; bags++) {
      const decoded = decodeBag(await frames.read(signal), account.open, from)
      if (!decoded.ok) {
        onOffence(from, `exchange ${decoded.fault}`, address)
        return null
      }
      // What has cost too much is no offence: a group behind one address may come to that. But part of a table is none.
      if (decoded.deferred > 0) return null
      claims.push(...decoded.value.claims)
      if (claims.length > claimsMax || !account.bears(decoded.value.claims)) break
      if (!decoded.value.more) return claims
    }
    onOffence(from, 'exchange without end', address)
    return null
  }

  async function serve (stream: Stream, connection: Connection): Promise<void> {
    const from = connection.remotePeer.toString()
    const signal = AbortSignal.timeout(exchangeWithinMs)
    const frames = frameStreamOn(stream)
    const theirs = await readAll(frames, connection, signal)
    const ours = theirs === null ? null : await ask(from, theirs, signal)
    if (ours === null) {
      stream.abort(new Error('exchange refused'))
      return
    }
    for (const text of encodeBags(ours)) await frames.write(text, signal)
    await stream.close({ signal })
  }

  return {
    start: () => handle(protocol, async (stream, connection) => {
      if (served >= servedMax) {
        stream.abort(new Error('too many exchanges at once'))
        return
      }
      served++
      try {
        await serve(stream, connection)
      } catch (error) {
        log.debug({ from: connection.remotePeer.toString(), err: error }, 'exchange broke off')
        stream.abort(error instanceof Error ? error : new Error('exchange failed', { cause: error }))
      } finally {
        served--
      }
    }),
    async swap (connection, claims) {
      const from = connection.remotePeer.toString()
      const signal = AbortSignal.timeout(exchangeWithinMs)
      try {
        const stream = await connection.newStream(protocol, { signal })
        const frames = frameStreamOn(stream)
        for (const text of encodeBags(claims)) await frames.write(text, signal)
        const theirs = await readAll(frames, connection, signal)
        await stream.close({ signal })
        return theirs
      } catch (error) {
        log.debug({ to: from, err: error }, 'exchange broke off')
        return null
      }
    },
    reply (exchange, claims) { waiting.get(exchange)?.(claims) }
  }
}
