/** The stream under a pre-shared key: what comes out is what went in, until its counter is used up, which ends it and nothing else. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { Box, createKeystream } from '../../src/mesh/box.ts'

const key = Buffer.alloc(32, 7)
const [nonceA, nonceB] = [Buffer.alloc(24, 1), Buffer.alloc(24, 2)]

/** Where the counter of blocks of 64 bytes ends: 256 GiB. */
const endOfStream = 64 * 2 ** 32

/** Both ends of a connection, whose two streams have gone so far already. */
function boxes ({ aToB = 0, bToA = 0 }: { readonly aToB?: number, readonly bToA?: number }): readonly [Box, Box] {
  const [a, b] = multiaddrConnectionPair()
  return [
    new Box({ connection: a, inbound: createKeystream(key, nonceB, bToA), outbound: createKeystream(key, nonceA, aToB) }),
    new Box({ connection: b, inbound: createKeystream(key, nonceA, aToB), outbound: createKeystream(key, nonceB, bToA) })
  ]
}

async function arrives (from: Box, to: Box, text: string): Promise<void> {
  const message = once(to, 'message')
  from.send(Buffer.from(text))
  const [{ data }] = await message
  assert.equal(Buffer.from(data.subarray()).toString(), text)
}

test('what comes out is what went in, in pieces of any length, both ways', async () => {
  const [a, b] = boxes({})
  for (const length of [1, 63, 64, 65, 1000]) {
    await arrives(a, b, 'x'.repeat(length))
    await arrives(b, a, 'y'.repeat(length))
  }
})

test('the last bytes before the counter ends arrive; the next ones end the connection at both ends, and are no error of the process', async () => {
  const [a, b] = boxes({ aToB: endOfStream - 100, bToA: endOfStream - 100 })
  await arrives(a, b, 'last words that fit')
  const ends = Promise.all([a, b].map((end) => once(end, 'close')))
  a.send(Buffer.alloc(200))
  await ends
  assert.deepEqual([a.status, b.status], ['aborted', 'reset'])
})

test('who receives beyond the counter ends the connection', async () => {
  const [a, b] = multiaddrConnectionPair()
  const sender = new Box({ connection: a, inbound: createKeystream(key, nonceB), outbound: createKeystream(key, nonceA) })
  const receiver = new Box({ connection: b, inbound: createKeystream(key, nonceA, endOfStream - 10), outbound: createKeystream(key, nonceB) })
  receiver.addEventListener('message', () => { assert.fail('something was read') })
  const ends = Promise.all([sender, receiver].map((end) => once(end, 'close')))
  sender.send(Buffer.alloc(200))
  await ends
  assert.deepEqual([sender.status, receiver.status], ['reset', 'aborted'])
})
