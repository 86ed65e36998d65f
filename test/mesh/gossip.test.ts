import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Claim } from '../../src/core/record.ts'
import { endpointOf } from '../../src/mesh/address.ts'
import { createEntrance } from '../../src/mesh/entrance.ts'
import { linkProtocolOf, topicOf } from '../../src/mesh/group.ts'
import { createNode } from '../../src/mesh/node.ts'
import { link, startHost, type Host } from './host.ts'

const stopAll = (hosts: readonly Host[]): Promise<unknown> => Promise.all(hosts.map(({ mesh }) => mesh.stop()))

const isWordOf = ({ mesh }: Host, sequence: number) => ({ statement }: Claim): boolean =>
  statement.kind === 'member' && statement.id === mesh.id && statement.sequence === sequence

/** `host` has received that claim of `from`, by whichever way. */
const received = (host: Host, from: Host, sequence: number): Promise<unknown> => Promise.race([
  host.until('claims', ({ claims }) => claims.some(isWordOf(from, sequence))),
  host.until('message', ({ message }) => message.kind === 'table' && message.claims.some(isWordOf(from, sequence)))
])

async function startMesh (size: number): Promise<readonly Host[]> {
  const hosts = await Promise.all(Array.from({ length: size }, (_, index) => startHost({ address: `127.0.0.${index + 1}` })))
  for (const [index, host] of hosts.entries()) {
    for (const other of hosts.slice(index + 1)) await link(host, other)
  }
  return hosts
}

test('a claim published at the very moment of linking arrives, gossip or not', async (t) => {
  const hosts = [await startHost(), await startHost()] as const
  t.after(() => stopAll(hosts))
  await link(...hosts)
  hosts[0].mesh.perform({ kind: 'publish', claims: [hosts[0].claim({ sequence: 1 })] })
  await received(hosts[1], hosts[0], 1)
})

test('publishing with nobody there does nothing', async (t) => {
  const host = await startHost()
  t.after(() => stopAll([host]))
  host.mesh.perform({ kind: 'publish', claims: [host.claim()] })
  host.mesh.perform({ kind: 'publish', claims: [] })
})

test('six hosts: each claim reaches the five others exactly once, whoever publishes', async (t) => {
  const hosts = await startMesh(6)
  t.after(() => stopAll(hosts))
  await Promise.all(hosts.map(gossipIsUp(hosts)))
  for (const [index, host] of hosts.entries()) {
    host.mesh.perform({ kind: 'publish', claims: [host.claim({ sequence: 1000 + index })] })
    await Promise.all(hosts.filter(other => other !== host).map(other => received(other, host, 1000 + index)))
  }
  for (const host of hosts) {
    const heard = host.all('claims').flatMap(({ claims }) => claims).map(({ statement }) => statement)
    const counted = heard.filter(statement => statement.kind === 'member' && statement.sequence >= 1000)
    assert.deepEqual(counted.map(({ id }) => id).toSorted(), hosts.filter(other => other !== host).map(({ mesh }) => mesh.id).toSorted())
  }
})

test('after many collisions and reconnections gossip still reaches everybody', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => stopAll([a, b]))
  for (let round = 1; round <= 10; round++) {
    a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
    b.mesh.perform({ kind: 'dial', address: a.address, port: a.port })
    await Promise.all([a, b].map(host => host.until('linked', () => host.all('linked').length === round)))
    if (round === 10) break
    for (const [from, to] of [[a, b], [b, a]] as const) {
      from.mesh.perform({ kind: 'send', to: to.mesh.id, message: { kind: 'beat', digest: `${round}` } })
      await to.until('message', ({ message }) => message.kind === 'beat' && message.digest === `${round}`)
    }
    a.mesh.perform({ kind: 'hangUp', id: b.mesh.id })
    await Promise.all([a, b].map(host => host.until('unlinked', () => host.all('unlinked').length === round)))
  }
  await Promise.all([a, b].map(gossipIsUp([a, b])))
})

test('a gossip stream that was reset while the connection stays is opened again; meanwhile claims go over the link', async (t) => {
  const group = { name: 'test', virtualRouterId: 51 }
  const host = await startHost()
  const { protector } = createEntrance({ keys: [], open: true }, { isNeighbour: () => true, onRefused () {} })
  const node = await createNode({ key: await generateKeyPair('Ed25519'), group, port: 0, addresses: ['127.0.0.9'], software: 'peer' }, { gater: {}, protector })
  t.after(() => Promise.all([host.mesh.stop(), node.stop()]))
  await node.start()
  const { gossip, identify } = node.services
  const heard = new EventEmitter()
  gossip.addEventListener('gossipsub:message', () => heard.emit('gossip'))
  gossip.subscribe(topicOf(group))
  const connection = await node.dial(endpointOf(host.address, host.port), { force: true })
  const overLink = await connection.newStream(linkProtocolOf(group))
  await host.until('linked')
  await identify.identify(connection)

  const publishUntil = async (event: Promise<unknown>): Promise<void> => {
    const came = event.then(() => true)
    do host.mesh.perform({ kind: 'publish', claims: [host.claim()] })
    while (!await Promise.race([came, once(gossip, 'gossipsub:heartbeat').then(() => false)]))
  }
  await publishUntil(once(heard, 'gossip'))
  for (const stream of connection.streams) if (stream.direction === 'inbound' && stream.protocol.startsWith('/meshsub/')) stream.abort(new Error('reset'))
  await publishUntil(once(overLink, 'message'))
  await publishUntil(once(heard, 'gossip'))
  assert.equal(connection.status, 'open')
})

/** Publishes again and again until a claim comes by gossip rather than over the link. */
const gossipIsUp = (hosts: readonly Host[]) => async (host: Host): Promise<void> => {
  const others = hosts.filter(other => other !== host)
  const heardFrom = (other: Host, sequence: number): boolean => other.all('claims').some(({ claims }) => claims.some(isWordOf(host, sequence)))
  for (let sequence = 100; sequence < 200; sequence++) {
    host.mesh.perform({ kind: 'publish', claims: [host.claim({ sequence })] })
    await Promise.all(others.map(other => received(other, host, sequence)))
    if (others.every(other => heardFrom(other, sequence))) return
  }
  throw new Error('gossip never came up')
}
