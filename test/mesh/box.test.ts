/** The stream under a pre-shared key: what comes out is what went in, and what goes over the wire is what the standards say. */
import assert from 'node:assert/strict'
import { subtle } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { Box, createKeystream, nonceBytes } from '../../src/mesh/box.ts'

const key = Buffer.alloc(32, 7)
const [nonceA, nonceB] = [Buffer.alloc(nonceBytes, 1), Buffer.alloc(nonceBytes, 2)]

function boxes (): readonly [Box, Box] {
  const [a, b] = multiaddrConnectionPair()
  return [
    new Box({ connection: a, inbound: createKeystream(key, nonceB), outbound: createKeystream(key, nonceA) }),
    new Box({ connection: b, inbound: createKeystream(key, nonceA), outbound: createKeystream(key, nonceB) })
  ]
}

async function arrives (from: Box, to: Box, text: string): Promise<void> {
  const message = once(to, 'message')
  from.send(Buffer.from(text))
  const [{ data }] = await message
  assert.equal(Buffer.from(data.subarray()).toString(), text)
}

const stream = (nonce: Uint8Array, under = key): string => Buffer.from(createKeystream(under, nonce)(Buffer.alloc(100))).toString('hex')

test('what comes out is what went in, in pieces of any length, both ways', async () => {
  const [a, b] = boxes()
  for (const length of [1, 15, 16, 17, 1000]) {
    await arrives(a, b, 'x'.repeat(length))
    await arrives(b, a, 'y'.repeat(length))
  }
})

test('the stream is AES-256-CTR from zero, under what HKDF-SHA256 makes of key and nonce', async () => {
  const secret = await subtle.importKey('raw', key, 'HKDF', false, ['deriveKey'])
  const derived = await subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: nonceA, info: Buffer.from('keepalived-mesh box') }, secret, { name: 'AES-CTR', length: 256 }, false, ['encrypt'])
  const expected = await subtle.encrypt({ name: 'AES-CTR', counter: Buffer.alloc(16), length: 128 }, derived, Buffer.alloc(100))
  assert.equal(stream(nonceA), Buffer.from(expected).toString('hex'))
})

test('each nonce and each key has a stream of its own', () => {
  const streams = [stream(nonceA), stream(nonceB), stream(nonceA, Buffer.alloc(32, 8))]
  assert.equal(new Set(streams).size, streams.length)
})

test('what closes one end closes the other', async () => {
  const [a, b] = boxes()
  const ends = Promise.all([a, b].map((end) => once(end, 'close')))
  await a.close()
  await ends
  assert.deepEqual([a.status, b.status], ['closed', 'closed'])
})
