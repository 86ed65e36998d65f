/** What stays of members that come and go, each under a key of its own, over real connections: descriptors, heap, libp2p's own memory of peers. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { forgetDeparted } from '../../src/mesh/departed.ts'
import { endpointOf } from '../../src/mesh/address.ts'
import { createNode } from '../../src/mesh/node.ts'
import { freePort, link, startHost, type Host } from './host.ts'

/** `LEAK_JOINS=10000` for the long run. */
const JOINS = Number(process.env['LEAK_JOINS'] ?? 150)
/** Until then caches fill, and code is compiled. */
const WARM_UP = 50
/** Of 100 joins; measured 0.3 MiB. Each would keep some 40 KiB if its connection stayed. */
const HEAP_GROWTH_MAX = 3 * 2 ** 20

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

interface Usage {
  readonly heap: number
  readonly descriptors: number
}

/** When what was closed has had its time to go. */
async function usage (): Promise<Usage> {
  await sleep(1500)
  assert(typeof collect === 'function')
  for (let pass = 0; pass < 2; pass++) collect()
  return { heap: process.memoryUsage().heapUsed, descriptors: readdirSync('/proc/self/fd').length }
}

/** One in ten comes in; more would be held up, since all have one address. */
async function joinAndLeave (host: Host, i: number): Promise<void> {
  const peer = await startHost()
  await (i % 10 === 0 ? link(peer, host) : link(host, peer))
  peer.mesh.perform({ kind: 'publish', claims: [peer.claim()] })
  peer.mesh.perform({ kind: 'send', to: host.mesh.id, message: { kind: 'beat', digest: 'here' } })
  await host.until('message', ({ from }) => from === peer.mesh.id)
  await peer.mesh.stop()
  await host.until('unlinked', ({ id }) => id === peer.mesh.id)
  host.told.length = 0
}

test(`${JOINS} members join and leave: no descriptor stays open, and the heap is what it was`, async (t) => {
  const host = await startHost()
  t.after(() => host.mesh.stop())
  for (let i = 0; i < WARM_UP; i++) await joinAndLeave(host, i)
  const before = await usage()
  for (let i = WARM_UP; i < JOINS; i++) await joinAndLeave(host, i)
  const after = await usage()
  const growth = after.heap - before.heap
  t.diagnostic(`heap ${(growth / 1024).toFixed(0)} KiB, descriptors ${before.descriptors} → ${after.descriptors}`)
  assert.ok(after.descriptors <= before.descriptors + 2, `descriptors ${before.descriptors} → ${after.descriptors}`)
  assert.ok(growth <= HEAP_GROWTH_MAX, `the heap has grown by ${growth} bytes`)
  assert.deepEqual(host.mesh.links(), [])
})

test('libp2p forgets who has gone', async (t) => {
  const group = { name: 'test', virtualRouterId: 51 }
  const node = await createNode({ key: await generateKeyPair('Ed25519'), group, port: await freePort(), addresses: ['127.0.0.1'], software: 'test' }, { gater: {}, protector: { protect: async (connection) => connection } })
  await node.start()
  const peer = await startHost()
  t.after(() => Promise.all([node.stop(), peer.mesh.stop()]))
  const remembers = async (): Promise<boolean> => (await node.peerStore.all()).some(({ id }) => id.toString() === peer.mesh.id)
  const meet = async (): Promise<void> => {
    const connection = await node.dial(endpointOf(peer.address, peer.port))
    await node.services.identify.identify(connection)
    assert.ok(await remembers())
    await connection.close()
  }
  await meet()
  assert.ok(await remembers(), 'by itself it does not')
  forgetDeparted(node, 1)
  await meet()
  for (let look = 0; look < 400 && await remembers(); look++) await sleep(20)
  assert.equal(await remembers(), false)
})
