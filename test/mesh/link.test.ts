import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Happening } from '../../src/core/event.ts'
import { createMesh } from '../../src/mesh/mesh.ts'
import { freePort, link, quiet, startHost } from './host.ts'

test('a dial links both sides, each with the address that it knows', async (t) => {
  const [a, b] = [await startHost({ address: '127.0.0.1' }), await startHost({ address: '127.0.0.2' })]
  t.after(() => Promise.all([a.mesh.stop(), b.mesh.stop()]))
  await link(a, b)
  assert.deepEqual(a.all('linked'), [{ kind: 'linked', id: b.mesh.id, address: '127.0.0.2', port: b.port, dialled: true }])
  assert.deepEqual(b.all('linked'), [{ kind: 'linked', id: a.mesh.id, address: '127.0.0.1', port: 0, dialled: false }])
})

test('messages of every kind arrive as they were sent, in order, both ways', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => Promise.all([a.mesh.stop(), b.mesh.stop()]))
  await link(a, b)
  const claim = a.claim()
  const messages = [
    { kind: 'table', claims: [claim], spread: true },
    { kind: 'beat', digest: 'abc123' },
    { kind: 'inventory', digests: ['0123456789abcd'], reply: true },
    { kind: 'doubt', about: b.mesh.id },
    { kind: 'ask', nonce: 7, about: b.mesh.id },
    { kind: 'ask', nonce: 8, about: null },
    { kind: 'ask', nonce: 9, about: b.mesh.id, known: 'known', claim },
    { kind: 'answer', nonce: 7, about: null, alive: true, claim },
    { kind: 'answer', nonce: 8, about: a.mesh.id, alive: false, claim: null }
  ] as const
  for (const [from, to] of [[a, b], [b, a]] as const) {
    for (const message of messages) from.mesh.perform({ kind: 'send', to: to.mesh.id, message })
    await to.until('message', ({ message }) => message.kind === 'answer' && !message.alive)
    assert.deepEqual(to.all('message'), messages.map(message => ({ kind: 'message', from: from.mesh.id, message })))
  }
})

test('hanging up unlinks both sides once, and what was sent before still arrives', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => Promise.all([a.mesh.stop(), b.mesh.stop()]))
  await link(a, b)
  a.mesh.perform({ kind: 'send', to: b.mesh.id, message: { kind: 'beat', digest: 'last' } })
  a.mesh.perform({ kind: 'hangUp', id: b.mesh.id })
  await Promise.all([a.until('unlinked'), b.until('unlinked')])
  assert.equal(b.all('message').length, 1)
  assert.equal(a.all('unlinked').length, 1)
  assert.deepEqual(a.mesh.links(), [])
  assert.deepEqual(b.mesh.links(), [])
  await link(a, b)
})

test('a second dial of a member that is linked tells nothing', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => Promise.all([a.mesh.stop(), b.mesh.stop()]))
  await link(a, b)
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
  b.mesh.perform({ kind: 'dial', address: a.address, port: a.port })
  b.mesh.perform({ kind: 'verify', address: a.address, port: a.port })
  await b.until('verified')
  assert.equal(a.told.length, 1)
  assert.equal(b.told.length, 2)
})

test('what is asked for before the node is up is done when it is', async (t) => {
  const b = await startHost()
  const told: Happening[] = []
  const linked = Promise.withResolvers<void>()
  const mesh = createMesh({
    key: await generateKeyPair('Ed25519'), name: 'test', virtualRouterId: 51, port: await freePort(), access: { keys: [], open: true }, software: 'test', addresses: ['127.0.0.1']
  }, {
    log: quiet,
    emit (happening) {
      told.push(happening)
      linked.resolve()
    }
  })
  t.after(() => Promise.all([mesh.stop(), b.mesh.stop()]))
  mesh.perform({ kind: 'dial', address: b.address, port: b.port })
  await mesh.start()
  await linked.promise
  assert.deepEqual(told.map(({ kind }) => kind), ['linked'])
})

test('a port in use is told as such', async (t) => {
  const a = await startHost()
  t.after(() => a.mesh.stop())
  await assert.rejects(startHost({ port: a.port }), { name: 'ListenError', code: 'PORT_IN_USE' })
})
