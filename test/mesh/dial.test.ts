/** What a dial, a verification and an exchange come back with, and how each way of failing is told. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { freePort, link, startHost, type Host } from './host.ts'

const stopAll = (...hosts: Host[]): Promise<unknown> => Promise.all(hosts.map(({ mesh }) => mesh.stop()))

test('nothing listens: refused', async (t) => {
  const a = await startHost()
  t.after(() => stopAll(a))
  const port = await freePort()
  for (const kind of ['dial', 'verify'] as const) a.mesh.perform({ kind, address: '127.0.0.1', port })
  a.mesh.perform({ kind: 'exchange', address: '127.0.0.1', port, claims: [] })
  await a.until('dialFailed', () => a.all('dialFailed').length === 3)
  assert.deepEqual(new Set(a.all('dialFailed').map(({ failure }) => failure)), new Set(['refused']))
})

test('a host that takes the connection and says nothing: unreachable', async (t) => {
  const a = await startHost()
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  t.after(async () => {
    mute.close()
    await stopAll(a)
  })
  const bound = mute.address()
  assert(typeof bound === 'object' && bound !== null)
  a.mesh.perform({ kind: 'dial', address: '127.0.0.1', port: bound.port })
  assert.equal((await a.until('dialFailed')).failure, 'unreachable')
})

test('another secret, a secret against none, none against a secret: rejected, and nobody is linked', async (t) => {
  const hosts = {
    one: await startHost({ secret: 'correct horse battery staple' }),
    other: await startHost({ secret: 'incorrect horse' }),
    open: await startHost({ secret: null })
  }
  t.after(() => stopAll(...Object.values(hosts)))
  for (const [from, to] of [['one', 'other'], ['one', 'open'], ['open', 'one']] as const) {
    for (let round = 0; round < 5; round++) {
      const before = hosts[from].all('dialFailed').length
      hosts[from].mesh.perform({ kind: 'dial', address: hosts[to].address, port: hosts[to].port })
      const { failure } = await hosts[from].until('dialFailed', () => hosts[from].all('dialFailed').length > before)
      // Without a secret, one who has one cannot be told from a host that hangs, when its garbage happens to ask for more.
      if (from === 'open') assert.notEqual(failure, 'refused')
      else assert.equal(failure, 'rejected', `${from} to ${to}`)
    }
  }
  for (const host of Object.values(hosts)) assert.deepEqual(host.all('linked'), [])
})

test('the same secret: linked', async (t) => {
  const [a, b] = [await startHost({ secret: 'correct horse' }), await startHost({ secret: 'correct horse' })]
  t.after(() => stopAll(a, b))
  await link(a, b)
})

test('another group behind the port: rejected', async (t) => {
  const [a, b] = [await startHost({ name: 'blue' }), await startHost({ name: 'green' })]
  t.after(() => stopAll(a, b))
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
  assert.equal((await a.until('dialFailed')).failure, 'rejected')
  assert.deepEqual(b.told, [])
})

test('oneself, and another host with the own key: rejected', async (t) => {
  const key = await generateKeyPair('Ed25519')
  const [a, twin] = [await startHost({ key }), await startHost({ key, address: '127.0.0.2' })]
  t.after(() => stopAll(a, twin))
  for (const { address, port } of [a, twin]) {
    a.mesh.perform({ kind: 'dial', address, port })
    assert.equal((await a.until('dialFailed', failed => failed.port === port)).failure, 'rejected')
  }
  assert.deepEqual(twin.told, [])
})

test('a verification names who answers, and leaves neither link nor connection', async (t) => {
  const [a, b] = [await startHost(), await startHost({ address: '127.0.0.3' })]
  t.after(() => stopAll(a, b))
  a.mesh.perform({ kind: 'verify', address: b.address, port: b.port })
  assert.deepEqual(await a.until('verified'), { kind: 'verified', id: b.mesh.id, address: '127.0.0.3', port: b.port })
  assert.deepEqual(b.told, [])
})

test('verifying the address of an inbound link does not disturb the link', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => stopAll(a, b))
  await link(b, a)
  for (let round = 0; round < 3; round++) {
    a.mesh.perform({ kind: 'verify', address: b.address, port: b.port })
    await a.until('verified', () => a.all('verified').length === round + 1)
  }
  a.mesh.perform({ kind: 'send', to: b.mesh.id, message: { kind: 'beat', digest: 'd' } })
  await b.until('message')
  assert.deepEqual([...a.all('unlinked'), ...b.all('unlinked')], [])
})

test('dial and verification of one address at once do not share a connection', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => stopAll(a, b))
  for (const kind of ['dial', 'verify', 'verify', 'dial'] as const) a.mesh.perform({ kind, address: b.address, port: b.port })
  await a.until('verified')
  await b.until('linked')
  a.mesh.perform({ kind: 'send', to: b.mesh.id, message: { kind: 'beat', digest: 'd' } })
  await b.until('message')
  assert.deepEqual(a.told.map(({ kind }) => kind).toSorted(), ['linked', 'verified'])
})

test('who is linked by the time that it would be dialled is not', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => stopAll(a, b))
  await link(b, a)
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port, to: b.mesh.id })
  // After it, to the same place: whatever became of the dial is told by then.
  a.mesh.perform({ kind: 'exchange', address: b.address, port: b.port, claims: [] })
  await a.until('claims')
  assert.deepEqual(a.told.map(({ kind }) => kind), ['linked', 'claims'])
  // Whose address it is may be known only while the dial waits.
  a.told.length = 0
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port, to: b.mesh.id })
  a.mesh.perform({ kind: 'exchange', address: b.address, port: b.port, claims: [] })
  await a.until('claims')
  assert.deepEqual(a.told.map(({ kind }) => kind), ['claims'])
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
  await a.until('verified')
})

test('nothing comes of a dial that is forgone before its turn; asked for again it is made', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => stopAll(a, b))
  for (const kind of ['dial', 'forgo'] as const) a.mesh.perform({ kind, address: b.address, port: b.port })
  a.mesh.perform({ kind: 'exchange', address: b.address, port: b.port, claims: [] })
  await b.until('exchange')
  assert.deepEqual([a.all('linked'), b.all('linked')], [[], []])
  for (const kind of ['dial', 'forgo', 'dial'] as const) a.mesh.perform({ kind, address: b.address, port: b.port })
  await a.until('linked')
})

test('two hundred dials of dead addresses at once all come back', async (t) => {
  const a = await startHost()
  t.after(() => stopAll(a))
  const port = await freePort()
  for (let host = 1; host <= 200; host++) a.mesh.perform({ kind: 'dial', address: `127.0.1.${host}`, port })
  await a.until('dialFailed', () => a.all('dialFailed').length === 200)
  assert(a.all('dialFailed').every(({ failure }) => failure === 'refused'))
})

/** As agents do: they dial whom they have no link to, and who says nothing for long is hung up on. */
function keepUp (hosts: readonly Host[]): void {
  for (const host of hosts) {
    const linked = new Set(host.mesh.links().map(({ id }) => id))
    for (const { mesh: { id }, address, port } of hosts.filter(other => other !== host)) {
      host.mesh.perform(linked.has(id) ? { kind: 'send', to: id, message: { kind: 'beat', digest: 'here' } } : { kind: 'dial', address, port })
    }
  }
}

test('a group of thirteen that starts at once is linked through and through', async (t) => {
  const hosts = await Promise.all(Array.from({ length: 13 }, () => startHost()))
  // One process does the handshakes of all, so some time out, and some are so late that they are no collision any more.
  const timer = setInterval(keepUp, 2000, hosts)
  t.after(async () => {
    clearInterval(timer)
    await stopAll(...hosts)
  })
  keepUp(hosts)
  for (const host of hosts) await host.until('linked', () => host.mesh.links().length === 12)
  for (const host of hosts) assert.equal(new Set(host.mesh.links().map(({ id }) => id)).size, 12)
})
