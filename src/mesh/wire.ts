/**
 * Messages and bags of claims as they cross the wire: the core's words with the statements left out, since they are in
 * the envelopes. Whatever does not fit a schema is the sender's fault and ends the link. A claim inside that does not
 * verify is told apart: nobody passes on a *forged* one in good faith, but one that is *malformed* to us may come from
 * a newer agent by way of another, and is skipped.
 *
 * A table that does not fit one frame goes as several; tables merge, so their number means nothing.
 */
import * as z from 'zod'
import type { Message } from '../core/message.ts'
import type { Claim, Envelope, MemberId } from '../core/record.ts'
import { frameBytesMax } from './frame.ts'
import { jsonIn, payloadLengthMax, type Opened } from './sealing.ts'
import { digestSchema, memberIdSchema } from './statement.ts'

/** Claims in one frame: a record and a tombstone for each of the 254 that a group has numbers for, twice over. */
export const claimsPerFrameMax = 1024

/** Room in a frame for all but its claims. */
const frameOverheadBytes = 256

const envelopeSchema = z.object({
  payload: z.string().max(payloadLengthMax),
  /** Ed25519: 64 bytes. */
  signature: z.base64().length(88)
}) satisfies z.ZodType<Envelope>

const claimsSchema = z.array(envelopeSchema).max(claimsPerFrameMax)

const nonceSchema = z.int().min(0)

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inventory'), digests: z.array(digestSchema).max(claimsPerFrameMax), reply: z.boolean() }),
  z.object({ kind: z.literal('table'), claims: claimsSchema, spread: z.boolean() }),
  z.object({ kind: z.literal('beat'), digest: digestSchema }),
  z.object({ kind: z.literal('doubt'), about: memberIdSchema }),
  z.object({ kind: z.literal('ask'), nonce: nonceSchema, about: memberIdSchema.nullable(), known: digestSchema.exactOptional(), claim: envelopeSchema.exactOptional() }),
  z.object({ kind: z.literal('answer'), nonce: nonceSchema, about: memberIdSchema.nullable(), alive: z.boolean(), claim: envelopeSchema.nullable(), known: digestSchema.exactOptional() })
])

/** Claims on their own: in gossip, and in an exchange, where `more` tells that another bag follows. */
const bagSchema = z.object({ claims: claimsSchema, more: z.boolean() })

export type Open = (envelope: Envelope) => Opened

/** `skipped`: claims that were malformed; `deferred`: those that were not opened. */
export type Decoded<T> =
  | { readonly ok: true, readonly value: T, readonly skipped: number, readonly deferred: number }
  | { readonly ok: false, readonly fault: 'malformed' | 'forged' }

export interface Bag {
  readonly claims: readonly Claim[]
  readonly more: boolean
}

/** The texts to send for a message, each within a frame; more than one only for a table. */
export function encodeMessage (message: Message): readonly string[] {
  if (message.kind === 'answer') return [JSON.stringify({ ...message, claim: message.claim?.envelope ?? null })]
  if (message.kind === 'ask' && message.claim !== undefined) return [JSON.stringify({ ...message, claim: message.claim.envelope })]
  if (message.kind !== 'table') return [JSON.stringify(message)]
  const parts = partsOf(message.claims)
  return parts.map((claims) => JSON.stringify({ kind: 'table', claims, spread: message.spread }))
}

/** The texts to send for claims on their own, each within a frame; at least one. */
export function encodeBags (claims: readonly Claim[]): readonly string[] {
  const parts = partsOf(claims)
  return parts.map((part, index) => JSON.stringify({ claims: part, more: index < parts.length - 1 }))
}

/** A message with its claims opened; what `from` says of itself is opened first, where not all can be. */
export function decodeMessage (text: string, open: Open, from?: MemberId): Decoded<Message> {
  const { data } = messageSchema.safeParse(jsonIn(text))
  if (data === undefined) return { ok: false, fault: 'malformed' }
  if (data.kind === 'inventory' || data.kind === 'beat' || data.kind === 'doubt') return { ok: true, value: data, skipped: 0, deferred: 0 }
  const envelopes = data.kind === 'table' ? data.claims : data.claim === null || data.claim === undefined ? [] : [data.claim]
  const opened = openAll(envelopes, open, from)
  if (!opened.ok) return opened
  return { ...opened, value: withClaims(data, opened.value) }
}

/** What is asked on a claim that could not be opened is not to be answered: whoever asks takes it for known then. That it lives is heard all the same. */
function withClaims (data: Exclude<z.infer<typeof messageSchema>, { kind: 'inventory' | 'beat' | 'doubt' }>, claims: readonly Claim[]): Message {
  if (data.kind === 'table') return { ...data, claims }
  const [claim] = claims
  if (data.kind === 'answer') return { ...data, claim: claim ?? null }
  const { claim: told, ...question } = data
  if (told === undefined) return question
  return claim === undefined ? { kind: 'table', claims: [], spread: false } : { ...question, claim }
}

/** A bag with its claims opened, in the same order. */
export function decodeBag (text: string, open: Open, from?: MemberId): Decoded<Bag> {
  const { data } = bagSchema.safeParse(jsonIn(text))
  if (data === undefined) return { ok: false, fault: 'malformed' }
  const opened = openAll(data.claims, open, from)
  return opened.ok ? { ...opened, value: { claims: opened.value, more: data.more } } : opened
}

function openAll (envelopes: readonly Envelope[], open: Open, from: MemberId | undefined): Decoded<readonly Claim[]> {
  const { own = [], others = [] } = Object.groupBy(envelopes, ({ payload }) => from !== undefined && payload.includes(`"id":"${from}"`) ? 'own' : 'others')
  const claims = new Map<Envelope, Claim>()
  let deferred = 0
  for (const envelope of [...own, ...others]) {
    const opened = open(envelope)
    if (opened.ok) claims.set(envelope, opened.claim)
    else if (opened.fault === 'forged') return { ok: false, fault: 'forged' }
    else if (opened.fault === 'deferred') deferred++
  }
  const value = envelopes.flatMap((envelope) => claims.get(envelope) ?? [])
  return { ok: true, value, skipped: envelopes.length - value.length - deferred, deferred }
}

/** Envelopes in their order, cut where a frame would be full; one empty part when there are none. */
function partsOf (claims: readonly Claim[]): ReadonlyArray<readonly Envelope[]> {
  const parts: Envelope[][] = []
  let part: Envelope[] = []
  let bytes = frameOverheadBytes
  for (const { envelope } of claims) {
    const size = Buffer.byteLength(JSON.stringify(envelope)) + 1
    if (bytes + size > frameBytesMax || part.length === claimsPerFrameMax) {
      parts.push(part)
      part = []
      bytes = frameOverheadBytes
    }
    part.push(envelope)
    bytes += size
  }
  parts.push(part)
  return parts
}
