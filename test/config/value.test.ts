/** What a good environment means: values, defaults, and what follows from one for another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupKeysOf } from '../../src/config/group-keys.ts'
import { passwordsOf } from '../../src/config/group-spec.ts'
import { virtualIpaddressLine } from '../../src/config/virtual-ipaddress.ts'
import type { MeshConfig, StaticConfig, VrrpConfig } from '../../src/config/config.ts'
import { configOf, faultsOf } from './read.ts'

function staticOf (rest: Record<string, string>): StaticConfig {
  const config = configOf({ KEEPALIVED_MESH: 'off', ...rest })
  assert(config.mode === 'static')
  return config
}

function meshOf (rest: Record<string, string>, files: Record<string, string> = {}): MeshConfig {
  const config = configOf(rest, files)
  assert(config.mode === 'mesh' || config.mode === 'union')
  return config
}

test('static defaults are the seed\'s', () => {
  const { state, priority, interface: device, authPass, advertInt, version, virtualRouterId, check, unicastSrcIp } = staticOf({})
  assert.deepEqual({ state, priority, device, authPass, advertInt, version, virtualRouterId, check, unicastSrcIp }, {
    state: 'MASTER', priority: 200, device: 'eth0', authPass: 'pwd1', advertInt: 1, version: 2, virtualRouterId: 1, check: null, unicastSrcIp: null
  })
  assert.equal(staticOf({ KEEPALIVED_STATE: 'backup' }).priority, 100)
  assert.equal(staticOf({ KEEPALIVED_STATE: 'backup', KEEPALIVED_PRIORITY: '150' }).priority, 150)
})

test('mesh defaults leave to be found what can be', () => {
  const { interface: device, state, pinned, mesh } = meshOf({ KEEPALIVED_VIRTUAL_ROUTER_ID: '7' })
  assert.deepEqual({ device, state, pinned }, { device: null, state: null, pinned: null })
  assert.deepEqual(mesh, {
    name: 'default',
    access: { keys: [], open: true },
    port: 11_207,
    seeds: [],
    discovery: ['vip', 'remembered', 'mdns', 'seeds', 'static'],
    specRevision: 0,
    unlistMs: 60_000,
    kubernetes: { labelSelector: 'node-role.kubernetes.io/control-plane', kubeconfig: null },
    stateDir: '/var/lib/keepalived-mesh',
    http: { address: '127.0.0.1', port: 12_207 }
  })
})

test('lists go by number, and an empty entry is none', () => {
  const { unicastPeer } = staticOf({
    KEEPALIVED_UNICAST_PEER_10: '10.10.0.40', KEEPALIVED_UNICAST_PEER_2: '10.10.0.32', KEEPALIVED_UNICAST_PEER_999: '10.10.0.50', KEEPALIVED_UNICAST_PEER_0: '10.10.0.30', KEEPALIVED_UNICAST_PEER_3: ''
  })
  assert.deepEqual(unicastPeer, ['10.10.0.30', '10.10.0.32', '10.10.0.40', '10.10.0.50'])
})

test('a list that is the same on every host leaves the host itself out', () => {
  const { unicastPeer } = staticOf({ KEEPALIVED_UNICAST_SRC_IP: '10.10.0.21', KEEPALIVED_UNICAST_PEER_0: '10.10.0.21', KEEPALIVED_UNICAST_PEER_1: '10.10.0.22' })
  assert.deepEqual(unicastPeer, ['10.10.0.22'])
})

const lines: readonly string[] = [
  '10.10.0.2', '10.10.0.2/24', '10.10.0.2/24 dev eth0', '10.10.0.2/24 dev eth0 brd 10.10.0.255', '10.10.0.2/24 brd + label eth0:vip scope link dev eth0',
  '10.10.0.2/32 scope 254 no_track', 'fd00::2/64 -nodad dev br-lan.12', '10.10.0.2/24 label eth0'
]
for (const line of lines) {
  test(`a VIP is written as it was read: ${line}`, () => assert.deepEqual(staticOf({ KEEPALIVED_VIRTUAL_IPADDRESS_1: line }).virtualIpaddress.map(virtualIpaddressLine), [line]))
}

test('white space and the text form of an address do not matter', () => {
  assert.deepEqual(staticOf({ KEEPALIVED_VIRTUAL_IPADDRESS_1: ' FD00:0::2/64   dev  eth0 ' }).virtualIpaddress.map(virtualIpaddressLine), ['fd00::2/64 dev eth0'])
})

const versions: ReadonlyArray<readonly [Record<string, string>, Pick<VrrpConfig, 'version' | 'advertInt' | 'authPass'>]> = [
  [{}, { version: 2, advertInt: 1, authPass: 'pwd1' }],
  [{ KEEPALIVED_ADVERT_INT: '0.25' }, { version: 3, advertInt: 0.25, authPass: null }],
  [{ KEEPALIVED_ADVERT_INT: '2' }, { version: 2, advertInt: 2, authPass: 'pwd1' }],
  [{ KEEPALIVED_VIRTUAL_IPADDRESS_1: 'fd00::2/64' }, { version: 3, advertInt: 1, authPass: null }],
  [{ KEEPALIVED_VRRP_VERSION: '3', KEEPALIVED_AUTH_PASS: 'abc' }, { version: 3, advertInt: 1, authPass: null }],
  [{ KEEPALIVED_AUTH_PASS: 'longer-than-8' }, { version: 2, advertInt: 1, authPass: 'longer-t' }]
]
for (const [environment, { version, advertInt, authPass }] of versions) {
  test(`${JSON.stringify(environment)} means VRRP version ${version}`, () => {
    const config = staticOf(environment)
    assert.deepEqual({ version: config.version, advertInt: config.advertInt, authPass: config.authPass }, { version, advertInt, authPass })
  })
}

test('the command is split at white space, and DEBUG adds -D only to ours', () => {
  assert.deepEqual(staticOf({ KEEPALIVED_CMD: '/usr/sbin/keepalived  -n "-l x"', KEEPALIVED_DEBUG: 'true' }).command, ['/usr/sbin/keepalived', '-n', '"-l', 'x"'])
  assert.deepEqual(staticOf({ KEEPALIVED_CONF: '/tmp/k.conf', KEEPALIVED_DEBUG: 'True' }).command, ['/usr/sbin/keepalived', '-n', '-l', '-f', '/tmp/k.conf', '-D'])
})

test('the check: defaults of the seed, the weight by mode, a time-out below the interval', () => {
  const on = { KEEPALIVED_KUBE_APISERVER_CHECK: 'TRUE' }
  assert.deepEqual(staticOf(on).check, {
    address: null, port: 6443, host: 'localhost', path: '/livez', interval: 3, timeout: 2, fall: 10, rise: 2, weight: -50, caFile: null
  })
  assert.equal(meshOf(on).check?.weight, -127)
  assert.equal(meshOf({ ...on, KEEPALIVED_MESH: 'on', KEEPALIVED_UNICAST_PEER_0: '10.10.0.22' }).check?.weight, -50)
  assert.equal(staticOf({ ...on, KUBE_APISERVER_CHK_INTERVAL: '1' }).check?.timeout, 0.8)
})

test('secrets come from a file as well, without the line feed at its end', () => {
  const config = meshOf({ KEEPALIVED_AUTH_PASS_FILE: '/run/secrets/pass', KEEPALIVED_MESH_SECRET_FILE: '/run/secrets/mesh' }, { '/run/secrets/pass': 'fromfile\n', '/run/secrets/mesh': 'a long enough secret\r\n' })
  assert.equal(config.authPass, 'fromfile')
  assert.deepEqual(config.mesh.access, { keys: [groupKeysOf('a long enough secret', { name: 'default', virtualRouterId: 1 })], open: false })
})

const keyOf = (secret: string) => groupKeysOf(secret, { name: 'default', virtualRouterId: 1 })

test('while a group changes its secret, the previous one lets hosts in as well; none at all does too', () => {
  const [now, before] = ['a long enough secret', 'the secret of last year']
  for (const [previous, expected] of [
    [before, { keys: [keyOf(now), keyOf(before)], open: false }],
    [now, { keys: [keyOf(now)], open: false }],
    ['none', { keys: [keyOf(now)], open: true }]
  ] as const) {
    assert.deepEqual(meshOf({ KEEPALIVED_MESH_SECRET: now, KEEPALIVED_MESH_SECRET_PREVIOUS: previous }).mesh.access, expected)
    assert.deepEqual(meshOf({ KEEPALIVED_MESH_SECRET: now, KEEPALIVED_MESH_SECRET_PREVIOUS_FILE: '/p' }, { '/p': `${previous}\n` }).mesh.access, expected)
  }
})

test('keys are drawn from the secret and the group: each has its own, and always the same', () => {
  const group = { name: 'default', virtualRouterId: 1 }
  const keys = groupKeysOf('a long enough secret', group)
  assert.deepEqual(groupKeysOf('a long enough secret', group), keys)
  assert.equal(Buffer.from(keys.preSharedKey).toString('hex'), '7d1d0f2ed3119501d43038b0912113ef746914d862ed7a611a039b3ffcf95181')
  assert.equal(keys.authPass, 'M7rKZgvj')
  for (const other of [groupKeysOf('a long enough secre', group), groupKeysOf('a long enough secret', { ...group, name: 'other' }), groupKeysOf('a long enough secret', { ...group, virtualRouterId: 2 })]) {
    assert.notDeepEqual(other.preSharedKey, keys.preSharedKey)
    assert.notEqual(other.authPass, keys.authPass)
  }
})

test('the VRRP password: as set; of the secret; the seed\'s where there is none, where static peers must know it, and in static mode', () => {
  const secret = { KEEPALIVED_MESH_SECRET: 'a long enough secret' }
  const derived = groupKeysOf('a long enough secret', { name: 'default', virtualRouterId: 1 }).authPass
  for (const [rest, expected, isSet] of [
    [{ ...secret, KEEPALIVED_AUTH_PASS: 'mine' }, 'mine', true],
    [secret, derived, false],
    [{}, 'pwd1', false],
    [{ ...secret, KEEPALIVED_MESH: 'on', KEEPALIVED_UNICAST_PEER_1: '10.10.0.22' }, 'pwd1', false],
    [{ ...secret, KEEPALIVED_VRRP_VERSION: '3' }, null, false]
  ] as const) {
    const { authPass, isAuthPassSet } = meshOf(rest)
    assert.deepEqual([authPass, isAuthPassSet], [expected, isSet])
  }
  assert.equal(staticOf(secret).authPass, 'pwd1')
})

test('a host knows by itself every password that nobody set: of both secrets, and the seed\'s', () => {
  const [now, before] = ['a long enough secret', 'the secret of last year'].map(secret => groupKeysOf(secret, { name: 'default', virtualRouterId: 1 }).authPass)
  const both = meshOf({ KEEPALIVED_MESH_SECRET: 'a long enough secret', KEEPALIVED_MESH_SECRET_PREVIOUS: 'the secret of last year' })
  assert.deepEqual([...passwordsOf(both).values()], [now, before, 'pwd1'])
  assert.deepEqual([...passwordsOf(meshOf({ KEEPALIVED_MESH_SECRET: 'a long enough secret', KEEPALIVED_AUTH_PASS: 'mine' })).values()], ['mine'])
  assert.deepEqual([...passwordsOf(meshOf({})).values()], ['pwd1'])
})

test('seeds: every form, canonical', () => {
  const { seeds } = meshOf({ KEEPALIVED_MESH_SEEDS: '10.0.0.5, node-1.example:11300 [FD00::5]:99,fd00::6 /dns4/all.example/tcp/1 /ip4/10.0.0.6/tcp/2/p2p/12D3KooWx' }).mesh
  assert.deepEqual(seeds, [
    { host: '10.0.0.5', port: null }, { host: 'node-1.example', port: 11_300 }, { host: 'fd00::5', port: 99 }, { host: 'fd00::6', port: null },
    { host: 'all.example', port: 1 }, { host: '10.0.0.6', port: 2 }
  ])
})

test('service links of Kubernetes are no ports', () => {
  assert.equal(meshOf({ KEEPALIVED_MESH_PORT: 'tcp://10.96.0.7:11201', KUBE_APISERVER_PORT: 'tcp://10.96.0.1:443' }).mesh.port, 11_201)
})

test('HTTP can be moved and switched off', () => {
  assert.equal(meshOf({ KEEPALIVED_MESH_HTTP: 'off' }).mesh.http, null)
  assert.deepEqual(meshOf({ KEEPALIVED_MESH_HTTP: '[::]:80' }).mesh.http, { address: '::', port: 80 })
})

test('the command: its documented default to the letter, a name for PATH, a script', () => {
  const conf = { KEEPALIVED_CONF: '/c.conf' }
  const commandOf = (command: string) => staticOf({ ...conf, KEEPALIVED_CMD: command }).command.join(' ')
  assert.equal(commandOf('/usr/sbin/keepalived -n -l -f $KEEPALIVED_CONF'), '/usr/sbin/keepalived -n -l -f /c.conf')
  assert.equal(commandOf('keepalived -nlf/c.conf'), 'keepalived -nlf/c.conf')
  assert.equal(commandOf('nice -n 5 keepalived --use-file=/c.conf'), 'nice -n 5 keepalived --use-file=/c.conf')
  assert.equal(commandOf('/my/script x$KEEPALIVED_CONF'), '/my/script x$KEEPALIVED_CONF')
  assert.equal(faultsOf({ KEEPALIVED_MESH: 'off', ...conf, KEEPALIVED_CMD: 'keepalived -n -l' })[0]?.variable, 'KEEPALIVED_CMD', 'it would read the default')
})

test('in passthrough the command says which conf is read', () => {
  assert.equal(configOf({ KEEPALIVED_AUTOCONF: 'false', KEEPALIVED_CMD: '/usr/sbin/keepalived -n -l -f /other.conf' }).conf, '/other.conf')
  assert.equal(configOf({ KEEPALIVED_AUTOCONF: 'false', KEEPALIVED_CONF: '/c.conf', KEEPALIVED_CMD: '/my/script' }).conf, '/c.conf')
})

for (const [text, complaint] of [
  ['priority 255', '"priority" is the agent\'s own'],
  ['virtual_routes { ; 10.9.0.0/16 via 10.10.0.9', 'a block is not closed'],
  ['}', 'closes a block that none of them opens'],
  ['virtual_routes { 10.9.0.0/16 via 10.10.0.9 }', 'put a ; there'],
  ['garp_master_delay 2 # two', 'printable ASCII'],
  ['include /etc/other', '"include" is the agent\'s own'],
  ['@one garp_master_delay 2', 'begins with @'],
  ['garp_master_delay $DELAY', 'printable ASCII']
] as const) {
  test(`directives that are added: ${text} is refused`, () => {
    const [fault] = faultsOf({ KEEPALIVED_EXTRA_INSTANCE: text })
    assert.equal(fault?.variable, 'KEEPALIVED_EXTRA_INSTANCE')
    assert.equal(fault.received, text)
    assert.ok(fault.expected.includes(complaint), fault.expected)
  })
}
