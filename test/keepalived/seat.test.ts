/** Which interface and which source address are chosen, and why. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseInterface, chooseSeat, chooseSource } from '../../src/keepalived/seat.ts'
import type { HostAddress } from '../../src/host/facts.ts'
import { addressOf, configOf, facts, factsWith } from './sample.ts'

const mesh = (rest: Record<string, string> = {}) => configOf('mesh', rest)

test('interface: as configured, whatever the host has', () => {
  assert.equal(chooseInterface(mesh({ KEEPALIVED_INTERFACE: 'bond0' }), facts).value, 'bond0')
  assert.equal(chooseInterface(configOf('static', {}), facts).value, 'eth0')
})

test('interface: the one with the configured source', () => {
  assert.equal(chooseInterface(mesh({ KEEPALIVED_UNICAST_SRC_IP: '172.16.1.21' }), facts).value, 'eth1')
})

test('interface: the one whose subnet holds the first VIP', () => {
  assert.deepEqual(chooseInterface(mesh(), facts), { value: 'eth0', reason: 'its subnet holds the first VIP, 10.10.0.2' })
  assert.equal(chooseInterface(mesh({ KEEPALIVED_VIRTUAL_IPADDRESS_0: '172.16.1.7/24' }), facts).value, 'eth1')
})

test('interface: one that is up before one that is down', () => {
  const two = { ...facts, interfaces: facts.interfaces.map(found => found.name === 'eth1' ? { ...found, addresses: [addressOf('10.10.0.41')] } : { ...found, up: false }) }
  assert.equal(chooseInterface(mesh(), two).value, 'eth1')
})

test('interface: a VIP that is held does not make a subnet', () => {
  const held = factsWith([addressOf('192.168.7.1'), addressOf('10.10.0.2')])
  assert.match(chooseInterface(mesh(), held).reason, /default route/)
})

test('interface: while no VIP is known, that of the default route, or the only one that has an address', () => {
  const unknown = configOf('mesh', { KEEPALIVED_VIRTUAL_IPADDRESS_1: '' })
  const noRoute = { ...facts, defaultRoute: { ipv4: null, ipv6: null } }
  assert.match(chooseInterface(unknown, facts).reason, /default route.*not known yet/)
  assert.equal(chooseInterface(unknown, facts).value, 'eth1')
  assert.equal(chooseInterface(unknown, noRoute).value, null)
  assert.equal(chooseInterface(unknown, { ...noRoute, interfaces: facts.interfaces.filter(({ name }) => name !== 'eth1') }).value, 'eth0')
  assert.equal(chooseSource(unknown, facts, 'eth0').value, '10.10.0.21')
  assert.equal(chooseSource(unknown, factsWith([addressOf('fd00::21')]), 'eth0').value, 'fd00::21')
})

test('interface: else that of the default route of the VIP\'s family', () => {
  assert.equal(chooseInterface(mesh({ KEEPALIVED_VIRTUAL_IPADDRESS_1: '192.0.2.1/32' }), facts).value, 'eth1')
  assert.equal(chooseInterface(mesh({ KEEPALIVED_VIRTUAL_IPADDRESS_1: 'fd00::2/64' }), facts).value, null)
})

const sources: ReadonlyArray<readonly [string, readonly HostAddress[], string | null]> = [
  ['the first', [addressOf('10.10.0.21'), addressOf('10.10.0.99', { secondary: true })], '10.10.0.21'],
  ['no VIP, though it comes first', [addressOf('10.10.0.2'), addressOf('10.10.0.21', { secondary: true })], '10.10.0.21'],
  ['not secondary where there is a choice', [addressOf('10.10.0.99', { secondary: true }), addressOf('10.10.0.21')], '10.10.0.21'],
  ['secondary where there is none', [addressOf('10.10.0.99', { secondary: true })], '10.10.0.99'],
  ['of the VIP\'s family', [addressOf('fd00::21'), addressOf('10.10.0.21')], '10.10.0.21'],
  ['global before link-local', [addressOf('169.254.7.7', { scope: 'link' }), addressOf('10.10.0.21')], '10.10.0.21'],
  ['none', [addressOf('10.10.0.2')], null]
]
for (const [name, addresses, expected] of sources) {
  test(`source: ${name}`, () => assert.equal(chooseSource(mesh(), factsWith(addresses), 'eth0').value, expected))
}

test('source: as configured, even where the host lacks it', () => {
  assert.equal(chooseSource(mesh({ KEEPALIVED_UNICAST_SRC_IP: '10.10.0.77' }), facts, 'eth0').value, '10.10.0.77')
})

test('source: says which interface is missing', () => {
  assert.deepEqual(chooseSource(mesh(), facts, 'eth7'), { value: null, reason: 'this host has no interface eth7' })
})

test('seat: both, or what is missing', () => {
  assert.deepEqual(chooseSeat(mesh(), facts).value, { interface: 'eth0', source: '10.10.0.21' })
  assert.deepEqual(chooseSeat(mesh({ KEEPALIVED_INTERFACE: 'eth7' }), facts), { value: null, reason: 'this host has no interface eth7' })
})
