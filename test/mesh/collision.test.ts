import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { startHost, type Host } from './host.ts'
import { run } from './program.ts'

const rounds = 40

test(`both dial at once, ${rounds} times over: one link survives on both sides, told once, and no message is lost`, async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => Promise.all([a.mesh.stop(), b.mesh.stop()]))
  for (let round = 1; round <= rounds; round++) {
    a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
    b.mesh.perform({ kind: 'dial', address: a.address, port: a.port })
    // As the core does: a table as soon as there is a link.
    await Promise.all([greetOnce(a, b, round), greetOnce(b, a, round)])
    await Promise.all([heard(a, round, 'first'), heard(b, round, 'first')])
    for (const [from, to] of [[a, b], [b, a]] as const) from.mesh.perform({ kind: 'send', to: to.mesh.id, message: { kind: 'beat', digest: `second:${round}` } })
    await Promise.all([heard(a, round, 'second'), heard(b, round, 'second')])
    assert.equal(a.mesh.links().length, 1)
    assert.equal(b.mesh.links().length, 1)
    assert.equal(a.all('linked').length, round)
    assert.equal(b.all('linked').length, round)
    assert.equal(a.all('unlinked').length, round - 1)
    assert.equal(b.all('unlinked').length, round - 1)
    a.mesh.perform({ kind: 'hangUp', id: b.mesh.id })
    await Promise.all([a.until('unlinked', () => a.all('unlinked').length === round), b.until('unlinked', () => b.all('unlinked').length === round)])
  }
  assert.deepEqual(a.all('dialFailed'), [])
  assert.deepEqual(b.all('dialFailed'), [])
})

test('after a collision both sides keep the link that the lower id dialled', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => Promise.all([a.mesh.stop(), b.mesh.stop()]))
  const [lower, higher] = a.mesh.id < b.mesh.id ? [a, b] : [b, a]
  let collided = false
  for (let round = 1; round <= rounds && !collided; round++) {
    a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
    b.mesh.perform({ kind: 'dial', address: a.address, port: a.port })
    await Promise.all([greetOnce(a, b, round), greetOnce(b, a, round)])
    await Promise.all([heard(a, round, 'first'), heard(b, round, 'first')])
    const [linkedLower, linkedHigher] = [lower.all('linked').at(-1), higher.all('linked').at(-1)]
    // One who had only one link would see it from the one end, the other from the other.
    collided = linkedLower?.dialled === linkedHigher?.dialled
    if (collided) {
      // A round trip, behind which both have seen both links.
      for (const [from, to] of [[lower, higher], [higher, lower]] as const) {
        from.mesh.perform({ kind: 'send', to: to.mesh.id, message: { kind: 'beat', digest: `trip:${round}` } })
        await heard(to, round, 'trip')
      }
      assert.deepEqual([lower.mesh.links()[0]?.dialled, higher.mesh.links()[0]?.dialled], [true, false])
    }
    a.mesh.perform({ kind: 'hangUp', id: b.mesh.id })
    await Promise.all([a.until('unlinked', () => a.all('unlinked').length === round), b.until('unlinked', () => b.all('unlinked').length === round)])
  }
  assert(collided, `no collision in ${rounds} rounds`)
})

async function greetOnce (from: Host, to: Host, round: number): Promise<void> {
  await from.until('linked', () => from.all('linked').length >= round)
  from.mesh.perform({ kind: 'send', to: to.mesh.id, message: { kind: 'beat', digest: `first:${round}` } })
}

async function heard (host: Host, round: number, what: string): Promise<void> {
  await host.until('message', ({ message }) => message.kind === 'beat' && message.digest === `${what}:${round}`)
}

test('a host that loses its power and is back within the time of a collision is heard, and hears, over its new link', async (t) => {
  const seed = randomBytes(32)
  const id = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
  const address = '127.0.0.7'
  // The one that dialled the dead link has the lower id, so that it is the better of the two.
  let host = await startHost({ address })
  while (host.mesh.id > id) {
    await host.mesh.stop()
    host = await startHost({ address })
  }
  t.after(() => host.mesh.stop())
  const before = run(t, 'member.ts', [address, seed.toString('hex')])
  const { port } = await before.until(line => 'port' in line)
  assert(typeof port === 'number')
  const after = run(t, 'member.ts', [address, seed.toString('hex'), String(host.port)])
  await after.until(line => 'port' in line)
  host.mesh.perform({ kind: 'dial', address, port })
  await host.until('linked')
  // As dead as without power: its kernel keeps the connection, and nobody answers on it.
  before.child.kill('SIGSTOP')
  after.child.stdin?.write('now\n')
  await after.until(({ kind }) => kind === 'linked')
  await host.until('linked', () => host.all('linked').length === 2)
  assert.equal(host.all('unlinked').length, 1)
  host.mesh.perform({ kind: 'send', to: id, message: { kind: 'beat', digest: 'you' } })
  await after.until(({ kind }) => kind === 'message')
  assert.deepEqual(host.mesh.links().map(({ dialled }) => dialled), [false])
})
