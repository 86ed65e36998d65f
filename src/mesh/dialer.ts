/**
 * Fresh connections to an address. libp2p would hand out one that exists, and would join two dials of one address into
 * one connection; but what is found behind an address must be what answers there now, and whoever closes a connection
 * must be its only user. So dials to one address go one after the other, each with a connection of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import type { Logger } from 'pino'
import type { Address, MemberId } from '../core/record.ts'
import { endpointOf } from './address.ts'
import { createCongestion, pauseMs } from './congestion.ts'
import { CameBackError, type Entrance, type Way } from './entrance.ts'
import { dialFailureOf, isOurRefusal, isSelf, type DialFailure } from './failure.ts'
import { handshakeWithinMs, type MeshNode } from './node.ts'
import { createRecent } from './recent.ts'
import type { Strangers } from './strangers.ts'

/**
 * Until the remote is heard: TCP connects in a millisecond on a LAN, a lost SYN comes again after one second, and a
 * host that is gone must not hold up those that wait to hear so.
 */
const heardWithinMs = 1200

/** Whoever is not reached by then is no handshake yet, and may never be one: where many hosts are gone, they hold nobody up. */
const reachedWithinMs = 100

/**
 * From TCP on a handshake takes 20 ms on a LAN. One that takes so long waited for a processor, as others do then: those that go at once are soon so many
 * that all take longer than {@link handshakeWithinMs}.
 */
const slowMs = 500

/** Endpoints of which something is remembered: far more than a group has. */
const endpointsMax = 256

/** A host that is stopped or too busy closes now and then; one with another secret each time. */
const rejectionsTold = 3

/** How long a connection may take to close in order before it is cut. */
const closeWithinMs = 500

export type Dialled =
  | { readonly ok: true, readonly connection: Connection, readonly id: MemberId }
  | { readonly ok: false, readonly failure: DialFailure, readonly self: boolean }

export interface Dialer {
  /**
   * A connection that nobody else uses; the caller closes it. Never rejects. Null when `isMoot` says that none is wanted any more: it may have to wait
   * for its turn for longer than the remote takes to dial this host.
   */
  readonly connect: (address: Address, port: number, isMoot?: () => boolean) => Promise<Dialled | null>
}

export interface DialerDependencies {
  readonly node: MeshNode
  readonly entrance: Pick<Entrance, 'ways' | 'dialling'>
  /** Whether a host may be dialled without a secret. */
  readonly isNeighbour: (address: Address) => boolean
  readonly strangers: Pick<Strangers, 'note'>
  readonly log: Logger
}

/** While a group changes its secret, another host may know only one of the ways in; so each is tried. */
export function createDialer ({ node, entrance, isNeighbour, strangers, log }: DialerDependencies): Dialer {
  const { ways } = entrance
  /** The end of the last dial that was asked for, by endpoint. */
  const ends = new Map<string, Promise<unknown>>()
  /** How an endpoint let us in last, and how often in a row it has not. */
  const usual = createRecent<string, Way>(endpointsMax)
  const rejections = createRecent<string, number>(endpointsMax)
  const congestion = createCongestion()
  /** How often in a row an endpoint was reached, and had not finished in time. */
  const delays = createRecent<string, number>(endpointsMax)

  async function attempt (address: Address, port: number, way: Way, stepAside: () => void): Promise<Attempt> {
    let reachedAtMs = Number.POSITIVE_INFINITY
    let encrypting = false
    const patience = new AbortController()
    const giveUp = (): void => { patience.abort(new Error('dial timed out')) }
    let timer = setTimeout(giveUp, heardWithinMs)
    const reachedTimer = setTimeout(() => { if (reachedAtMs === Number.POSITIVE_INFINITY) stepAside() }, reachedWithinMs)
    const onProgress = (event: { readonly type: string }): void => {
      if (event.type !== 'upgrader:encrypt-outbound-connection') return
      encrypting = true
      clearTimeout(timer)
      timer = setTimeout(giveUp, handshakeWithinMs)
    }
    const isSlow = (): boolean => performance.now() > reachedAtMs + slowMs
    const endpoint = endpointOf(address, port)
    try {
      const connection = await entrance.dialling(endpoint, way, () => node.dial(endpoint, { force: true, signal: patience.signal, onProgress }), () => { reachedAtMs = performance.now() })
      return { ok: true, connection, id: connection.remotePeer.toString(), slow: isSlow() }
    } catch (error) {
      const timedOut = patience.signal.aborted
      // With a key, encryption begins when the remote's nonce has come; without one, as soon as TCP is connected.
      const failure = dialFailureOf(error, { timedOut, heard: way !== 'open' && encrypting })
      log.debug({ address, port, failure, err: error }, 'dial failed')
      const isNobody = isOurRefusal(error) || isSelf(error) || error instanceof CameBackError
      return { ok: false, failure, self: isSelf(error), closed: failure === 'rejected' && !timedOut && !isNobody, late: timedOut && reachedAtMs < performance.now(), slow: isSlow() }
    } finally {
      clearTimeout(timer)
      clearTimeout(reachedTimer)
    }
  }

  /** One that was reached and did not finish in time is dialled again after a while, so that it comes to those that it has begun. */
  async function attemptInTurn (address: Address, port: number, way: Way, isMoot: () => boolean): Promise<Attempt | null> {
    const endpoint = `${address} ${port}`
    const attempted = await congestion.inTurn(async (stepAside) => isMoot() ? null : attempt(address, port, way, stepAside), (outcome) => outcome?.slow ?? null)
    if (attempted === null) return null
    const lateInARow = !attempted.ok && attempted.late ? (delays.get(endpoint) ?? 0) + 1 : 0
    delays.put(endpoint, lateInARow)
    if (lateInARow > 0) await sleep(pauseMs(lateInARow, Math.random()), undefined, { ref: false })
    return attempted
  }

  /** Goes on to the next way only where the remote closed on this one. */
  async function connectNow (address: Address, port: number, isMoot: () => boolean): Promise<Dialled | null> {
    const endpoint = `${address} ${port}`
    const best = usual.get(endpoint)
    let last: Attempt = { ok: false, failure: 'unreachable', self: false, closed: false, late: false, slow: false }
    for (const way of best === undefined ? ways : [best, ...ways.filter(other => other !== best)]) {
      if (way === 'open' && !isNeighbour(address)) {
        if (ways.length === 1) strangers.note(address, 'farOff')
        continue
      }
      const attempted = await attemptInTurn(address, port, way, isMoot)
      if (attempted === null) return null
      last = attempted
      if (last.ok) usual.put(endpoint, way)
      if (last.ok || !last.closed) break
    }
    const closed = !last.ok && last.closed
    rejections.put(endpoint, closed ? (rejections.get(endpoint) ?? 0) + 1 : 0)
    if (closed && (rejections.get(endpoint) ?? 0) >= rejectionsTold) strangers.note(address, 'refusedUs')
    return last
  }

  return {
    async connect (address, port, isMoot = () => false) {
      const endpoint = `${address} ${port}`
      const dial = (ends.get(endpoint) ?? Promise.resolve()).then(() => connectNow(address, port, isMoot))
      ends.set(endpoint, dial)
      const dialled = await dial
      if (ends.get(endpoint) === dial) ends.delete(endpoint)
      return dialled
    }
  }
}

type Attempt = Outcome & {
  /** From TCP on it took long, whatever came of it. */
  readonly slow: boolean
}

type Outcome =
  | Extract<Dialled, { ok: true }>
  | Extract<Dialled, { ok: false }> & {
    /** The remote answered the connection and closed it before it was one, as it does with another secret. */
    readonly closed: boolean
    /** The remote was reached, and had not finished in time. */
    readonly late: boolean
  }

/** Closes a connection in order, or cuts it after half a second. */
export async function closeConnection (connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(closeWithinMs) })
  } catch (error) {
    connection.abort(error instanceof Error ? error : new Error('close failed', { cause: error }))
  }
}
