/** The wire: frames as they come out of a stream, and the messages and bags in them. */
import assert from 'node:assert/strict'
import type { Message } from '../../../src/core/message.ts'
import { createFrameReader, frameBytesMax, frameOf, textIn } from '../../../src/mesh/frame.ts'
import { claimsPerFrameMax, decodeBag, decodeMessage, encodeBags, encodeMessage, type Decoded } from '../../../src/mesh/wire.ts'
import { recordOf } from '../../mesh/host.ts'
import { ids, open, seal } from '../signed.ts'
import type { Target } from '../target.ts'

const [own = '', other = ''] = ids
const claims = [seal(recordOf(own)), seal({ kind: 'tombstone', id: other, incarnation: 1, departure: 'removed', issuer: own, serial: 1 })]
const messages: readonly Message[] = [
  { kind: 'table', claims, spread: true },
  { kind: 'beat', digest: '0123456789abcd' },
  { kind: 'inventory', digests: ['0123456789abcd', ''], reply: false },
  { kind: 'doubt', about: other },
  { kind: 'ask', nonce: 7, about: other },
  { kind: 'ask', nonce: 8, about: null, ...claims[0] === undefined ? {} : { claim: claims[0] } },
  { kind: 'answer', nonce: 7, about: null, alive: true, claim: claims[0] ?? null }
]

export const wire: Target = {
  name: 'wire',
  words: ['"kind":', '"table"', '"beat"', '"ask"', '"answer"', '"claims":', '"reply":', '"spread":', '"inventory"', '"digests":', '"doubt"', '"digest":', '"nonce":', '"about":', '"alive":', '"claim":', '"payload":', '"signature":', '"more":', 'true', 'null', '[]', '{}', own],
  seeds: [...messages.flatMap((message) => encodeMessage(message)), ...encodeBags(claims)],
  run (input) {
    const text = textIn(input)
    if (text === null) return
    const message = decodeMessage(text, open)
    assertNamed(message)
    if (message.ok) assertSameAgain(message.value, encodeMessage(message.value), (again) => decodeMessage(again, open))
    const bag = decodeBag(text, open)
    assertNamed(bag)
    if (bag.ok && !bag.value.more) assertSameAgain(bag.value, encodeBags(bag.value.claims), (again) => decodeBag(again, open))
  }
}

function assertNamed (decoded: Decoded<unknown>): void {
  assert(decoded.ok ? decoded.skipped >= 0 : decoded.fault === 'malformed' || decoded.fault === 'forged')
}

function assertSameAgain (value: object, texts: readonly string[], decode: (text: string) => Decoded<object>): void {
  if ('claims' in value) assert(Array.isArray(value.claims) && value.claims.length <= claimsPerFrameMax)
  for (const text of texts) assert(Buffer.byteLength(text) <= frameBytesMax, 'a frame beyond its limit')
  const [first = ''] = texts
  if (texts.length > 1) return
  const again = decode(first)
  assert(again.ok && JSON.stringify(again.value) === JSON.stringify(value), 'another message when it is sent on')
}

/** Errors of a stream that is of no use any more: too long, negative, no UTF-8. */
const frameErrors = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError', 'InvalidMessageLengthError', 'TypeError'])

export const frames: Target = {
  name: 'frames',
  words: ['\u0000\u0000\u0000\u0001', '\u0000\u0004\u0000\u0000', '\u0000\u0004\u0000\u0001', '\u007f\u007f\u007f\u007f', '{}'],
  seeds: [...messages.slice(1, 3).flatMap((message) => encodeMessage(message)).map((text) => Buffer.from(frameOf(text)).toString()), '\u0000\u0000\u0000\u0000'],
  /** The first byte says how the rest is cut. */
  run (input) {
    const reader = createFrameReader()
    const step = 1 + (input[0] ?? 0)
    let read = 0
    try {
      for (let at = 1; at < input.length; at += step) {
        for (const text of reader.read(input.subarray(at, at + step))) read += 4 + Buffer.byteLength(text)
      }
    } catch (error) {
      assert(error instanceof Error && frameErrors.has(error.name), `not a fault of a frame: ${String(error)}`)
    }
    assert(read <= input.length, 'more text than bytes came in')
  }
}
