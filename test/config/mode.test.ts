/** Which of the four ways of running an environment asks for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configOf, faultsOf } from './read.ts'

const peer = { KEEPALIVED_UNICAST_PEER_0: '10.10.0.22' }

const table: ReadonlyArray<readonly [string, Record<string, string>, string]> = [
  ['only a VIP', {}, 'mesh'],
  ['static peers', peer, 'static'],
  ['static peers, auto', { ...peer, KEEPALIVED_MESH: 'auto' }, 'static'],
  ['static peers, mesh on', { ...peer, KEEPALIVED_MESH: 'on' }, 'union'],
  ['static peers, mesh off', { ...peer, KEEPALIVED_MESH: 'off' }, 'static'],
  ['mesh off, any case', { KEEPALIVED_MESH: 'OFF' }, 'static'],
  ['an empty peer is none', { KEEPALIVED_UNICAST_PEER_0: '' }, 'mesh'],
  ['a peer of blanks is none', { KEEPALIVED_UNICAST_PEER_0: '  ' }, 'mesh'],
  ['a peer without a valid index is none', { KEEPALIVED_UNICAST_PEER_1000: '10.10.0.22' }, 'mesh'],
  ['autoconf false', { KEEPALIVED_AUTOCONF: 'false' }, 'passthrough'],
  ['autoconf anything', { KEEPALIVED_AUTOCONF: '1' }, 'passthrough'],
  ['autoconf TRUE', { KEEPALIVED_AUTOCONF: 'TRUE' }, 'mesh'],
  ['autoconf empty', { KEEPALIVED_AUTOCONF: '' }, 'mesh']
]

for (const [name, environment, mode] of table) {
  test(`${name}: ${mode}`, () => assert.equal(configOf(environment).mode, mode))
}

test('a mesh that is neither on nor off nor auto is a fault', () => {
  assert.deepEqual(faultsOf({ KEEPALIVED_MESH: 'yes' }), [{ variable: 'KEEPALIVED_MESH', received: 'yes', expected: 'auto or on or off' }])
})

test('passthrough asks for no VIP and does not look at variables of VRRP', () => {
  const config = configOf({
    KEEPALIVED_AUTOCONF: 'false',
    KEEPALIVED_CONF: '/etc/keepalived/keepalived.conf',
    KEEPALIVED_CMD: '/usr/sbin/keepalived -n -l -f /etc/keepalived/keepalived.conf',
    KEEPALIVED_DEBUG: 'false',
    KEEPALIVED_VIRTUAL_IPADDRESS_1: '',
    KEEPALIVED_PRIORITY: 'junk'
  })
  assert.deepEqual(config, {
    mode: 'passthrough',
    conf: '/etc/keepalived/keepalived.conf',
    command: ['/usr/sbin/keepalived', '-n', '-l', '-f', '/etc/keepalived/keepalived.conf'],
    debug: false,
    logLevel: 'info',
    varRun: '/var/run/keepalived',
    runDir: '/run/keepalived-mesh'
  })
})
