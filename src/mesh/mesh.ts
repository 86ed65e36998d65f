/**
 * The mesh as the agent sees it: effects in, events out. Here the parts meet: a node, a dialer, links, gossip and
 * exchanges. Nothing is decided here about members; a dial is made because the core asked for it.
 *
 * Events come in a microtask of their own, never while an effect is being performed, so that the core is not entered
 * while it steps. None comes after `stop`.
 */
import type { Connection, Ed25519PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Logger } from 'pino'
import type { Effect } from '../core/effect.ts'
import type { Happening } from '../core/event.ts'
import type { Address, MemberId } from '../core/record.ts'
import { addressIn } from './address.ts'
import { forgetDeparted } from './departed.ts'
import { createDialer } from './dialer.ts'
import { createEntrance, type EntranceOptions } from './entrance.ts'
import { createExchanges, type Exchanges } from './exchange.ts'
import { createGuests, type Guest } from './guests.ts'
import { createGossip, type Gossip } from './gossip.ts'
import { exchangeProtocolOf, linkProtocolOf } from './group.ts'
import { createLink, type LinkOptions } from './link.ts'
import { createLinks, type Links } from './links.ts'
import { createNode, everyAddress, ListenError, type MeshNode } from './node.ts'
import { refuseOtherSchemas } from './other-schemas.ts'
import { createOutbound, type Outbound } from './outbound.ts'
import { createPenalties } from './penalty.ts'
import { isOnLink } from './neighbourhood.ts'
import { createScrutiny } from './scrutiny.ts'
import { createSealing, type Sealing } from './sealing.ts'
import { createStrangers } from './strangers.ts'
import { Turnstile } from './turnstile.ts'
import { watchIdle } from './idle.ts'

export interface MeshOptions {
  /** From {@link loadIdentity}. */
  readonly key: Ed25519PrivateKey
  readonly name: string
  readonly virtualRouterId: number
  /** TCP port to listen on. */
  readonly port: number
  /** Who may join; without keys, anyone on the same network. */
  readonly access: EntranceOptions
  /** Addresses that an open mesh hears, and dials, wherever they are. @default none */
  readonly named?: readonly Address[]
  /** Name and version, shown to peers. */
  readonly software: string
  /** Addresses to listen on. @default all of them, IPv6 too where the host has it */
  readonly addresses?: readonly Address[]
}

export interface MeshDependencies {
  readonly log: Logger
  readonly emit: (happening: Happening) => void
}

export type MeshEffect = Extract<Effect, { kind: 'dial' | 'forgo' | 'verify' | 'exchange' | 'reply' | 'send' | 'hangUp' | 'publish' }>

/** For people: who is connected, and how. */
export interface LinkStatus extends LinkOptions {
  readonly forMs: number
}

export interface Mesh {
  readonly id: MemberId
  /** Signs as this member; usable before `start`. */
  readonly seal: Sealing['seal']
  /** Listens. @throws {@link ListenError} */
  readonly start: () => Promise<void>
  /** Begins what the effect asks for, once the node is started. Never throws; does nothing after `stop`. */
  readonly perform: (effect: MeshEffect) => void
  readonly links: () => readonly LinkStatus[]
  /** Closes every connection and stops listening; what was sent before still goes out. Takes a second at most. */
  readonly stop: () => Promise<void>
}

/** The parts that need a running node. */
interface Running {
  readonly node: MeshNode
  readonly outbound: Outbound
  readonly exchanges: Exchanges
  readonly gossip: Gossip
}

/** A monotonic clock, in milliseconds. */
const nowMs = (): number => performance.now()

export function createMesh (options: MeshOptions, dependencies: MeshDependencies): Mesh {
  const { key, port, access, named = [], addresses = everyAddress } = options
  const { log } = dependencies
  const group = { name: options.name, virtualRouterId: options.virtualRouterId }
  const self = peerIdFromPrivateKey(key).toString()
  const { seal, open } = createSealing({ key, group })
  const scrutiny = createScrutiny({ nowMs, open })
  const penalties = createPenalties({ log, nowMs })
  const strangers = createStrangers({ log })
  const isNeighbour = (address: Address): boolean => named.includes(address) || isOnLink(address)
  const turnstile = new Turnstile({ nowMs, onRefused: (address) => { strangers.note(address, 'tooFast') } })
  const entrance = createEntrance(access, { isNeighbour, onRefused: strangers.note })
  let running: Running | null = null
  let stopped = false
  /** Asked for before the node was started. */
  const early: MeshEffect[] = []

  const emit = (happening: Happening): void => {
    queueMicrotask(() => { if (!stopped) dependencies.emit(happening) })
  }
  const links = createLinks({ self }, { emit, onChanged: (link) => { running?.gossip.greet(link) } })

  function attach (linkOptions: LinkOptions, connection: Connection, stream: Stream): void {
    const { id } = linkOptions
    const link = createLink(linkOptions, {
      connection,
      stream,
      account: scrutiny.of(id, linkOptions.address),
      nowMs,
      deliver: (message) => { emit({ kind: 'message', from: id, message }) },
      onEnd: links.remove,
      onOffence: (offence) => { penalties.impose(id, offence, linkOptions.address) },
      onSkipped: ({ skipped, deferred }) => { log.debug({ peer: id, skipped, deferred }, 'claims left out: a newer agent may understand them, or they cost too much now') }
    })
    links.add(link)
    strangers.forget(link.address)
    turnstile.know(link.address)
    if (link.dialled) running?.gossip.greet(link)
  }

  function acceptLink (stream: Stream, connection: Connection): void {
    const address = addressIn(connection.remoteAddr)
    if (address === null) throw new Error(`link from no IP address: ${connection.remoteAddr.toString()}`)
    attach({ id: connection.remotePeer.toString(), dialled: false, address, port: 0 }, connection, stream)
  }

  async function make (): Promise<Running> {
    const refuses = (id: { toString: () => string }): boolean => penalties.holds(id.toString())
    const guests = createGuests()
    const gater = {
      ...guests,
      denyInboundConnection: (connection: Guest) => penalties.holdsAddress(addressIn(connection.remoteAddr) ?? '') || guests.denyInboundConnection(connection),
      denyInboundEncryptedConnection: refuses,
      denyOutboundEncryptedConnection: refuses
    }
    const node = await createNode({ key, group, port, addresses, software: options.software }, { gater, protector: entrance.protector, turnstile })
    const exchanges = createExchanges({ group }, {
      handle: (protocol, handler) => node.handle(protocol, handler),
      scrutiny,
      emit,
      onOffence: penalties.impose,
      log
    })
    const dialer = createDialer({ node, entrance, isNeighbour, strangers, log })
    const outbound = createOutbound({ group }, { dialer, links, exchanges, attach, emit, log })
    const gossip = createGossip({ group }, { node, links: links.all, scrutiny, emit, onOffence: penalties.impose, nowMs, log })
    return { node, outbound, exchanges, gossip }
  }

  const made = make()

  return {
    id: self,
    seal,
    async start () {
      const parts = await made
      const { node, exchanges, gossip } = parts
      await node.handle(linkProtocolOf(group), acceptLink, { maxInboundStreams: 2 })
      await exchanges.start()
      watchIdle(node, { protocols: [linkProtocolOf(group), exchangeProtocolOf(group)] })
      forgetDeparted(node)
      try {
        await node.start()
      } catch (error) {
        await node.stop()
        throw new ListenError({ addresses, port }, error instanceof Error ? error : new Error(String(error)))
      }
      gossip.start()
      running = parts
      // Nobody waits for it: until then such agents are refused without a word.
      void refuseOtherSchemas({ group }, { handle: (protocol, handler) => node.handle(protocol, handler), log })
      for (const effect of early.splice(0)) performWith(parts, links, effect)
    },
    perform (effect) {
      if (stopped) return
      if (running === null) early.push(effect)
      else performWith(running, links, effect)
    },
    links: () => links.all().map(({ id, dialled, address, port: remotePort, openedAtMs }) =>
      ({ id, dialled, address, port: remotePort, forMs: nowMs() - openedAtMs })),
    async stop () {
      stopped = true
      await running?.node.stop()
      running = null
    }
  }
}

function performWith ({ outbound, exchanges, gossip }: Running, links: Links, effect: MeshEffect): void {
  switch (effect.kind) {
    case 'dial': return void outbound.dial(effect.address, effect.port, effect.to)
    case 'forgo': return outbound.forgo(effect.address, effect.port)
    case 'verify': return void outbound.verify(effect.address, effect.port)
    case 'exchange': return void outbound.exchange(effect.address, effect.port, effect.claims)
    case 'reply': return exchanges.reply(effect.exchange, effect.claims)
    case 'send': return links.to(effect.to)?.send(effect.message)
    case 'hangUp': return links.hangUp(effect.id)
    case 'publish': return gossip.publish(effect.claims)
  }
}
