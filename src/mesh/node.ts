/**
 * The libp2p node: TCP, the entrance that asks for the group's secret, Noise, yamux, and the two services that gossip
 * needs. All that libp2p would do on its own is off: it never dials, reconnects, pings or announces an address.
 * Who is connected to whom is the core's decision, and a VIP must not get about.
 */
import { createHash } from 'node:crypto'
import type { BlockList } from 'node:net'
import { gossipsub, StrictNoSign, type GossipSub } from '@libp2p/gossipsub'
import { identify, type Identify } from '@libp2p/identify'
import type { ConnectionGater, ConnectionProtector, Ed25519PrivateKey, Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import type { Address } from '../core/record.ts'
import { endpointOf } from './address.ts'
import { openssl } from './ciphers.ts'
import { frameBytesMax } from './frame.ts'
import { topicOf, type Group } from './group.ts'
import { yamuxInFewWords } from './windows.ts'

export type MeshNode = Libp2p<{ identify: Identify, gossip: GossipSub }>

/** All of a host's addresses. */
export const everyAddress: readonly Address[] = ['0.0.0.0', '::']

/** Handshake and protocol. A LAN needs 20 ms; but a group that starts at once on few cores keeps each other waiting. */
export const handshakeWithinMs = 3000

/** A member of each number, an exchange or a verification with some of them, and strangers. */
const connectionsMax = 600

/** As many as a group that starts at once brings. What one address may do of it is for guests.ts and turnstile.ts. */
const inboundPendingMax = 128
const inboundPerSecondMax = 128

const dialsParallelMax = 64

/** Of a connection, from the remote: a link or an exchange, gossip, identification, and some that come anew before the last one is gone. */
const streamsMax = 16

/** What may be under way on a stream, and so waits here when it is not read: on a LAN, of a millisecond's round trip, no link is slower for it. */
const windowBytes = 256 * 1024

/** Gossip is claims, whose newest always counts; a repetition after this long is news again. */
const seenMs = 30_000

/**
 * Each claim is passed on to so many others, and so comes to each host as often. By default it would be six to twelve, which is for networks that
 * lose whom they do not trust; here tables are compared besides, and three reach a hundred hosts in five steps. What
 * others have seen is told to one more each second, not to a quarter of all: whoever lacks it then compares tables anyway.
 */
const degree = { D: 3, Dlo: 2, Dhi: 4, Dout: 1, Dscore: 1, Dlazy: 1, gossipFactor: 0 }

/** Nothing hangs on scores; by default those of who has gone are kept for an hour, one for each key that was ever seen. */
const scoreKeptMs = 10_000

export interface NodeOptions {
  readonly key: Ed25519PrivateKey
  readonly group: Group
  readonly port: number
  readonly addresses: readonly Address[]
  /** Name and version, shown to peers. */
  readonly software: string
}

export interface NodeDependencies {
  readonly gater: ConnectionGater
  /** Meets every connection ahead of Noise. */
  readonly protector: ConnectionProtector
  /** Asked before a socket is made of what comes in. */
  readonly turnstile?: BlockList
}

/** A node that is not started yet. */
export function createNode (options: NodeOptions, dependencies: NodeDependencies): Promise<MeshNode> {
  return createLibp2p({
    start: false,
    privateKey: options.key,
    nodeInfo: { userAgent: options.software },
    addresses: {
      listen: options.addresses.map(address => endpointOf(address, options.port).toString()),
      announceFilter: () => []
    },
    transports: [tcp({ inboundSocketInactivityTimeout: 0, outboundSocketInactivityTimeout: 0, ...listeningBehind(dependencies.turnstile) })],
    connectionProtector: () => dependencies.protector,
    connectionEncrypters: [noise({ crypto: openssl })],
    streamMuxers: [yamuxInFewWords({ windowBytes, streamsMax })],
    connectionGater: dependencies.gater,
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: connectionsMax,
      maxParallelDials: dialsParallelMax,
      dialTimeout: 2 * handshakeWithinMs,
      addressDialTimeout: 2 * handshakeWithinMs,
      inboundUpgradeTimeout: handshakeWithinMs,
      inboundStreamProtocolNegotiationTimeout: handshakeWithinMs,
      maxIncomingPendingConnections: inboundPendingMax,
      inboundConnectionThreshold: inboundPerSecondMax,
      reconnectRetries: 0
    },
    services: {
      // Only connections that carry a link are identified, by gossip.ts: gossip must never settle on one that will close.
      identify: identify({ runOnConnectionOpen: false, timeout: handshakeWithinMs }),
      gossip: gossipsub({
        // Claims are signed by who makes them; signing each hop's copy again would prove nothing more.
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: ({ data }) => createHash('sha256').update(data).digest(),
        allowedTopics: [topicOf(options.group)],
        maxInboundDataLength: 2 * frameBytesMax,
        seenTTL: seenMs,
        ...degree,
        floodPublish: false,
        doPX: false,
        fallbackToFloodsub: false,
        tagMeshPeers: false,
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        // A second copy of a claim is cheaper than a word on each copy that is not wanted.
        idontwantMinDataSize: frameBytesMax,
        // Scores keep strangers honest. Here they would shut out members for a busy second, or for sharing an address.
        scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0, retainScore: scoreKeptMs }
      })
    }
  })
}

/** `listenOpts` reach `net.createServer` as they are, though their type names only some. */
function listeningBehind (blockList: BlockList | undefined): { readonly listenOpts?: object } {
  return blockList === undefined ? {} : { listenOpts: { blockList } }
}

/** The port is in use, or an address to listen on is not of this host. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code: 'PORT_IN_USE' | 'CANNOT_LISTEN'
  readonly addresses: readonly Address[]
  readonly port: number

  constructor ({ addresses, port }: { readonly addresses: readonly Address[], readonly port: number }, cause: Error) {
    const inUse = cause.message.includes('EADDRINUSE')
    super(inUse
      ? `TCP port ${port} is in use by another process; set KEEPALIVED_MESH_PORT to a free one, the same on every host`
      : `cannot listen on TCP port ${port} of ${addresses.join(', ')}${cause.message.includes('EACCES') ? ': a port below 1024 needs the capability NET_BIND_SERVICE' : ''}`, { cause })
    this.code = inUse ? 'PORT_IN_USE' : 'CANNOT_LISTEN'
    this.addresses = addresses
    this.port = port
  }
}
