/** A program that holds the group's secret and speaks its protocol, to say in it what no agent says. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { generateKeyPair, publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import type { Envelope, MemberRecord, Statement } from '../../src/core/record.ts'
import { endpointOf } from '../../src/mesh/address.ts'
import { canonicalJsonOf } from '../../src/mesh/canonical.ts'
import { createEntrance } from '../../src/mesh/entrance.ts'
import { linkProtocolOf, signingContextOf } from '../../src/mesh/group.ts'
import { createNode, type MeshNode } from '../../src/mesh/node.ts'
import { createSealing, type Sealing } from '../../src/mesh/sealing.ts'
import { freePort, keyOf, recordOf, type Host } from './host.ts'

export const group = { name: 'test', virtualRouterId: 51 }

export interface Rogue {
  readonly node: MeshNode
  readonly id: string
  /** Where it listens. */
  readonly address: string
  readonly port: number
  /** As itself; what breaks the grammar has to be made by {@link invented}. */
  readonly seal: Sealing['seal']
  readonly connect: () => Promise<Connection>
  readonly open: (protocol?: string) => Promise<Stream>
}

export async function startRogue (victim: Pick<Host, 'address' | 'port'>, { secret = null }: { readonly secret?: string | null } = {}): Promise<Rogue> {
  const key = await generateKeyPair('Ed25519')
  const address = '127.0.0.9'
  const port = await freePort(address)
  const { protector } = createEntrance({ keys: secret === null ? [] : [keyOf(group.name, secret)], open: secret === null }, { isNeighbour: () => true, onRefused () {} })
  const node = await createNode({ key, group, port, addresses: [address], software: 'rogue' }, { gater: {}, protector })
  await node.start()
  const connect = (): Promise<Connection> => node.dial(endpointOf(victim.address, victim.port), { force: true })
  return {
    node,
    id: node.peerId.toString(),
    address,
    port,
    seal: createSealing({ key, group }).seal,
    connect,
    open: async (protocol = linkProtocolOf(group)) => (await connect()).newStream(protocol)
  }
}

/** A member that does not exist, with a key of its own, which signs for it. */
export interface Invented {
  readonly id: string
  readonly says: (statement: Statement | Record<string, unknown>) => Envelope
  readonly record: (about?: Partial<MemberRecord>) => Envelope
}

export function invent (): Invented {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const id = peerIdFromPublicKey(publicKeyFromRaw(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'))).toString()
  const says = (statement: object): Envelope => signedBy(privateKey, canonicalJsonOf(statement))
  return { id, says, record: (about = {}) => says({ ...recordOf(id), ...about }) }
}

function signedBy (key: KeyObject, payload: string): Envelope {
  return { payload, signature: sign(null, Buffer.from(signingContextOf(group) + payload), key).toString('base64') }
}
