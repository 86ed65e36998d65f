/** What keepalived's own test lets through, and this must not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaintsOf } from '../../src/keepalived/complaints.ts'
import { meshInstance } from '../../src/keepalived/instance.ts'
import type { HostFacts } from '../../src/host/facts.ts'
import type { Instance } from '../../src/keepalived/instance.ts'
import { addressOf, confOf, configOf, facts, factsWith, files } from './sample.ts'

const good = meshInstance(configOf('mesh', {}), 'eth0', confOf(configOf('mesh', {})), files)

const table: ReadonlyArray<readonly [string, Partial<Instance>, HostFacts, RegExp]> = [
  ['no such interface', { interface: 'eth7' }, facts, /no interface eth7/],
  ['a tracked interface that is not there', { trackInterface: [{ interface: 'eth8', weight: null }] }, facts, /no interface eth8/],
  ['a VIP on an interface that is not there', { virtualIpaddressExcluded: [{ address: '10.10.0.3', family: 'ipv4', prefixLength: 24, options: [{ keyword: 'dev', value: 'eth9' }] }] }, facts, /no interface eth9/],
  ['a source that the host lacks', { unicastSrcIp: '10.10.0.77' }, facts, /does not have the source address 10\.10\.0\.77/],
  ['a source on another interface', { unicastSrcIp: '172.16.1.21' }, facts, /is on eth1, not on eth0/],
  ['a source that is a VIP', { unicastSrcIp: '10.10.0.2' }, factsWith([addressOf('10.10.0.2')]), /source address 10\.10\.0\.2 is a VIP/],
  ['the host itself as a peer', { unicastPeer: ['10.10.0.22', '10.10.0.99'] }, facts, /peer 10\.10\.0\.99 is this host itself/],
  ['a VIP as a peer', { unicastPeer: ['10.10.0.2'] }, facts, /peer 10\.10\.0\.2 is a VIP/],
  ['the placeholder beside a peer', { unicastPeer: ['10.10.0.22', '0.0.0.0'] }, facts, /0\.0\.0\.0 is no host \(unspecified\)/],
  ['a multicast peer', { unicastPeer: ['224.0.0.18'] }, facts, /multicast/],
  ['a peer twice', { unicastPeer: ['10.10.0.22', '10.10.0.22'] }, facts, /10\.10\.0\.22 stands there twice/],
  ['no peer', { unicastPeer: [] }, facts, /means multicast/],
  ['a VIP that is the host\'s own address', {}, factsWith([addressOf('10.10.0.21'), addressOf('10.10.0.2')]), /VIP 10\.10\.0\.2 is an address of this host itself, on eth0/]
]

for (const [name, change, host, expected] of table) {
  test(name, () => {
    const complaints = complaintsOf({ ...good, ...change }, host, [])
    assert.ok(complaints.some(complaint => expected.test(complaint)), JSON.stringify(complaints))
  })
}

test('nothing to complain of', () => assert.deepEqual(complaintsOf(good, facts, []), []))

test('the placeholder alone', () => assert.deepEqual(complaintsOf({ ...good, unicastPeer: ['0.0.0.0'] }, facts, []), []))

test('a VIP that looks left over is not the host\'s own', () => {
  assert.deepEqual(complaintsOf(good, factsWith([addressOf('10.10.0.21'), addressOf('10.10.0.2', { secondary: true })]), []), [])
  assert.deepEqual(complaintsOf(good, factsWith([addressOf('10.10.0.21'), addressOf('10.10.0.2', { prefixLength: 32 })]), []), [])
  assert.equal(complaintsOf({ ...good, unicastSrcIp: '172.16.1.21', interface: 'eth1' }, factsWith([addressOf('10.10.0.2', { prefixLength: 32 })]), []).length, 1)
})

test('a VIP that a keepalived of ours holds is not the host\'s own', () => {
  assert.deepEqual(complaintsOf(good, factsWith([addressOf('10.10.0.21'), addressOf('10.10.0.2')]), ['10.10.0.2']), [])
})
