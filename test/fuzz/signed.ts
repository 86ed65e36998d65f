/** Members whose keys the fuzzer has: what it makes up can be signed by them, so that it gets past the signature. */
import { createPrivateKey, sign } from 'node:crypto'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Envelope } from '../../src/core/record.ts'
import { signingContextOf } from '../../src/mesh/group.ts'
import { createSealing } from '../../src/mesh/sealing.ts'

export const group = { name: 'test', virtualRouterId: 51 }

const keys = await Promise.all(Array.from({ length: 6 }, (_, i) => generateKeyPairFromSeed('Ed25519', Buffer.alloc(32, i + 1))))

export const ids = keys.map((key) => peerIdFromPrivateKey(key).toString())

const [ownKey] = keys
if (ownKey === undefined) throw new Error('expected a key')

/** As the first of them. */
export const { seal, open } = createSealing({ key: ownKey, group })

const signers = new Map(keys.map((key, i) => {
  const d = Buffer.from(key.raw.subarray(0, 32)).toString('base64url')
  const x = Buffer.from(key.publicKey.raw).toString('base64url')
  return [ids[i] ?? '', createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })]
}))

/** Any text, signed by one of them; null when it is none of them. */
export function signed (payload: string, signer: string): Envelope | null {
  const key = signers.get(signer)
  if (key === undefined) return null
  return { payload, signature: sign(null, Buffer.from(signingContextOf(group) + payload), key).toString('base64') }
}
