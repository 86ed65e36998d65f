/**
 * What this side begins: a dial for a link, a verification, a swap of tables. Each makes a connection of its own; only
 * that of a link is kept. The same thing asked for twice while under way is done once, since one answer serves both.
 */
import { networkInterfaces } from 'node:os'
import type { Connection, Stream } from '@libp2p/interface'
import type { Logger } from 'pino'
import type { Happening } from '../core/event.ts'
import type { Address, Claim } from '../core/record.ts'
import { closeConnection, type Dialled, type Dialer } from './dialer.ts'
import type { Exchanges } from './exchange.ts'
import { linkProtocolOf, type Group } from './group.ts'
import type { LinkOptions } from './link.ts'
import type { Links } from './links.ts'
import { dialTimeoutMs } from './node.ts'
import { createRecent } from './recent.ts'

export interface Outbound {
  /** → `linked` or `dialFailed`; nothing when the member behind the address is linked already. */
  readonly dial: (address: Address, port: number) => Promise<void>
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
  const underWay = new Set<string>()
  const impostors = createRecent<Address, true>(16)

  async function once (key: string, act: () => Promise<void>): Promise<void> {
    if (underWay.has(key)) return
    underWay.add(key)
    try {
      await act()
    } finally {
      underWay.delete(key)
    }
  }

  async function connect (address: Address, port: number): Promise<Extract<Dialled, { ok: true }> | null> {
    const dialled = await dialer.connect(address, port)
    if (dialled.ok) return dialled
    if (dialled.self && impostors.get(address) === undefined && !isOurs(address)) {
      impostors.put(address, true)
      log.error({ address }, 'another host uses the identity of this one: empty the state directory of one of them')
    }
    emit({ kind: 'dialFailed', address, port, failure: dialled.failure })
    return null
  }

  return {
    dial: (address, port) => once(`dial ${address} ${port}`, async () => {
      if (links.reaching(address, port) !== undefined) return
      const dialled = await connect(address, port)
      if (dialled === null) return
      const { connection, id } = dialled
      if (links.to(id) !== undefined) return closeConnection(connection)
      try {
        const stream = await connection.newStream(linkProtocol, { signal: AbortSignal.timeout(dialTimeoutMs) })
        attach({ id, dialled: true, address, port }, connection, stream)
      } catch (error) {
        log.debug({ peer: id, address, err: error }, 'peer would not link')
        emit({ kind: 'dialFailed', address, port, failure: 'rejected' })
        await closeConnection(connection)
      }
    }),
    verify: (address, port) => once(`verify ${address} ${port}`, async () => {
      const link = links.reaching(address, port)
      if (link !== undefined) {
        emit({ kind: 'verified', id: link.id, address })
        return
      }
      const dialled = await connect(address, port)
      if (dialled === null) return
      emit({ kind: 'verified', id: dialled.id, address })
      await closeConnection(dialled.connection)
    }),
    async exchange (address, port, claims) {
      const dialled = await connect(address, port)
      if (dialled === null) return
      const theirs = await exchanges.swap(dialled.connection, claims)
      if (theirs === null) emit({ kind: 'dialFailed', address, port, failure: 'rejected' })
      else emit({ kind: 'claims', from: dialled.id, claims: theirs })
      await closeConnection(dialled.connection)
    }
  }
}

function isOurs (address: Address): boolean {
  return Object.values(networkInterfaces()).flat().some(entry => entry?.address === address) || /^127\.|^::1$/.test(address)
}
