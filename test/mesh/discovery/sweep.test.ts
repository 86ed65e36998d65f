/** The sweep: which addresses of a subnet are tried, and that only those where somebody accepts are found. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { sweptAddresses } from '../../../src/mesh/discovery/subnet.ts'
import { createSweep } from '../../../src/mesh/discovery/sweep.ts'

for (const [own, prefixLength, count, first] of [
  ['10.10.0.21', 24, 253, ['10.10.0.20', '10.10.0.22', '10.10.0.19']],
  ['10.10.0.1', 30, 1, ['10.10.0.2']],
  ['10.10.0.0', 31, 1, ['10.10.0.1']],
  ['10.10.0.1', 32, 0, []],
  ['10.10.7.9', 22, 1021, ['10.10.7.8', '10.10.7.10']],
  ['10.10.9.9', 16, 1023, ['10.10.9.8', '10.10.9.10']],
  ['fd00::21', 64, 0, []],
  ['fd00::21', 120, 255, ['fd00::20', 'fd00::22']]
] as const) {
  test(`sweep: ${own}/${prefixLength} has ${count} others`, () => {
    const addresses = sweptAddresses(own, prefixLength)
    assert.equal(addresses.length, count)
    assert.deepEqual(addresses.slice(0, first.length), first)
    assert.equal(new Set(addresses).size, count)
    assert.ok(!addresses.includes(own))
  })
}

test('sweep: who accepts is found, who refuses is not, and no longer once it has stopped', async (t) => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.77')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert(address !== null && typeof address === 'object')
  const found = Promise.withResolvers<unknown>()
  const sweep = createSweep({ port: address.port, prefixLengthOf: () => 29 }, { alone: () => true, found: found.resolve })
  t.after(sweep.stop)
  sweep.setOwnAddress('127.0.0.75')
  sweep.start()
  assert.deepEqual(await found.promise, { address: '127.0.0.77', port: address.port })
})

test('sweep: another own address begins anew, none ends it', async () => {
  const asked: string[] = []
  const waiting = Promise.withResolvers<void>()
  const sweep = createSweep({ port: 1, prefixLengthOf: (own) => own === '10.0.0.1' ? 30 : null }, {
    alone: () => true,
    found () {},
    async accepts (address) {
      asked.push(address)
      if (asked.length === 2) waiting.resolve()
      return false
    }
  })
  sweep.start()
  sweep.setOwnAddress('10.0.0.1')
  sweep.setOwnAddress('10.9.0.1')
  sweep.setOwnAddress('10.0.0.1')
  await waiting.promise
  sweep.setOwnAddress(null)
  sweep.stop()
  assert.deepEqual(asked, ['10.0.0.2', '10.0.0.2'])
})
