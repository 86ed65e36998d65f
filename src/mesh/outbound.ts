/**
 * What this side begins: a dial for a link, a verification, a swap of tables. Each makes a connection of its own; only
 * that of a link is kept. The same thing asked for twice while under way is done once, since one answer serves both.
 */
import { networkInterfaces } from 'node:os'
import type { Connection, Stream } from '@libp2p/interface'
import type { Logger } from 'pino'
import type { Happening } from '../core/event.ts'
import type { Address, Claim, MemberId } from '../core/record.ts'
import { closeConnection, type Dialled, type Dialer } from './dialer.ts'
import type { Exchanges } from './exchange.ts'
import { linkProtocolOf, type Group } from './group.ts'
import type { LinkOptions } from './link.ts'
import type { Links } from './links.ts'
import { handshakeWithinMs } from './node.ts'

export interface Outbound {
  /** → `linked` or `dialFailed`; `verified` when a member answers that is linked already; nothing when `to` is linked before it is dialled. */
  readonly dial: (address: Address, port: number, to?: MemberId) => Promise<void>
  /** Nothing comes of a dial there that still waits for its turn. */
  readonly forgo: (address: Address, port: number) => void
  /** → `verified` or `dialFailed`. */
  readonly verify: (address: Address, port: number) => Promise<void>
  /** → `claims` or `dialFailed`. */
  readonly exchange: (address: Address, port: number, claims: readonly Claim[]) => Promise<void>
}

export interface OutboundDependencies {
  readonly dialer: Dialer
  readonly links: Links
  readonly exchanges: Exchanges
  /** Makes a link of a stream that this side opened. */
  readonly attach: (options: LinkOptions, connection: Connection, stream: Stream) => void
  readonly emit: (happening: Happening) => void
  readonly log: Logger
}

export function createOutbound (options: { readonly group: Group }, dependencies: OutboundDependencies): Outbound {
  const { dialer, links, exchanges, attach, emit, log } = dependencies
  const linkProtocol = linkProtocolOf(options.group)
  const underWay = new Map<string, Asked>()

  /** Skips what is under way already. Events are told after it, so that the core may ask for the same again at once. */
  async function once (key: string, act: (asked: Readonly<Asked>) => Promise<Happening | null>, to?: MemberId): Promise<void> {
    const before = underWay.get(key)
    const asked = before ?? { to, isForgone: false }
    asked.to = to ?? asked.to
    asked.isForgone = false
    if (before !== undefined) return
    underWay.set(key, asked)
    const happening = await act(asked)
    underWay.delete(key)
    if (happening !== null) emit(happening)
  }

  /** Uses a fresh connection, which is closed then unless `use` kept it. Gives what is to be told; null: nothing. */
  async function withConnection (
    address: Address,
    port: number,
    use: (reached: Reached) => Promise<{ readonly keep?: boolean, readonly happening: Happening | null }>,
    isMoot?: () => boolean
  ): Promise<Happening | null> {
    const dialled = await dialer.connect(address, port, isMoot)
    if (dialled === null) return null
    if (!dialled.ok) {
      const failure = dialled.self && !isOurs(address) ? 'twin' : dialled.failure
      return { kind: 'dialFailed', address, port, failure }
    }
    const { keep = false, happening } = await use(dialled)
    if (!keep) void closeConnection(dialled.connection)
    return happening
  }

  const isLinked = (id: MemberId | undefined): boolean => id !== undefined && links.to(id)?.isOpen() === true

  return {
    dial: (address, port, to) => once(keyOf(address, port), async (asked) => {
      if (links.reaching(address, port) !== undefined) return null
      return withConnection(address, port, async ({ connection, id }) => {
        if (links.to(id) !== undefined) return { happening: { kind: 'verified', id, address, port } }
        try {
          const stream = await connection.newStream(linkProtocol, { signal: AbortSignal.timeout(handshakeWithinMs) })
          attach({ id, dialled: true, address, port }, connection, stream)
          return { keep: true, happening: null }
        } catch (error) {
          log.debug({ peer: id, address, err: error }, 'peer would not link')
          return { happening: rejected(address, port) }
        }
      }, () => asked.isForgone || isLinked(asked.to))
    }, to),
    forgo (address, port) {
      const asked = underWay.get(keyOf(address, port))
      if (asked !== undefined) asked.isForgone = true
    },
    verify: (address, port) => once(`verify ${address} ${port}`, async () => {
      const link = links.reaching(address, port)
      if (link !== undefined) return { kind: 'verified', id: link.id, address, port }
      return withConnection(address, port, async ({ id }) => ({ happening: { kind: 'verified', id, address, port } }))
    }),
    async exchange (address, port, claims) {
      const happening = await withConnection(address, port, async ({ connection, id }) => {
        // Beats keep the tables of those that are linked equal.
        const theirs = links.to(id) === undefined ? await exchanges.swap(connection, claims) : []
        return { happening: theirs === null ? rejected(address, port) : { kind: 'claims', from: id, claims: theirs } }
      })
      if (happening !== null) emit(happening)
    }
  }
}

const keyOf = (address: Address, port: number): string => `dial ${address} ${port}`

interface Asked {
  /** Whom it is for, as was said last: an address is often dialled before its member is known. */
  to: MemberId | undefined
  isForgone: boolean
}

type Reached = Extract<Dialled, { ok: true }>

const rejected = (address: Address, port: number): Happening => ({ kind: 'dialFailed', address, port, failure: 'rejected' })

function isOurs (address: Address): boolean {
  return Object.values(networkInterfaces()).flat().some(entry => entry?.address === address) || /^127\.|^::1$/.test(address)
}
