/** What is told and done all the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warningsOf } from './read.ts'

/** Warnings that have nothing to do with an open mesh. */
function told (rest: Record<string, string>): string[] {
  return warningsOf({ KEEPALIVED_MESH: 'off', ...rest }).map(({ variable, message }) => `${variable}: ${message}`)
}

const nearMisses: ReadonlyArray<readonly [string, RegExp]> = [
  ['KEEPALVED_TRACK_INTERFACE_2', /KEEPALIVED_TRACK_INTERFACE_2 is probably meant/],
  ['KEEPALIVED_VIRTUAL_IPADRESS_1', /KEEPALIVED_VIRTUAL_IPADDRESS_1 is probably meant/],
  ['KEEPALIVED_PRIORTY', /KEEPALIVED_PRIORITY is probably meant/],
  ['KEEPALIVED_UNICAST_SRC_PI', /KEEPALIVED_UNICAST_SRC_IP is probably meant/],
  ['X_KEEPALIVED_STATE', /KEEPALIVED_STATE is probably meant/],
  ['KEEPALIVED_MESH_SECRETS', /KEEPALIVED_MESH_SECRET is probably meant/],
  ['KUBE_APISERVER_CHECK_WEIGHT', /KUBE_APISERVER_CHK_WEIGHT is probably meant/],
  ['KEEPALIVED_UNICAST_PEER_1000', /KEEPALIVED_UNICAST_PEER_0 to KEEPALIVED_UNICAST_PEER_999 are/],
  ['KEEPALIVED_UNICAST_PEER', /an index is missing/],
  ['KEEPALIVED_UNICAST_PEER_', /an index is missing/]
]
for (const [name, message] of nearMisses) {
  test(`near miss: ${name}`, () => {
    const warnings = told({ [name]: '10.10.0.22' })
    assert.equal(warnings.length, 1, warnings.join('\n'))
    assert.match(warnings[0] ?? '', message)
    assert.ok(warnings[0]?.startsWith(name))
  })
}

test('what belongs to others is not told', () => {
  assert.deepEqual(told({
    PATH: '/bin', KEEPALIVED_PORT: 'tcp://10.0.0.1:80', KEEPALIVED_SERVICE_HOST: '10.0.0.1', KEEPALIVED_MESH_PORT_11201_TCP_ADDR: '10.0.0.1', KUBERNETES_PORT: 'tcp://10.0.0.1:443', KEEPALVED_STATE: ''
  }), [])
})

test('a password beyond 8 characters', () => assert.match(told({ KEEPALIVED_AUTH_PASS: 'nine-char' })[0] ?? '', /first 8/))

test('a password that version 3 does not have', () => assert.match(told({ KEEPALIVED_AUTH_PASS: 'abc', KEEPALIVED_ADVERT_INT: '0.5' })[0] ?? '', /version 3/))

test('a check that can never move the VIP', () => {
  const on = { KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }
  assert.match(told(on)[0] ?? '', /moves no VIP to a host of priority 100: 150 is left here/)
  assert.deepEqual(told({ ...on, KUBE_APISERVER_CHK_WEIGHT: '-101' }), [])
  assert.deepEqual(told({ ...on, KEEPALIVED_PRIORITY: '140' }), [])
  assert.deepEqual(told({ ...on, KUBE_APISERVER_CHK_WEIGHT: '0' }), [])
  assert.deepEqual(told({ ...on, KEEPALIVED_STATE: 'BACKUP' }), [])
  assert.match(told({ ...on, KEEPALIVED_PRIORITY: '255' })[0] ?? '', /No check counts at priority 255/)
  assert.match(warningsOf({ ...on, KEEPALIVED_MESH_SECRET: 'twenty characters ok', KEEPALIVED_PRIORITY: '255' })[0]?.message ?? '', /No check counts/)
})

test('flags that are neither true nor false', () => {
  assert.match(told({ KEEPALIVED_KUBE_APISERVER_CHECK: 'yes' })[0] ?? '', /counts as false/)
})

test('an open mesh, and a secret that can be guessed', () => {
  assert.match(warningsOf({})[0]?.message ?? '', /open/)
  assert.match(warningsOf({ KEEPALIVED_MESH_SECRET: 'short' })[0]?.message ?? '', /guessed/)
  assert.deepEqual(warningsOf({ KEEPALIVED_MESH_SECRET: 'twenty characters ok' }), [])
})

test('a previous secret, for as long as it is there', () => {
  const secret = { KEEPALIVED_MESH_SECRET: 'twenty characters ok' }
  assert.match(warningsOf({ ...secret, KEEPALIVED_MESH_SECRET_PREVIOUS: 'the secret of last year' })[0]?.message ?? '', /lets hosts in as well.*take this away/)
  assert.match(warningsOf({ ...secret, KEEPALIVED_MESH_SECRET_PREVIOUS: 'none' })[0]?.message ?? '', /stays open.*take this away/)
  assert.deepEqual(warningsOf({ ...secret, KEEPALIVED_MESH_SECRET_PREVIOUS: 'twenty characters ok' }), [])
})

test('the host itself among its peers', () => {
  assert.match(told({ KEEPALIVED_UNICAST_SRC_IP: '10.10.0.21', KEEPALIVED_UNICAST_PEER_0: '10.10.0.21' })[0] ?? '', /left out/)
})

test('an interface that is tracked twice', () => {
  assert.match(told({ KEEPALIVED_TRACK_INTERFACE_1: 'eth1', KEEPALIVED_TRACK_INTERFACE_2: 'eth1 weight -5' })[0] ?? '', /tracked already/)
})
