/**
 * Claims for the whole group at once, by GossipSub (libp2p/specs, pubsub/gossipsub). It grafts a peer only once that
 * was identified, which here is done for the connection that carries the link and for no other.
 *
 * GossipSub does not open its stream to a peer again when that was reset while the connection stays; from then on it
 * publishes to nobody and says nothing. So what matters is looked at directly: a linked member without an open gossip
 * stream, or not yet known to listen, gets the claims over its link, and is identified anew at the next heartbeat.
 */
import { TopicValidatorResult } from '@libp2p/gossipsub'
import type { Logger } from 'pino'
import type { Happening } from '../core/event.ts'
import type { Address, Claim, MemberId } from '../core/record.ts'
import { textIn } from './frame.ts'
import { topicOf, type Group } from './group.ts'
import type { Link } from './link.ts'
import type { MeshNode } from './node.ts'
import type { Account, Scrutiny } from './scrutiny.ts'
import { decodeBag, encodeBags } from './wire.ts'

/** A link of this age has had the time to get its gossip stream: a hundred times what it takes. */
const settledMs = 2000

export interface Gossip {
  readonly start: () => void
  /** Lets GossipSub find the peer at the other end of that link. */
  readonly greet: (link: Link) => void
  readonly publish: (claims: readonly Claim[]) => void
}

export interface GossipDependencies {
  readonly node: MeshNode
  /** One link for each linked member. */
  readonly links: () => readonly Link[]
  readonly scrutiny: Scrutiny
  readonly emit: (happening: Happening) => void
  readonly onOffence: (id: MemberId, offence: string, address: Address) => void
  readonly nowMs: () => number
  readonly log: Logger
}

export function createGossip (options: { readonly group: Group }, dependencies: GossipDependencies): Gossip {
  const { node, links, scrutiny, emit, onOffence, nowMs, log } = dependencies
  const { gossip, identify } = node.services
  const topic = topicOf(options.group)

  const addressOf = (from: MemberId): Address => links().find(({ id }) => id === from)?.address ?? ''
  const accountOf = (from: MemberId): Account => scrutiny.of(from, addressOf(from))

  function validate (from: MemberId, data: Uint8Array): TopicValidatorResult {
    const account = accountOf(from)
    // No offence: what others say comes by way of honest members too. But it goes no further.
    if (!account.mayPublish()) return TopicValidatorResult.Ignore
    const decoded = decode(data, account)
    if (decoded.ok) {
      const isWhole = decoded.deferred === 0 && decoded.value.claims.length > 0
      return isWhole && account.bears(decoded.value.claims) ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore
    }
    onOffence(from, `gossip ${decoded.fault}`, addressOf(from))
    return TopicValidatorResult.Reject
  }

  function greet (link: Link): void {
    identify.identify(link.connection).catch((error: unknown) => {
      log.debug({ peer: link.id, err: error }, 'identify failed, tried again at the next heartbeat')
    })
  }

  const listeners = (): ReadonlySet<MemberId> => new Set(gossip.getSubscribers(topic).map(String))

  return {
    start () {
      gossip.topicValidators.set(topic, (peer, { data }) => validate(peer.toString(), data))
      gossip.addEventListener('gossipsub:message', ({ detail }) => {
        const from = detail.propagationSource.toString()
        const decoded = decode(detail.msg.data, accountOf(from))
        if (decoded.ok) emit({ kind: 'claims', from, claims: decoded.value.claims })
      })
      gossip.addEventListener('gossipsub:heartbeat', () => {
        const heard = listeners()
        for (const link of links()) {
          if (nowMs() - link.openedAtMs > settledMs && !reaches(link, heard)) greet(link)
        }
      })
      gossip.subscribe(topic)
    },
    greet,
    publish (claims) {
      for (const text of encodeBags(claims)) {
        gossip.publish(topic, Buffer.from(text)).catch((error: unknown) => { log.debug({ err: error }, 'publish failed') })
      }
      const heard = listeners()
      for (const link of links()) {
        if (!reaches(link, heard)) link.send({ kind: 'table', claims, spread: false })
      }
    }
  }
}

function decode (data: Uint8Array, { openGossip }: Account): ReturnType<typeof decodeBag> {
  const text = textIn(data)
  return text === null ? { ok: false, fault: 'malformed' } : decodeBag(text, openGossip)
}

/** Whether gossip has a stream of its own on the link's connection, to a peer that is known to listen. */
function reaches (link: Link, listeners: ReadonlySet<MemberId>): boolean {
  return listeners.has(link.id) && link.connection.streams.some(({ direction, protocol, writeStatus }) =>
    direction === 'outbound' && protocol.startsWith('/meshsub/') && writeStatus === 'writable')
}
