/** Who is let in by the first bytes that it says: keys, an open door, both for a while; and what strangers get to see. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionProtector } from '@libp2p/interface'
import { createEntrance, type Refusal } from '../../src/mesh/entrance.ts'
import { endpointOf } from '../../src/mesh/address.ts'
import { isOnLink } from '../../src/mesh/neighbourhood.ts'
import { createNode, type MeshNode } from '../../src/mesh/node.ts'
import { freePort, keyOf, startHost, type Host, type HostOptions } from './host.ts'
import { memoryLog } from './memory-log.ts'

const group = { name: 'test', virtualRouterId: 51 }
const SECRET = 'correct horse battery staple'
const NEW_SECRET = 'a horse of another colour'
const greeting = Buffer.from('\x13/multistream/1.0.0\n')

async function startNode (t: TestContext, protector: ConnectionProtector, port = 0): Promise<MeshNode> {
  const node = await createNode({ key: await generateKeyPair('Ed25519'), group, port, addresses: ['127.0.0.9'], software: 'other' }, { gater: {}, protector })
  t.after(() => node.stop())
  await node.start()
  return node
}

async function start (t: TestContext, options: HostOptions): Promise<Host> {
  const host = await startHost(options)
  t.after(() => host.mesh.stop())
  return host
}

/** Whether `from` can dial `to`. */
async function letsIn (from: Host, to: Host): Promise<boolean> {
  const before = from.told.length
  from.mesh.perform({ kind: 'verify', address: to.address, port: to.port })
  const answer = (): boolean | null => {
    const told = from.told.slice(before).find(({ kind }) => kind === 'verified' || kind === 'dialFailed')
    return told === undefined ? null : told.kind === 'verified'
  }
  await Promise.race([from.until('verified', () => answer() !== null), from.until('dialFailed', () => answer() !== null)])
  return answer() === true
}

/** All bytes that a host gives to somebody who says these things, each after the answer to the one before, until it closes. */
async function answersTo (host: Host, ...words: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(host.port, host.address)
  const received: Buffer[] = []
  const next = [...words]
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.on('data', (data: Buffer) => {
    received.push(data)
    socket.write(next.shift() ?? '')
  })
  socket.write(next.shift() ?? '')
  await new Promise((resolve) => { socket.once('close', resolve) })
  return Buffer.concat(received)
}

test('a stranger gets our nonce and no more, and is told of once however often it comes', async (t) => {
  const { log, lines } = memoryLog()
  const host = await start(t, { secret: SECRET, log })
  for (let round = 0; round < 3; round++) {
    assert.equal((await answersTo(host, randomBytes(24), randomBytes(64))).byteLength, 24)
    assert.equal((await answersTo(host, greeting)).byteLength, 0, 'not even a nonce for who has no secret')
  }
  assert.deepEqual(lines.map(({ address, mismatch }) => [address, mismatch]), [['127.0.0.1', 'otherSecret'], ['127.0.0.1', 'noSecret']])
  assert.match(String(lines[0]?.['msg']), /KEEPALIVED_MESH_SECRET/)
  const open = await start(t, { log })
  assert.equal((await answersTo(open, randomBytes(24))).byteLength, 0)
  assert.equal(lines.at(-1)?.['mismatch'], 'hasSecret')
})

/** Somebody without the secret who listens there, and does with each connection what he likes. */
async function startStranger (t: TestContext, address: string, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    serve(socket)
  }).listen(0, address)
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  const bound = server.address()
  assert(typeof bound === 'object' && bound !== null)
  return bound.port
}

/** Somebody without the secret who passes on whatever is said to him, and back, to the port of that host. */
async function startRelay (t: TestContext, { address, port }: { readonly address: string, readonly port: number }): Promise<number> {
  return await startStranger(t, '127.0.0.9', (socket) => {
    const back = connect(port, address).on('error', () => {})
    socket.pipe(back).pipe(socket).on('error', () => {})
    socket.on('close', () => { back.destroy() })
    back.on('close', () => { socket.destroy() })
  })
}

test('whoever gives our own words back, or passes them on to our own port, is no agent, no twin, and not told of', async (t) => {
  const { log, lines } = memoryLog()
  const host = await start(t, { secret: SECRET, log })
  let given = 0
  const echo = await startStranger(t, '127.0.0.9', (socket) => {
    socket.on('data', (data: Buffer) => {
      given += data.byteLength
      socket.write(data)
    })
  })
  const relay = await startRelay(t, host)
  for (const port of [echo, relay]) {
    for (let round = 0; round < 4; round++) {
      const before = host.all('dialFailed').length
      host.mesh.perform({ kind: 'dial', address: '127.0.0.9', port })
      await host.until('dialFailed', () => host.all('dialFailed').length > before)
    }
  }
  assert.deepEqual(host.all('dialFailed').map(({ failure }) => failure), Array.from({ length: 8 }, () => 'rejected'))
  assert.equal(given, 4 * 24, 'no word under the key came after our nonce')
  assert.deepEqual([lines, host.all('linked')], [[], []])
})

test('a dial that leads back to the own port is told as that, whatever the connection fails of', async (t) => {
  const key = keyOf('test', SECRET)
  const entrance = createEntrance({ keys: [key], open: false }, { isNeighbour: () => true, onRefused: () => {} })
  const port = await freePort('127.0.0.9')
  const node = await startNode(t, entrance.protector, port)
  const relay = endpointOf('127.0.0.9', await startRelay(t, { address: '127.0.0.9', port }))
  await assert.rejects(entrance.dialling(relay, key, () => node.dial(relay, { force: true })), { name: 'CameBackError' })
})

test('what was recorded of a connection and is said again opens nothing: each side has a new nonce, and Noise new keys', async (t) => {
  const [host, friend] = [await start(t, { secret: SECRET }), await start(t, { secret: SECRET })]
  const said: Buffer[] = []
  const recorder = await startStranger(t, '127.0.0.9', (socket) => {
    const onward = connect(host.port, host.address).on('error', () => {})
    socket.on('data', (data: Buffer) => {
      said.push(data)
      onward.write(data)
    })
    onward.pipe(socket)
    onward.on('close', () => { socket.destroy() })
  })
  friend.mesh.perform({ kind: 'dial', address: '127.0.0.9', port: recorder })
  await Promise.all([friend.until('linked'), host.until('linked')])
  const [nonce = Buffer.alloc(0), ...rest] = said
  assert.equal(nonce.byteLength, 24)
  const before = host.told.length
  // Its greeting is let in, since it goes under its own nonce; the keys of Noise are others than then, so the second message is none.
  const [first, again] = [await answersTo(host, nonce, Buffer.concat(rest)), await answersTo(host, nonce, Buffer.concat(rest))]
  for (const answer of [first, again]) {
    assert(answer.byteLength < 400, `${answer.byteLength} bytes came: the nonce, the greeting and one message of Noise at most`)
    assert(!answer.includes(greeting), 'they can be read')
  }
  assert.notDeepEqual(first.subarray(24, 44), again.subarray(24, 44), 'one word is never hidden in the same way twice')
  assert.deepEqual(host.told.slice(before), [])
})

test('each side of a mismatch is told what is likely wrong, once', async (t) => {
  for (const [here, there, mismatch] of [[SECRET, NEW_SECRET, 'otherSecret'], [null, SECRET, 'noSecret'], [SECRET, null, 'hasSecret']] as const) {
    const [mine, its] = [memoryLog(), memoryLog()]
    const [from, to] = [await start(t, { secret: here, log: mine.log }), await start(t, { secret: there, log: its.log, address: '127.0.0.2' })]
    for (let round = 0; round < 5; round++) assert.equal(await letsIn(from, to), false)
    assert.deepEqual(its.lines.map(line => line['mismatch']), [mismatch])
    assert.deepEqual(mine.lines.map(line => [line['address'], line['mismatch']]), [['127.0.0.2', 'refusedUs']])
  }
})

test('while a secret is changed, hosts with both reach all and are reached by all; those with one each keep apart', async (t) => {
  for (const [before, previous] of [[SECRET, SECRET], [null, 'none']] as const) {
    const old = await start(t, { secret: before })
    const both = await start(t, { secret: NEW_SECRET, previous })
    const alsoBoth = await start(t, { secret: NEW_SECRET, previous })
    const done = await start(t, { secret: NEW_SECRET })
    for (const [from, to, expected] of [
      [old, both, true], [both, old, true], [both, alsoBoth, true], [both, done, true], [done, both, true], [old, done, false], [done, old, false]
    ] as const) {
      for (let round = 0; round < 2; round++) assert.equal(await letsIn(from, to), expected, `${from === old ? 'old' : from === both ? 'both' : 'new'} to ${to === old ? 'old' : to === both ? 'both' : 'new'}`)
    }
  }
})

test('an open door is for neighbours, a key for everybody', async (t) => {
  const refusals: Refusal[] = []
  const entrance = createEntrance({ keys: [keyOf('test', SECRET)], open: true }, { isNeighbour: () => false, onRefused: (_, refusal) => { refusals.push(refusal) } })
  const port = await freePort('127.0.0.9')
  const node = await startNode(t, entrance.protector, port)
  const [open, keyed] = [await start(t, {}), await start(t, { secret: SECRET })]
  for (const host of [open, keyed]) host.mesh.perform({ kind: 'verify', address: '127.0.0.9', port })
  assert.equal((await open.until('dialFailed')).failure, 'rejected')
  assert.equal((await keyed.until('verified')).id, node.peerId.toString())
  assert.deepEqual(refusals, ['offLink'])
})

test('an open mesh dials no host on another network, unless it is named', async (t) => {
  const { log, lines } = memoryLog()
  const host = await start(t, { log })
  host.mesh.perform({ kind: 'dial', address: '203.0.113.1', port: 11251 })
  assert.equal((await host.until('dialFailed')).failure, 'unreachable')
  assert.deepEqual(lines.map(line => line['mismatch']), ['farOff'])
})

test('on link is what lies in a network of one of the interfaces', () => {
  for (const [address, expected] of [['127.0.0.9', true], ['203.0.113.1', false], ['2001:db8::1', false]] as const) {
    assert.equal(isOnLink(address), expected, address)
  }
})
