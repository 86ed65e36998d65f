/** Peers that know the group's protocol and break it: dropped, named once, refused for a while; nobody else notices. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { createFrameReader, frameBytesMax, frameOf } from '../../src/mesh/frame.ts'
import { exchangeProtocolOf, linkProtocolOf } from '../../src/mesh/group.ts'
import { startHost } from './host.ts'
import { memoryLog } from './memory-log.ts'
import { group, startRogue } from './rogue.ts'

const length = (bytes: number): Uint8Array => {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes)
  return prefix
}

const offences: Record<string, Uint8Array> = {
  'no JSON': frameOf('hello'),
  'no message': frameOf('{"kind":"table"}'),
  'a message with a wrong field': frameOf('{"kind":"beat","digest":7}'),
  'no UTF-8': Buffer.concat([length(2), Buffer.from([0xc3, 0x28])]),
  'an empty frame': length(0),
  'a frame announced too long': length(frameBytesMax + 1),
  'a length of four gigabytes': Buffer.from([0xff, 0xff, 0xff, 0xff])
}

for (const [name, bytes] of Object.entries(offences)) {
  test(`${name}: the link ends, the peer is refused, the log says so once`, async (t) => {
    const { log, lines } = memoryLog()
    const host = await startHost({ log })
    const rogue = await startRogue(host)
    t.after(() => Promise.all([host.mesh.stop(), rogue.node.stop()]))
    const stream = await rogue.open()
    const closed = once(stream, 'close')
    stream.send(bytes)
    await Promise.all([closed, host.until('unlinked')])
    await assert.rejects(rogue.open())
    assert.deepEqual(host.told.map(({ kind }) => kind), ['linked', 'unlinked'])
    assert.equal(lines.length, 1)
    assert.equal(lines[0]?.['peer'], rogue.id)
  })
}

test('a forged claim ends the link and reaches nobody; one that only a newer agent understands is skipped', async (t) => {
  const host = await startHost()
  const [newer, forger] = [await startRogue(host), await startRogue(host)]
  t.after(() => Promise.all([host.mesh.stop(), newer.node.stop(), forger.node.stop()]))
  const { envelope } = host.claim()
  const table = (payload: string): Uint8Array =>
    frameOf(JSON.stringify({ kind: 'table', claims: [{ ...envelope, payload }, envelope], spread: false }))

  const kept = await newer.open()
  kept.send(table(envelope.payload.replace('"joining"', '"hibernating"')))
  const { message } = await host.until('message')
  assert(message.kind === 'table')
  assert.equal(message.claims.length, 1)

  const stream = await forger.open()
  stream.send(table(envelope.payload.replace('"joining"', '"active"')))
  await host.until('unlinked', ({ id }) => id === forger.id)
  assert.equal(host.all('message').length, 1)
  assert.equal(kept.status, 'open')
})

test('who comes back under a new key each time is refused by address in the end', async (t) => {
  const { log, lines } = memoryLog()
  const host = await startHost({ log })
  t.after(() => host.mesh.stop())
  let times = 0
  for (let isLetIn = true; isLetIn; times++) {
    const rogue = await startRogue(host)
    t.after(() => rogue.node.stop())
    const stream = await rogue.open().catch(() => null)
    isLetIn = stream !== null
    if (stream === null || stream.status !== 'open') continue
    const closed = once(stream, 'close')
    stream.send(frameOf('hello'))
    await closed
    assert(times < 40, 'it is let in for ever')
  }
  assert(times >= 8, `${times} offences`)
  assert.equal(lines.length, times - 1)
})

test('a flood is read at the pace of the allowance and keeps nobody else waiting', async (t) => {
  const host = await startHost()
  const rogue = await startRogue(host)
  const friend = await startHost()
  t.after(() => Promise.all([host.mesh.stop(), rogue.node.stop(), friend.mesh.stop()]))
  friend.mesh.perform({ kind: 'dial', address: host.address, port: host.port })
  const stream = await rogue.open()
  const flood = Buffer.concat(Array.from({ length: 2000 }, () => frameOf('{"kind":"beat","digest":"flood"}')))
  for (let round = 0; round < 20; round++) stream.send(flood)
  await friend.until('linked')
  friend.mesh.perform({ kind: 'send', to: host.mesh.id, message: { kind: 'beat', digest: 'friend' } })
  await host.until('message', ({ from }) => from === friend.mesh.id)
  const floodRead = host.all('message').filter(({ from }) => from === rogue.id).length
  assert(floodRead > 0 && floodRead < 20_000, `${floodRead} of 40000 messages were read`)
})

test('whoever asks for a large table without end gets a few of them, and every other word', async (t) => {
  const host = await startHost()
  const rogue = await startRogue(host)
  t.after(() => Promise.all([host.mesh.stop(), rogue.node.stop()]))
  const reader = createFrameReader()
  const tables = { whole: 0, small: 0 }
  const done = Promise.withResolvers<void>()
  await rogue.node.handle(linkProtocolOf(group), (stream) => {
    stream.addEventListener('message', ({ data }) => {
      for (const text of reader.read(data)) {
        if (text.startsWith('{"kind":"beat"')) done.resolve()
        else tables[text.length > 64 * 1024 ? 'whole' : 'small']++
      }
    })
  })
  host.mesh.perform({ kind: 'dial', address: rogue.address, port: rogue.port })
  await host.until('linked')
  const claims = Array.from({ length: 250 }, () => host.claim())
  for (let times = 0; times < 100; times++) {
    for (const some of [claims, claims.slice(0, 1)]) host.mesh.perform({ kind: 'send', to: rogue.id, message: { kind: 'table', claims: some, spread: false } })
  }
  host.mesh.perform({ kind: 'send', to: rogue.id, message: { kind: 'beat', digest: 'last' } })
  await done.promise
  assert.equal(tables.small, 100)
  assert(tables.whole > 5 && tables.whole < 50, `${tables.whole} of 100`)
})

test('an exchange without end, and one that says nothing, cost the host nothing', async (t) => {
  const host = await startHost()
  const [mute, endless] = [await startRogue(host), await startRogue(host)]
  t.after(() => Promise.all([host.mesh.stop(), mute.node.stop(), endless.node.stop()]))
  const silent = await mute.open(exchangeProtocolOf(group))
  const talking = await endless.open(exchangeProtocolOf(group))
  const bothClosed = Promise.all([once(silent, 'close'), once(talking, 'close')])
  for (let bag = 0; bag < 100 && talking.status === 'open'; bag++) talking.send(frameOf('{"claims":[],"more":true}'))
  await bothClosed
  assert.deepEqual(host.told, [])
})

test('streams without end: a connection has sixteen, each that says nothing is closed, and the connection with it', async (t) => {
  const host = await startHost()
  const rogue = await startRogue(host)
  t.after(() => Promise.all([host.mesh.stop(), rogue.node.stop()]))
  const connection = await rogue.connect()
  const ended = once(connection, 'close')
  // One after the other: beside the seventeenth, which ends the connection, not all of the sixteen would be through.
  for (let i = 0; i < 16; i++) await connection.newStream(exchangeProtocolOf(group))
  await assert.rejects(connection.newStream(exchangeProtocolOf(group)))
  await ended
  assert.deepEqual(host.told, [])
})
