/**
 * Signing what this member says and checking what others are said to have said. A statement travels as its canonical
 * JSON and an Ed25519 signature over the group's context and that text; the key is inside the peer id of who must have
 * signed, so no directory of keys is needed. Ed25519 is deterministic (RFC 8032 §5.1.6): one statement, one envelope.
 *
 * Tables repeat the same envelopes again and again, so those that passed once are remembered.
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { strict as assert } from 'node:assert'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Claim, Envelope, MemberId, Statement } from '../core/record.ts'
import { canonicalJsonOf } from './canonical.ts'
import { signingContextOf, type Group } from './group.ts'
import { createRecent } from './recent.ts'
import { listsMax, vipsMax, defectOf, statementIn } from './statement.ts'

/** Characters of a payload: a record whose two lists of ids, 52 characters and quoted, and whose peers and VIPs are full, and 2 KiB for the rest. */
export const payloadLengthMax = 2048 + listsMax * (2 * 55 + 42) + vipsMax * 52

/** Verified envelopes that are remembered: some for each of the members that VRRP has room for. */
const verifiedMax = 1024

/** Characters of all of them. */
const verifiedCharactersMax = 4 * 1024 * 1024

/** Characters that cost as much to read as a signature to check. */
const charactersPerCost = 4096

/** Why an envelope is not a claim. Only `forged` is beyond doubt the fault of who passed it on; `deferred`: it was not opened. */
export type SealFault = 'oversized' | 'malformed' | 'forged' | 'deferred'

export type Opened =
  | { readonly ok: true, readonly claim: Claim }
  | { readonly ok: false, readonly fault: SealFault }

export interface Sealing {
  /** Signs as this member. Pure. @throws AssertionError when the statement breaks the grammar: a defect of ours. */
  readonly seal: <S extends Statement>(statement: S) => Claim<S>
  /** Checks size, grammar and signature. Asks first whether that can be afforded, in signatures, unless it is remembered. @default it always can */
  readonly open: (envelope: Envelope, affords?: (cost: number) => boolean) => Opened
}

/** The id of whoever must have signed a statement. */
export const signerOf = (statement: Statement): MemberId => statement.kind === 'member' ? statement.id : statement.issuer

export function createSealing (options: { readonly key: Ed25519PrivateKey, readonly group: Group }): Sealing {
  const signingKey = signingKeyOf(options.key)
  const context = signingContextOf(options.group)
  const keys = createRecent<MemberId, KeyObject>(verifiedMax)
  const verified = createRecent<string, Claim>(verifiedMax, { weightOf: ({ envelope }) => envelope.payload.length, weightMax: verifiedCharactersMax })
  const signedBytes = (payload: string): Buffer => Buffer.from(context + payload)

  function keyOf (id: MemberId): KeyObject | null {
    const known = keys.get(id)
    if (known !== undefined) return known
    const key = verifyingKeyOf(id)
    if (key !== null) keys.put(id, key)
    return key
  }

  return {
    seal (statement) {
      const defect = defectOf(statement)
      assert(defect === null, `statement of ours breaks the grammar: ${defect}`)
      const payload = canonicalJsonOf(statement)
      const signature = sign(null, signedBytes(payload), signingKey).toString('base64')
      return { statement, envelope: { payload, signature } }
    },
    open (envelope, affords = () => true) {
      const { payload, signature } = envelope
      const remembered = verified.get(signature)
      if (remembered?.envelope.payload === payload) return { ok: true, claim: remembered }
      if (payload.length > payloadLengthMax) return { ok: false, fault: 'oversized' }
      if (!affords(1 + Math.floor(payload.length / charactersPerCost))) return { ok: false, fault: 'deferred' }
      const statement = statementIn(jsonIn(payload))
      if (statement === null) return { ok: false, fault: 'malformed' }
      const key = keyOf(signerOf(statement))
      if (key === null) return { ok: false, fault: 'malformed' }
      if (!verify(null, signedBytes(payload), key, Buffer.from(signature, 'base64'))) return { ok: false, fault: 'forged' }
      const claim: Claim = { statement, envelope: { payload, signature } }
      verified.put(signature, claim)
      return { ok: true, claim }
    }
  }
}

/** The value of a JSON text; undefined, which no JSON text gives, when it is none. */
export function jsonIn (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function signingKeyOf (key: Ed25519PrivateKey): KeyObject {
  const d = Buffer.from(key.raw.subarray(0, 32)).toString('base64url')
  const x = Buffer.from(key.publicKey.raw).toString('base64url')
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
}

function verifyingKeyOf (id: MemberId): KeyObject | null {
  try {
    const { publicKey } = peerIdFromString(id)
    if (publicKey?.type !== 'Ed25519') return null
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey.raw).toString('base64url') }, format: 'jwk' })
  } catch {
    return null
  }
}
