/** How many connections an address may have, counted from TCP on until they are closed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointOf } from '../../src/mesh/address.ts'
import { createGuests, type Guest, perAddressMax, unfinishedMax } from '../../src/mesh/guests.ts'

function guestFrom (address: string): Guest & EventTarget {
  return Object.assign(new EventTarget(), { remoteAddr: endpointOf(address, 40_000) })
}

test('an address has so many unfinished connections, and so many in all; each that ends makes room', () => {
  const { denyInboundConnection: knocks, denyInboundUpgradedConnection: enters } = createGuests()
  const inside: Array<ReturnType<typeof guestFrom>> = []
  while (inside.length < perAddressMax) {
    const connection = guestFrom('10.10.0.66')
    assert.equal(knocks(connection), false)
    assert.equal(enters(null, connection), false)
    inside.push(connection)
  }
  assert.equal(knocks(guestFrom('10.10.0.66')), true)
  assert.equal(knocks(guestFrom('10.10.0.22')), false, 'another address has its own')
  for (const connection of inside) connection.dispatchEvent(new Event('close'))
  for (let i = 0; i < unfinishedMax; i++) assert.equal(knocks(guestFrom('10.10.0.66')), false)
  assert.equal(knocks(guestFrom('10.10.0.66')), true)
})
