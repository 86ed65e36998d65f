/** Strangers that connect without end, or never finish: members get in meanwhile, and the log stays short. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { unfinishedMax } from '../../src/mesh/guests.ts'
import { link, startHost, type Host } from './host.ts'
import { memoryLog } from './memory-log.ts'

const SECRET = 'correct horse battery staple'
/** Where the strangers come from; members are at 127.0.0.1. */
const STRANGER = '127.0.0.66'
const greeting = Buffer.from('\x13/multistream/1.0.0\n')

function knock ({ port, address }: Host, opening: Buffer): Socket {
  const socket = connect({ port, host: address, localAddress: STRANGER })
  socket.on('error', () => {})
  socket.once('connect', () => { socket.write(opening) })
  return socket
}

/** One connection of a flood with another secret, to its end; whether it was answered. */
async function intrude (host: Host): Promise<boolean> {
  const socket = knock(host, randomBytes(24))
  let answered = false
  socket.once('data', () => {
    answered = true
    socket.write(randomBytes(44))
  })
  await new Promise((resolve) => { socket.once('close', resolve) })
  return answered
}

test('2,000 connections with another secret: most are closed unseen, links stay, a member gets in meanwhile, two lines are logged', async (t) => {
  const { log, lines } = memoryLog()
  const host = await startHost({ secret: SECRET, log })
  const [friend, newcomer] = [await startHost({ secret: SECRET }), await startHost({ secret: SECRET })]
  t.after(() => Promise.all([host, friend, newcomer].map(({ mesh }) => mesh.stop())))
  await link(friend, host)
  let answered = 0
  for (let wave = 0; wave < 40; wave++) {
    const intrusions = Promise.all(Array.from({ length: 50 }, () => intrude(host)))
    if (wave === 20) await link(newcomer, host)
    answered += (await intrusions).filter(Boolean).length
  }
  assert.ok(answered >= 16 && answered < 1000, `${answered} of 2000 were answered`)
  assert.deepEqual([...host.all('unlinked'), ...friend.all('unlinked')], [])
  assert.deepEqual(lines.map(({ address, mismatch }) => [address, mismatch]), [[STRANGER, 'otherSecret'], [STRANGER, 'tooFast']])
})

for (const [what, secret, opening] of [
  ['that say nothing', SECRET, Buffer.alloc(0)],
  ['that send a nonce and no more', SECRET, randomBytes(24)],
  ['that greet an open mesh and no more', null, greeting]
] as const) {
  test(`handshakes ${what}: an address has ${unfinishedMax} at a time, the rest are closed, and a member gets in meanwhile`, async (t) => {
    const [host, friend] = [await startHost({ secret }), await startHost({ secret })]
    t.after(() => Promise.all([host, friend].map(({ mesh }) => mesh.stop())))
    const sockets = Array.from({ length: unfinishedMax + 8 }, () => knock(host, opening))
    const closed = sockets.map(async (socket) => {
      await new Promise((resolve) => { socket.once('close', resolve) })
      return socket
    })
    await Promise.any(closed)
    await link(friend, host)
    // Those that were taken are cut as well, when the time for a handshake is over.
    assert.equal((await Promise.all(closed)).length, unfinishedMax + 8)
    assert.deepEqual(host.all('linked').map(({ id }) => id), [friend.mesh.id])
  })
}
