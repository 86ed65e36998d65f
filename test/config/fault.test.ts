/** What a bad environment is told: each fault by variable, with what came and what is expected, and all at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, readingOf } from './read.ts'

/** A variable, a bad value, and a part of what is expected instead. */
const table: ReadonlyArray<readonly [string, string, RegExp]> = [
  ['KEEPALIVED_ADVERT_INT', '0', /0\.01 to 255/],
  ['KEEPALIVED_ADVERT_INT', '1.234', /two decimals/],
  ['KEEPALIVED_ADVERT_INT', 'fast', /number/],
  ['KEEPALIVED_AUTH_PASS', 'a#b', /literally|to the letter/],
  ['KEEPALIVED_AUTH_PASS', 'a!b', /to the letter/],
  ['KEEPALIVED_AUTH_PASS', 'a b', /white space/],
  ['KEEPALIVED_AUTH_PASS', 'a"b', /quotes/],
  ['KEEPALIVED_AUTH_PASS', 'pässword', /ASCII/],
  ['KEEPALIVED_AUTH_PASS', 'a\nb', /one line/],
  ['KEEPALIVED_AUTH_PASS_FILE', '/nowhere', /can be read \(ENOENT\)/],
  ['KEEPALIVED_CMD', '-n', /starts with a program/],
  ['KEEPALIVED_CMD', './keepalived -n', /starts with a program/],
  ['KEEPALIVED_CMD', '/usr/sbin/keepalived -n -l -f /etc/other.conf', /-f \/etc\/keepalived\/keepalived\.conf, which is KEEPALIVED_CONF; it reads \/etc\/other\.conf/],
  ['KEEPALIVED_CONF', 'keepalived.conf', /absolute path/],
  ['KEEPALIVED_INTERFACE', 'eth0\n}', /one line/],
  ['KEEPALIVED_INTERFACE', 'eth0 }', /network interface/],
  ['KEEPALIVED_INTERFACE', 'a-name-of-16-char', /15 at most/],
  ['KEEPALIVED_PRIORITY', '0', /1 to 255/],
  ['KEEPALIVED_PRIORITY', '256', /1 to 255/],
  ['KEEPALIVED_PRIORITY', '1e2', /whole number/],
  ['KEEPALIVED_STATE', 'SLAVE', /MASTER or BACKUP/],
  ['KEEPALIVED_VIRTUAL_ROUTER_ID', '0', /1 to 255/],
  ['KEEPALIVED_VIRTUAL_ROUTER_ID', '300', /1 to 255/],
  ['KEEPALIVED_VRRP_VERSION', '4', /2 to 3/],
  ['KEEPALIVED_VAR_RUN', '/', /two levels/],
  ['KEEPALIVED_VAR_RUN', '/var/../etc', /two levels/],
  ['KEEPALIVED_TRACK_INTERFACE_1', 'eth1 weight 300', /-253 to 253/],
  ['KEEPALIVED_TRACK_INTERFACE_1', '@eth1', /INTERFACE/],
  ['KEEPALIVED_UNICAST_SRC_IP', '10.10.0', /IP address/],
  ['KEEPALIVED_UNICAST_SRC_IP', '10.10.0.2', /not the VIP of KEEPALIVED_VIRTUAL_IPADDRESS_1/],
  ['KEEPALIVED_UNICAST_SRC_IP', 'fd00::1', /family/],
  ['KEEPALIVED_UNICAST_PEER_3', '10.10.0.x', /IP address/],
  ['KEEPALIVED_UNICAST_PEER_3', '0.0.0.0', /unspecified/],
  ['KEEPALIVED_UNICAST_PEER_3', '224.0.0.18', /multicast/],
  ['KEEPALIVED_UNICAST_PEER_3', '255.255.255.255', /broadcast/],
  ['KEEPALIVED_UNICAST_PEER_3', '127.0.0.1', /loopback/],
  ['KEEPALIVED_UNICAST_PEER_3', '010.10.0.22', /IP address/],
  ['KEEPALIVED_UNICAST_PEER_3', 'fe80::1%eth0', /IP address/],
  ['KEEPALIVED_UNICAST_PEER_3', '10.10.0.2', /not the VIP/],
  ['KEEPALIVED_UNICAST_PEER_3', 'fd00::22', /family/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.300/24', /no IP address/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/33', /mask/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/', /mask/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24/1', /mask/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 foo', /"foo" is not understood/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 dev', /nothing follows "dev"/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 constructor x', /not understood/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 dev eth0 dev eth1', /twice/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 brd fd00::1', /cannot follow "brd"/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 scope galaxy', /cannot follow "scope"/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 label eth0:aaaaaaaaaaaaaaa', /cannot follow "label"/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_1', '10.10.0.2/24 }\nvrrp_instance X {', /one line/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_2', '10.10.0.2', /other than that of KEEPALIVED_VIRTUAL_IPADDRESS_1/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_2', '10.10.0.2/32', /other than that of KEEPALIVED_VIRTUAL_IPADDRESS_1/],
  ['KEEPALIVED_VIRTUAL_IPADDRESS_2', 'fd00::2/64', /KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED/],
  ['KEEPALIVED_NOTIFY', 'notify.sh', /absolute path/],
  ['KEEPALIVED_NOTIFY_MASTER', '/bin/x "$(reboot)"', /absolute path/],
  ['KUBE_APISERVER_PORT', '65536', /65535/],
  ['KUBE_APISERVER_ADDRESS', '10.10.0.2 6443', /host name/],
  ['KUBE_APISERVER_ADDRESS', '10.10.0', /host name/],
  ['KUBE_APISERVER_CHK_PATH', 'livez', /path of a URL/],
  ['KUBE_APISERVER_CHK_INTERVAL', '0.5', /whole number/],
  ['KUBE_APISERVER_CHK_TIMEOUT', '3', /less than the interval, 3/],
  ['KUBE_APISERVER_CHK_WEIGHT', '-254', /-253 to 253/],
  ['KUBE_APISERVER_CHK_FALL', '0', /1 to/],
  ['KEEPALIVED_TEMPLATE', '/nowhere.hbs', /Handlebars template/]
]

for (const [variable, value, expected] of table) {
  test(`${variable}=${JSON.stringify(value)}`, () => {
    const faults = faultsOf({ KEEPALIVED_MESH: 'off', [variable]: value })
    const fault = faults.find(found => found.variable === variable)
    assert.equal(faults.length, 1, JSON.stringify(faults))
    assert.match(fault?.expected ?? '', expected)
  })
}

const meshTable: ReadonlyArray<readonly [string, string, RegExp]> = [
  ['KEEPALIVED_MESH_NAME', 'a/b', /letters/],
  ['KEEPALIVED_MESH_PORT', '0', /1 to 64535/],
  ['KEEPALIVED_MESH_SEEDS', '10.0.0.5,not_a_host', /"not_a_host" is none/],
  ['KEEPALIVED_MESH_DISCOVERY', 'vip,magic', /any of vip/],
  ['KEEPALIVED_MESH_SPEC_REVISION', '-1', /0 to/],
  ['KEEPALIVED_MESH_UNLIST', '0', /1 to/],
  ['KEEPALIVED_MESH_STATE_DIR', 'state', /absolute path/],
  ['KEEPALIVED_MESH_HTTP', 'localhost:80', /IP:PORT/],
  ['KEEPALIVED_MESH_SECRET_FILE', '/nowhere', /ENOENT/],
  ['KEEPALIVED_MESH_LOG_LEVEL', 'loud', /error or warn/]
]

for (const [variable, value, expected] of meshTable) {
  test(`${variable}=${value}`, () => {
    const [fault, ...others] = faultsOf({ [variable]: value })
    assert.deepEqual({ variable: fault?.variable, others }, { variable, others: [] })
    assert.match(fault?.expected ?? '', expected)
  })
}

test('all faults come at once', () => {
  const bad = {
    KEEPALIVED_VIRTUAL_IPADDRESS_1: '', KEEPALIVED_PRIORITY: 'abc', KEEPALIVED_STATE: 'x', KEEPALIVED_VIRTUAL_ROUTER_ID: '0',
    KEEPALIVED_UNICAST_PEER_1: 'nobody', KEEPALIVED_UNICAST_PEER_2: '0.0.0.0', KUBE_APISERVER_PORT: '0', KEEPALIVED_CONF: 'x', KEEPALIVED_AUTH_PASS: '#'
  }
  const variables = faultsOf(bad).map(({ variable }) => variable).toSorted()
  assert.deepEqual(variables, Object.keys(bad).map(name => name === 'KEEPALIVED_VIRTUAL_IPADDRESS_1' ? 'KEEPALIVED_VIRTUAL_IPADDRESS_###' : name).toSorted())
})

test('a peer that is listed twice names the first', () => {
  const [fault] = faultsOf({ KEEPALIVED_UNICAST_PEER_1: '10.10.0.22', KEEPALIVED_UNICAST_PEER_5: '10.10.0.22' })
  assert.deepEqual(fault, { variable: 'KEEPALIVED_UNICAST_PEER_5', received: '10.10.0.22', expected: 'an address other than that of KEEPALIVED_UNICAST_PEER_1' })
})

test('version 2 cannot carry IPv6 or fractions, version 3 no long intervals', () => {
  assert.match(faultsOf({ KEEPALIVED_VRRP_VERSION: '2', KEEPALIVED_VIRTUAL_IPADDRESS_1: 'fd00::2' })[0]?.expected ?? '', /3, because a VIP is IPv6/)
  assert.match(faultsOf({ KEEPALIVED_VRRP_VERSION: '2', KEEPALIVED_ADVERT_INT: '0.5' })[0]?.expected ?? '', /3, because KEEPALIVED_ADVERT_INT/)
  assert.match(faultsOf({ KEEPALIVED_VRRP_VERSION: '3', KEEPALIVED_ADVERT_INT: '50' })[0]?.expected ?? '', /at most 40\.95/)
})

test('in a mesh the other VIPs may be of the other family', () => {
  assert.deepEqual(faultsOf({ KEEPALIVED_VIRTUAL_IPADDRESS_2: 'fd00::2/64' }), [])
})

test('without a VIP: a fault, unless a mesh is asked for by name or by its secret, where the VIP is learnt', () => {
  const none = { KEEPALIVED_VIRTUAL_IPADDRESS_1: '' }
  for (const rest of [{}, { KEEPALIVED_MESH: 'auto' }, { KEEPALIVED_MESH: 'off', KEEPALIVED_MESH_SECRET: 'a long enough secret' }, { KEEPALIVED_MESH_SEEDS: '10.10.0.21' }]) {
    const [fault] = faultsOf({ ...none, ...rest })
    assert.equal(fault?.variable, 'KEEPALIVED_VIRTUAL_IPADDRESS_###', JSON.stringify(rest))
    assert.match(fault?.expected ?? '', /at least one VIP.*KEEPALIVED_MESH=on or a KEEPALIVED_MESH_SECRET/)
  }
  for (const rest of [{ KEEPALIVED_MESH: 'on' }, { KEEPALIVED_MESH_SECRET: 'a long enough secret' }, { KEEPALIVED_MESH: 'on', KEEPALIVED_UNICAST_PEER_1: '10.10.0.22' }]) {
    assert.deepEqual(faultsOf({ ...none, ...rest }), [], JSON.stringify(rest))
  }
  assert.deepEqual(faultsOf({ KEEPALIVED_MESH: 'on', KEEPALIVED_VIRTUAL_IPADDRESS_1: 'x' }).length, 1, 'a bad VIP is no missing one')
})

test('a secret is given once', () => {
  const [fault] = faultsOf({ KEEPALIVED_AUTH_PASS: 'abc', KEEPALIVED_AUTH_PASS_FILE: '/f' }, { '/f': 'abc' })
  assert.match(fault?.expected ?? '', /KEEPALIVED_AUTH_PASS is set/)
})

test('a previous secret without one, and no secret in place of one', () => {
  const [alone] = faultsOf({ KEEPALIVED_MESH_SECRET_PREVIOUS: 'the secret of last year' })
  assert.deepEqual([alone?.variable, alone?.expected], ['KEEPALIVED_MESH_SECRET', 'a secret, because KEEPALIVED_MESH_SECRET_PREVIOUS is set'])
  assert.match(faultsOf({ KEEPALIVED_MESH_SECRET: 'none' })[0]?.expected ?? '', /leave it unset/)
})

test('no secret is shown, whatever is wrong with it', () => {
  const secret = 'hunter2#\n'
  const shown = JSON.stringify([
    readingOf({ KEEPALIVED_AUTH_PASS: secret, KEEPALIVED_MESH_SECRET: secret, KEEPALIVED_MESH_SECRET_PREVIOUS: secret }),
    readingOf({ KEEPALIVED_AUTH_PASS: 'hunter2#' }),
    readingOf({ KEEPALIVED_AUTH_PASS_FILE: '/f', KEEPALIVED_MESH_SECRET_FILE: '/g' }, { '/f': secret, '/g': '' })
  ].map(read => ({ faults: 'faults' in read ? read.faults : [], warnings: read.warnings })))
  assert.doesNotMatch(shown, /hunter/)
})

test('one fault is told once, and not again by what depends on it', () => {
  assert.deepEqual(faultsOf({ KUBE_APISERVER_CHK_INTERVAL: 'x', KUBE_APISERVER_CHK_TIMEOUT: '5' }).map(({ variable }) => variable), ['KUBE_APISERVER_CHK_INTERVAL'])
  assert.deepEqual(faultsOf({ KEEPALIVED_CONF: 'x', KEEPALIVED_CMD: 'keepalived -f x' }).map(({ variable }) => variable), ['KEEPALIVED_CONF'])
})

test('a template that renders nothing', () => {
  for (const text of ['', ' \n', '{{!-- nothing --}}\n']) {
    assert.match(faultsOf({ KEEPALIVED_TEMPLATE: '/t.hbs' }, { '/t.hbs': text })[0]?.expected ?? '', /renders nothing/)
  }
  assert.deepEqual(faultsOf({ KEEPALIVED_TEMPLATE: '/t.hbs' }, { '/t.hbs': '{{state}}' }), [])
})
