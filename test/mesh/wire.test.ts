/** The decoders against everything that may come in, and the encoders against the decoders. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import {
  anything, array, assert as check, base64String, boolean, constant, integer, json, nat, oneof, property, record, string, uint8Array
} from 'fast-check'
import { createFrameReader, frameBytesMax, frameOf, textIn } from '../../src/mesh/frame.ts'
import { createSealing } from '../../src/mesh/sealing.ts'
import { decodeBag, decodeMessage, encodeBags, encodeMessage } from '../../src/mesh/wire.ts'
import { leadsIn, answersFor } from '../../src/mesh/discovery/announcement.ts'
import { recordOf } from './host.ts'

const key = await generateKeyPair('Ed25519')
const id = peerIdFromPrivateKey(key).toString()
const other = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
const { seal, open } = createSealing({ key, group: { name: 'test', virtualRouterId: 51 } })

test('any text decodes to a message or to a fault, never to an exception', () => {
  const almost = record({
    kind: oneof(constant('table'), constant('beat'), constant('doubt'), constant('inventory'), constant('ask'), constant('answer'), string()),
    claims: oneof(array(record({ payload: string(), signature: oneof(base64String(), string()) })), anything()),
    reply: oneof(boolean(), anything()),
    spread: oneof(boolean(), anything()),
    digests: oneof(array(string()), anything()),
    digest: oneof(string(), anything()),
    nonce: oneof(nat(), anything()),
    about: oneof(constant(id), constant(null), anything())
  }, { requiredKeys: [] })
  check(property(oneof(string(), json(), almost.map(value => JSON.stringify(value, safely))), (text) => {
    for (const decoded of [decodeMessage(text, open), decodeBag(text, open)]) {
      assert(decoded.ok || decoded.fault === 'malformed' || decoded.fault === 'forged')
    }
  }))
})

test('frames come out as they went in, however the stream is cut', () => {
  check(property(array(string({ minLength: 1 }), { maxLength: 20 }), array(integer({ min: 1, max: 40 }), { minLength: 1 }), (texts, cuts) => {
    const bytes = Buffer.concat(texts.map(frameOf))
    const reader = createFrameReader()
    const read: string[] = []
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = cuts[turn % cuts.length] ?? 1
      read.push(...reader.read(bytes.subarray(at, at + size)))
      at += size
    }
    assert.deepEqual(read, texts.map(text => text.toWellFormed()))
  }))
})

test('any bytes give texts or an error, and keep no more than a frame waiting', () => {
  check(property(array(uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
    const reader = createFrameReader()
    try {
      for (const chunk of chunks) for (const text of reader.read(chunk)) assert.equal(typeof text, 'string')
    } catch (error) {
      assert(error instanceof Error)
    }
  }))
})

test('a table keeps its claims and their order over its frames, each within its limit', () => {
  const lists = Array.from({ length: 300 }, () => id)
  const claims = Array.from({ length: 40 }, (_, sequence) => seal({ ...recordOf(id), sequence, lists }))
  const texts = encodeMessage({ kind: 'table', claims, spread: true })
  assert(texts.length > 1)
  assert(texts.every(text => Buffer.byteLength(text) <= frameBytesMax))
  const tables = texts.map((text) => {
    const decoded = decodeMessage(text, open)
    assert(decoded.ok && decoded.value.kind === 'table')
    return decoded.value
  })
  assert.deepEqual(tables.flatMap(table => table.claims), claims)
  assert(tables.every(({ spread }) => spread))
  const bags = encodeBags(claims).map((text) => {
    const decoded = decodeBag(text, open)
    assert(decoded.ok)
    return decoded.value
  })
  assert.deepEqual(bags.flatMap(bag => bag.claims), claims)
  assert.deepEqual(bags.map(({ more }) => more), bags.map((_, index) => index < bags.length - 1))
})

test('where not all can be opened, what the sender says of itself is opened first; the order stays', () => {
  const claims = [...Array.from({ length: 20 }, (_, sequence) => seal({ ...recordOf(id), sequence })), seal({ kind: 'tombstone', id: other, incarnation: 1, departure: 'removed', issuer: id, serial: 1 })]
  const texts = encodeBags(claims)
  for (const [from, left, expected] of [[other, 1, [20]], [id, 3, [0, 1, 2]], [other, 4, [0, 1, 2, 20]]] as const) {
    let affordable: number = left
    const decoded = decodeBag(texts[0] ?? '', (envelope) => affordable-- > 0 ? open(envelope) : { ok: false, fault: 'deferred' }, from)
    assert(decoded.ok)
    assert.deepEqual(decoded.value.claims, expected.map((index) => claims[index]))
    assert.deepEqual([decoded.skipped, decoded.deferred], [0, 21 - left])
  }
})

test('a question whose claim cannot be opened is none: whoever asks would take its answer for one to the claim', () => {
  const [text = ''] = encodeMessage({ kind: 'ask', nonce: 7, about: null, claim: seal(recordOf(id)) })
  const asked = decodeMessage(text, open)
  assert(asked.ok && asked.value.kind === 'ask' && asked.value.claim !== undefined)
  for (const fault of ['deferred', 'malformed'] as const) {
    const decoded = decodeMessage(text, () => ({ ok: false, fault }))
    assert(decoded.ok)
    assert.deepEqual(decoded.value, { kind: 'table', claims: [], spread: false })
  }
})

test('nothing is one empty frame', () => {
  assert.deepEqual(encodeBags([]).map(text => decodeBag(text, open)), [{ ok: true, value: { claims: [], more: false }, skipped: 0, deferred: 0 }])
  assert.equal(encodeMessage({ kind: 'table', claims: [], spread: false }).length, 1)
})

test('an announcement names its endpoint, whatever else the packet holds', () => {
  const tag = 'default.51._keepalived-mesh._tcp.local'
  for (const own of [{ address: '10.0.0.7', port: 11251 }, { address: 'fd00::7', port: 1 }]) {
    assert.deepEqual(leadsIn(tag, answersFor(tag, own)), [own])
    assert.deepEqual(leadsIn(tag.toUpperCase(), answersFor(tag, own)), [own])
    assert.deepEqual(leadsIn('other.51._keepalived-mesh._tcp.local', answersFor(tag, own)), [])
    assert.deepEqual(leadsIn(tag, answersFor(tag, own).slice(0, 2)), [])
  }
})

test('a message as long as memory is no text', () => {
  assert.equal(textIn(new Uint8Array(frameBytesMax + 1)), null)
  assert.equal(textIn(Buffer.from([0xff])), null)
  assert.equal(textIn(Buffer.from('ü')), 'ü')
})

function safely (_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
