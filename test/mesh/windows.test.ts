/** What is held back of yamux' words about windows: enough that a short message costs none, and never so much that somebody waits. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { MultiaddrConnection, Stream } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { yamuxInFewWords } from '../../src/mesh/windows.ts'

const windowBytes = 256 * 1024
const own = yamuxInFewWords({ windowBytes, streamsMax: 16 })
const theirs = yamux({ enableKeepAlive: false })

interface Pair {
  readonly sender: Stream
  readonly receiver: Stream
  /** Frames that the receiver sent. */
  readonly frames: () => number
  readonly received: () => number
  readonly until: (bytes: number) => Promise<void>
}

async function openPair (t: TestContext, { sends = own, receives = own } = {}): Promise<Pair> {
  const [outbound, inbound] = multiaddrConnectionPair()
  const [from, to] = [sends().createStreamMuxer(outbound), receives().createStreamMuxer(inbound)]
  t.after(() => Promise.all([from, to].map((muxer) => muxer.close())))
  const frames = counted(inbound)
  const opened = Promise.withResolvers<Stream>()
  to.addEventListener('stream', ({ detail }) => { opened.resolve(detail) })
  const sender = await from.createStream()
  sender.send(new Uint8Array(1))
  const receiver = await opened.promise
  let bytes = 0
  let awaited = { bytes: 0, come: () => {} }
  receiver.addEventListener('message', ({ data }) => {
    bytes += data.byteLength
    if (bytes >= awaited.bytes) awaited.come()
  })
  const until = (expected: number): Promise<void> => bytes >= expected ? Promise.resolve() : new Promise((resolve) => { awaited = { bytes: expected, come: resolve } })
  return { sender, receiver, frames, received: () => bytes, until }
}

function counted (connection: MultiaddrConnection): () => number {
  let frames = 0
  const send = connection.send.bind(connection)
  connection.send = (data) => {
    frames++
    return send(data)
  }
  return () => frames
}

async function tell (sender: Stream, data: Uint8Array): Promise<void> {
  if (!sender.send(data)) await sender.onDrain()
}

test('a hundred short messages are followed by no word of the receiver', async (t) => {
  const { sender, frames, until } = await openPair(t)
  await until(1)
  const before = frames()
  for (let i = 0; i < 100; i++) await tell(sender, new Uint8Array(44))
  await until(1 + 100 * 44)
  assert.equal(frames(), before)
})

for (const [who, muxers] of Object.entries({ 'two of ours': {}, 'ours to a plain one': { receives: theirs }, 'a plain one to ours': { sends: theirs } })) {
  test(`16 MiB go through, from ${who}`, async (t) => {
    const { sender, frames, until } = await openPair(t, muxers)
    const [piece, pieces] = [new Uint8Array(100_000), 160]
    for (let i = 0; i < pieces; i++) await tell(sender, piece)
    await until(1 + pieces * piece.byteLength)
    if (!('receives' in muxers)) assert(frames() <= 2 + pieces * piece.byteLength / (windowBytes / 4), `${frames()} frames`)
  })
}

test('who does not read is sent a window and no more, and the rest once it does', async (t) => {
  const { sender, receiver, received, until } = await openPair(t)
  await until(1)
  receiver.pause()
  for (let i = 0; i < 10; i++) sender.send(new Uint8Array(100_000))
  assert(received() <= 1 + windowBytes)
  receiver.resume()
  await until(1 + 1_000_000)
})

test('of streams that have ended nothing is owed: the thousandth is as quiet as the first', async (t) => {
  const [outbound, inbound] = multiaddrConnectionPair()
  const [from, to] = [own().createStreamMuxer(outbound), own().createStreamMuxer(inbound)]
  t.after(() => Promise.all([from, to].map((muxer) => muxer.close())))
  to.addEventListener('stream', ({ detail: stream }) => {
    stream.addEventListener('message', () => {})
    stream.addEventListener('remoteCloseWrite', () => { void stream.close() })
  })
  const frames = counted(inbound)
  for (let i = 0; i < 1000; i++) {
    const stream = await from.createStream()
    for (let message = 0; message < 3; message++) stream.send(new Uint8Array(44))
    await stream.close()
  }
  assert(frames() <= 3 * 1000, `${frames()} frames: that it is open, that it is closed, and seldom one more`)
})
