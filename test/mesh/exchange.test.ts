import assert from 'node:assert/strict'
import { test } from 'node:test'
import { link, startHost, type Host } from './host.ts'
import type { Happening } from '../../src/core/event.ts'
import type { Claim } from '../../src/core/record.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'

const stopAll = (...hosts: Host[]): Promise<unknown> => Promise.all(hosts.map(({ mesh }) => mesh.stop()))

test('an exchange swaps tables and links nobody', async (t) => {
  const b: Host = await startHost({ onEvent: (happening, mesh) => { replyWith(happening, mesh, [b.claim({ sequence: 9 })]) } })
  const a = await startHost()
  t.after(() => stopAll(a, b))
  const mine = a.claim()
  a.mesh.perform({ kind: 'exchange', address: b.address, port: b.port, claims: [mine] })
  const { from, claims } = await a.until('claims')
  assert.equal(from, b.mesh.id)
  assert.deepEqual(claims, [b.claim({ sequence: 9 })])
  assert.deepEqual(b.told, [{ kind: 'exchange', exchange: 1, from: a.mesh.id, claims: [mine] }])
  assert.deepEqual(a.mesh.links(), [])
})

test('through a second address of a host that is linked already nothing is swapped, and the link stays what it was', async (t) => {
  const everywhere = { address: '0.0.0.0' }
  const b: Host = await startHost({ ...everywhere, onEvent: (happening, mesh) => { replyWith(happening, mesh, []) } })
  const a = await startHost()
  t.after(() => stopAll(a, b))
  a.mesh.perform({ kind: 'dial', address: '127.0.0.1', port: b.port })
  await b.until('linked')
  for (let round = 1; round <= 5; round++) {
    a.mesh.perform({ kind: 'exchange', address: '127.0.0.77', port: b.port, claims: [] })
    await a.until('claims', () => a.all('claims').length === round)
  }
  assert.deepEqual(a.mesh.links().map(({ address }) => address), ['127.0.0.1'])
  a.mesh.perform({ kind: 'send', to: b.mesh.id, message: { kind: 'beat', digest: 'd' } })
  await b.until('message')
  assert.deepEqual([...a.all('unlinked'), ...b.all('unlinked'), ...b.all('exchange')], [])
})

test('no reply from the core: the exchange fails within its time', async (t) => {
  const [a, b] = [await startHost(), await startHost()]
  t.after(() => stopAll(a, b))
  a.mesh.perform({ kind: 'exchange', address: b.address, port: b.port, claims: [] })
  assert.equal((await a.until('dialFailed')).failure, 'rejected')
  b.mesh.perform({ kind: 'reply', exchange: 1, claims: [] })
  b.mesh.perform({ kind: 'reply', exchange: 99, claims: [] })
})

test('a table of more than one frame goes whole, by exchange and by link', async (t) => {
  const lists = [] as string[]
  const a = await startHost()
  for (let index = 0; index < 300; index++) lists.push(a.mesh.id)
  const table = Array.from({ length: 60 }, () => a.claim({ lists }))
  const b = await startHost({ onEvent: (happening, mesh) => { replyWith(happening, mesh, table) } })
  t.after(() => stopAll(a, b))
  a.mesh.perform({ kind: 'exchange', address: b.address, port: b.port, claims: table })
  const { claims } = await a.until('claims')
  assert.equal(claims.length, table.length)
  assert.equal(b.all('exchange')[0]?.claims.length, table.length)
  await link(a, b)
  a.mesh.perform({ kind: 'send', to: b.mesh.id, message: { kind: 'table', claims: table, spread: true } })
  a.mesh.perform({ kind: 'send', to: b.mesh.id, message: { kind: 'beat', digest: 'after' } })
  await b.until('message', ({ message }) => message.kind === 'beat')
  const parts = b.all('message').flatMap(({ message }) => message.kind === 'table' ? [message] : [])
  assert(parts.length > 1)
  assert.equal(parts.flatMap(part => part.claims).length, table.length)
})

function replyWith (happening: Happening, mesh: Mesh, claims: readonly Claim[]): void {
  if (happening.kind === 'exchange') mesh.perform({ kind: 'reply', exchange: happening.exchange, claims })
}
