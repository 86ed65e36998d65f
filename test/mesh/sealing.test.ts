import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { assert as check, base64String, constant, dictionary, json, jsonValue, oneof, property, string } from 'fast-check'
import type { Statement, Tombstone } from '../../src/core/record.ts'
import { canonicalJsonOf } from '../../src/mesh/canonical.ts'
import { createSealing, payloadLengthMax } from '../../src/mesh/sealing.ts'
import { recordOf } from './host.ts'

const group = { name: 'test', virtualRouterId: 51 }
const key = await generateKeyPair('Ed25519')
const id = peerIdFromPrivateKey(key).toString()
const otherKey = await generateKeyPair('Ed25519')
const otherId = peerIdFromPrivateKey(otherKey).toString()
const { seal, open } = createSealing({ key, group })
const other = createSealing({ key: otherKey, group })

test('what one seals another opens, unchanged, in every process the same', () => {
  const claim = seal(recordOf(id))
  assert.deepEqual(other.open(claim.envelope), { ok: true, claim })
  assert.deepEqual(createSealing({ key, group }).seal(recordOf(id)), claim)
})

test('an envelope that was opened once is not opened again', () => {
  const { envelope } = seal(recordOf(id))
  const [first, second] = [other.open(envelope), other.open({ ...envelope })]
  assert(first.ok && second.ok)
  assert.equal(first.claim, second.claim)
})

test('one changed character of payload or signature is a forgery, also after the true one was seen', () => {
  const { envelope } = seal(recordOf(id))
  assert(open(envelope).ok)
  assert.deepEqual(open({ ...envelope, payload: envelope.payload.replace('"sequence":0', '"sequence":1') }), { ok: false, fault: 'forged' })
  const signature = (envelope.signature.startsWith('A') ? 'B' : 'A') + envelope.signature.slice(1)
  assert.deepEqual(open({ ...envelope, signature }), { ok: false, fault: 'forged' })
})

test('a record signed by another key than its id, or in another group, is a forgery', () => {
  assert.deepEqual(open(other.seal(recordOf(id)).envelope), { ok: false, fault: 'forged' })
  for (const elsewhere of [{ ...group, name: 'prod' }, { ...group, virtualRouterId: 52 }]) {
    assert.deepEqual(open(createSealing({ key, group: elsewhere }).seal(recordOf(id)).envelope), { ok: false, fault: 'forged' })
  }
})

test('a tombstone counts under the key of its issuer; a leave only under that of who leaves', () => {
  const tombstone: Tombstone = { kind: 'tombstone', id: otherId, incarnation: 3, departure: 'forgotten', issuer: id, serial: 1 }
  assert(other.open(seal(tombstone).envelope).ok)
  assert.deepEqual(other.open(other.seal(tombstone).envelope), { ok: false, fault: 'forged' })
  assert.throws(() => seal({ ...tombstone, departure: 'left' }), /leave/)
})

const { spec } = recordOf('')
assert(spec !== null)

test('keys of a newer agent are signed over but never used', () => {
  const newer = { ...recordOf(id), colour: 'mauve', spec: { ...spec, hue: 1 } }
  const opened = open(seal<Statement>(newer).envelope)
  assert(opened.ok)
  assert.deepEqual(opened.claim.statement, recordOf(id))
  assert.match(opened.claim.envelope.payload, /mauve/)
})

test('addresses come out in one form', () => {
  const forms = { '10.0.0.7': '10.0.0.7', '::ffff:10.0.0.7': '10.0.0.7', 'FD00:0:0:0::1': 'fd00::1' }
  for (const [given, canonical] of Object.entries(forms)) {
    const opened = open(seal({ ...recordOf(id), address: given }).envelope)
    assert(opened.ok && opened.claim.statement.kind === 'member')
    assert.equal(opened.claim.statement.address, canonical)
  }
})

const broken: ReadonlyArray<Record<string, unknown>> = [
  { address: '10.0.0.300' }, { address: '010.0.0.1' }, { address: '0x0a.1' }, { address: '1.2.3' }, { address: 'host' }, { address: 'fe80::1%eth0' }, { address: '10.0.0.1\n}' },
  { port: 0 }, { port: 65536 }, { port: 1.5 }, { port: '80' },
  { incarnation: 0 }, { incarnation: 2 ** 49 }, { sequence: -1 }, { number: 0 }, { number: 256 }, { pinned: 256 }, { effectivePriority: 256 },
  { id: 'nobody' }, { founder: '' }, { lists: ['x'] }, { lists: Array.from({ length: 301 }, () => otherId) }, { gone: [1] },
  { phase: 'dancing' }, { vrrpState: 'master' }, { reason: 'a\nb' }, { reason: '\u001b[31m' }, { reason: 'x'.repeat(201) }, { software: 'x'.repeat(65) },
  { tombstones: 'not a digest!' }, { kind: 'god' },
  { spec: { ...spec, virtualIpaddress: '10.0.0.1' } }, { spec: { ...spec, virtualIpaddress: '10.0.0.1/33' } },
  { spec: { ...spec, advertInt: 0 } }, { spec: { ...spec, version: 4 } }, { spec: { ...spec, authPass: 'a b' } }, { vips: ['10.0.0.1'] }, { vips: ['224.0.0.1/32'] }, { vips: ['0.0.0.0/0'] }, { spec: { ...spec, virtualIpaddress: '255.255.255.255/32' } }, { vips: ['10.0.0.1/24 dev eth0'] }
]

test('a field beyond its grammar: malformed, before any signature is looked at', () => {
  const { signature } = seal(recordOf(id)).envelope
  for (const over of broken) {
    const payload = canonicalJsonOf({ ...recordOf(id), ...over })
    assert.deepEqual(open({ payload, signature }), { ok: false, fault: 'malformed' }, payload.slice(0, 200))
  }
})

test('what is too long is not even parsed; the longest record fits', () => {
  const { signature } = seal(recordOf(id)).envelope
  assert.deepEqual(open({ payload: 'x'.repeat(payloadLengthMax + 1), signature }), { ok: false, fault: 'oversized' })
  const full = Array.from({ length: 300 }, () => otherId)
  const longest = seal({ ...recordOf(id), lists: full, peers: Array.from({ length: 300 }, () => '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'), gone: full, reason: 'x'.repeat(200), software: 'x'.repeat(64), founder: otherId, tombstones: 'a'.repeat(128) })
  assert(other.open(longest.envelope).ok)
})

test('sealing what breaks the grammar is a defect of ours', () => {
  assert.throws(() => seal({ ...recordOf(id), port: 0 }), { name: 'AssertionError' })
})

test('whatever the envelope, opening never throws and never takes what was not signed', () => {
  const { signature } = seal(recordOf(id)).envelope
  check(property(oneof(string(), json()), oneof(string(), constant(signature), base64String()), (payload, sign) => {
    assert(!open({ payload, signature: sign }).ok)
  }))
})

test('canonical JSON: keys in one order, values as they were', () => {
  check(property(dictionary(string(), jsonValue()), (object) => {
    const backwards = Object.fromEntries(Object.entries(object).toReversed())
    assert.equal(canonicalJsonOf(object), canonicalJsonOf(backwards))
    assert.deepEqual(JSON.parse(canonicalJsonOf(object)), JSON.parse(JSON.stringify(object)))
  }))
})

test('whatever is not remembered has a price, be it malformed or forged, and is not looked at by who cannot pay', () => {
  const { seal: sealHere, open: openHere } = createSealing({ key, group })
  const { envelope } = sealHere({ ...recordOf(id), sequence: 77 })
  const malformed = { ...envelope, payload: envelope.payload.replace('"joining"', '"king"') }
  const forged = { ...envelope, payload: envelope.payload.replace('"joining"', '"active"') }
  const large = { ...envelope, payload: 'x'.repeat(40_000) }
  const priceOf = (one: typeof envelope): number => {
    let price = 0
    openHere(one, (cost) => {
      price += cost
      return true
    })
    return price
  }
  assert.deepEqual([malformed, forged, large, envelope, envelope].map(priceOf), [1, 1, 10, 1, 0])
  for (const one of [malformed, forged, large]) assert.deepEqual(openHere(one, () => false), { ok: false, fault: 'deferred' })
  assert(openHere(envelope, () => false).ok, 'what is remembered is free')
})
