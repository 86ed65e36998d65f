/**
 * No text in any variable, and nothing that another member says, can add a directive, a block, a comment or a line to the
 * conf. Whatever comes is either refused or rendered into exactly the tree that the model stands for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readConfig } from '../../src/config/read-config.ts'
import { variables } from '../../src/config/variables/all.ts'
import { meshInstance, staticInstance } from '../../src/keepalived/instance.ts'
import { createRender } from '../../src/keepalived/render.ts'
import { statementIn } from '../../src/mesh/statement.ts'
import type { Conf } from '../../src/core/event.ts'
import type { MemberRecord } from '../../src/core/record.ts'
import type { Instance } from '../../src/keepalived/instance.ts'
import { recordOf } from '../mesh/host.ts'
import { assertSays } from './conf-model.ts'
import { configOf, confOf, files, noFile } from './sample.ts'

const render = createRender(null)

/** What keepalived gives a meaning to, next to anything at all. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom('\n', '\r', '}', '{', '#', '!', '"', '\'', '\\', ' ', '\t', '\u2028', '@', '~SEQ(a,1,2)', '$_PWD', '${x}', '{{priority}}', 'vrrp_instance X', 'include /etc/passwd', 'dev eth0', '10.10.0.9/24', '/bin/sh', 'eth0', '1', 'pw'), { maxLength: 8 })
    .map(parts => parts.join(''))
)

/** A good value of every variable: what is hostile is put in its place, or behind it, in a conf that would be rendered. */
const good: Readonly<Record<string, string>> = {
  KEEPALIVED_ADVERT_INT: '2', KEEPALIVED_AUTH_PASS: 'se_cret', KEEPALIVED_AUTH_PASS_FILE: '/run/secrets/pass', KEEPALIVED_AUTOCONF: 'true', KEEPALIVED_CMD: '/usr/sbin/keepalived -n -f $KEEPALIVED_CONF',
  KEEPALIVED_CONF: '/etc/k.conf', KEEPALIVED_DEBUG: 'true', KEEPALIVED_EXTRA_GLOBAL: 'router_id rack-7; vrrp_garp_interval 0.1', KEEPALIVED_EXTRA_INSTANCE: 'garp_master_delay 2; virtual_routes {; 10.9.0.0/16 via 10.10.0.9; }', KEEPALIVED_INTERFACE: 'eth0', KEEPALIVED_KUBE_APISERVER_CHECK: 'true', KEEPALIVED_MESH: 'on', KEEPALIVED_MESH_DISCOVERY: 'vip,seeds',
  KEEPALIVED_MESH_HTTP: '127.0.0.1:80', KEEPALIVED_MESH_KUBECONFIG: '/etc/kubernetes/kubelet.conf', KEEPALIVED_MESH_LOG_LEVEL: 'debug', KEEPALIVED_MESH_NAME: 'blue', KEEPALIVED_MESH_NODE_SELECTOR: 'pool=edge', KEEPALIVED_MESH_PORT: '11201', KEEPALIVED_MESH_RUN_DIR: '/run/k',
  KEEPALIVED_MESH_SECRET: 'a long enough secret', KEEPALIVED_MESH_SECRET_FILE: '/run/secrets/mesh', KEEPALIVED_MESH_SECRET_PREVIOUS: 'none', KEEPALIVED_MESH_SECRET_PREVIOUS_FILE: '/run/secrets/before',
  KEEPALIVED_MESH_SEEDS: '10.10.0.22, node.example:7', KEEPALIVED_MESH_SPEC_REVISION: '3', KEEPALIVED_MESH_STATE_DIR: '/var/lib/k', KEEPALIVED_MESH_UNLIST: '30', KEEPALIVED_NOTIFY: '/bin/n all',
  KEEPALIVED_NOTIFY_BACKUP: '/bin/n b', KEEPALIVED_NOTIFY_FAULT: '/bin/n f', KEEPALIVED_NOTIFY_MASTER: '/bin/n m', KEEPALIVED_NOTIFY_STOP: '/bin/n s', KEEPALIVED_PRIORITY: '150', KEEPALIVED_STATE: 'BACKUP',
  KEEPALIVED_TEMPLATE: '/etc/k.hbs', KEEPALIVED_TRACK_INTERFACE_7: 'eth1 weight -10', KEEPALIVED_UNICAST_PEER_7: '10.10.0.22', KEEPALIVED_UNICAST_SRC_IP: '10.10.0.21', KEEPALIVED_VAR_RUN: '/var/run/k',
  KEEPALIVED_VIRTUAL_IPADDRESS_7: '10.10.0.3/24 dev eth0', KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_7: 'fd00::3/64', KEEPALIVED_VIRTUAL_ROUTER_ID: '51', KEEPALIVED_VRRP_VERSION: '2', KUBE_APISERVER_ADDRESS: '10.10.0.2',
  KUBE_APISERVER_CA_FILE: '/etc/ca.crt', KUBE_APISERVER_CHK_FALL: '4', KUBE_APISERVER_CHK_INTERVAL: '5', KUBE_APISERVER_CHK_PATH: '/readyz?x=1', KUBE_APISERVER_CHK_RISE: '3', KUBE_APISERVER_CHK_TIMEOUT: '2',
  KUBE_APISERVER_CHK_WEIGHT: '-60', KUBE_APISERVER_HOST: 'localhost', KUBE_APISERVER_PORT: '6443'
}
const names = Object.keys(good)

/** A secret comes by one of the two, and the template of an operator is the operator's word. */
const either = [['KEEPALIVED_AUTH_PASS', 'KEEPALIVED_AUTH_PASS_FILE'], ['KEEPALIVED_MESH_SECRET', 'KEEPALIVED_MESH_SECRET_FILE'], ['KEEPALIVED_MESH_SECRET_PREVIOUS', 'KEEPALIVED_MESH_SECRET_PREVIOUS_FILE']] as const
const contents: Readonly<Record<string, string>> = { '/run/secrets/pass': 'fromfile\n', '/run/secrets/mesh': 'another long secret\n', '/run/secrets/before': 'a secret of before', '/etc/k.hbs': '{{priority}}' }

test('there is a good value of every variable, and all of them together are rendered', () => {
  assert.deepEqual(names.toSorted(), variables.map(({ name }) => name.replace('###', '7')).toSorted())
  for (const mode of ['on', 'off']) for (const half of [0, 1] as const) {
    assert.ok(instanceFrom({ ...allGood(half), KEEPALIVED_MESH: mode }) !== null, `${mode} ${half}: ${JSON.stringify(readConfig({ ...allGood(half), KEEPALIVED_MESH: mode }, fileIn(contents)))}`)
  }
})

/** Of which a key is made, which takes its time: they are there only where they are what is changed. */
const isKeyed = (name: string): boolean => name.startsWith('KEEPALIVED_MESH_SECRET')

/** Every variable, but for one of each two of which only one may be set. */
function allGood (half: 0 | 1, { keyed = true } = {}): Record<string, string> {
  const left = new Set<string>([...either.map((two) => two[half]), ...keyed ? [] : names.filter(isKeyed)])
  return { ...Object.fromEntries(Object.entries(good).filter(([name]) => !left.has(name))), KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24' }
}

function fileIn (texts: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => texts[path] ?? noFile(path)
}

function instanceFrom (environment: Record<string, string>, texts = contents): Instance | null {
  const read = readConfig(environment, fileIn(texts))
  if ('faults' in read || read.config.mode === 'passthrough') return null
  if (read.config.mode === 'static') return staticInstance(read.config, { interface: read.config.interface ?? 'eth0', source: '10.10.0.21' }, files)
  return meshInstance(read.config, read.config.interface ?? 'eth0', confOf(read.config), files)
}

/** Any text, or a good one with any text before or behind. */
const anyFor = (name: string): fc.Arbitrary<string> => fc.oneof(hostile, hostile.map((text) => `${good[name]}${text}`), hostile.map((text) => text + good[name]))

for (const mode of ['on', 'off']) {
  for (const name of names) {
    test(`mesh ${mode}: ${name}, any text, alone and beside good values of all others`, () => {
      fc.assert(fc.property(anyFor(name), fc.constantFrom(0, 1), fc.boolean(), (text, half, isAlone) => {
        const others: Record<string, string> = isAlone ? { KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24' } : allGood(half, { keyed: isKeyed(name) })
        const instance = instanceFrom({ ...others, KEEPALIVED_MESH: mode, [name]: text })
        if (instance !== null) assertSays(render(instance), instance)
      }), { numRuns: isKeyed(name) ? 12 : 60 })
    })
  }
}

test('all variables at once: any text in some of them, good ones in all others', () => {
  let rendered = 0
  const some = fc.uniqueArray(fc.constantFrom(...names.filter((name) => !isKeyed(name))).chain((name) => fc.tuple(fc.constant(name), anyFor(name))), { maxLength: 4, selector: ([name]) => name })
  fc.assert(fc.property(some, fc.constantFrom(0, 1), (changed, half) => {
    const instance = instanceFrom({ ...allGood(half, { keyed: false }), ...Object.fromEntries(changed) })
    if (instance === null) return
    rendered++
    assertSays(render(instance), instance)
  }), { numRuns: 1500 })
  assert.ok(rendered > 100, `only ${rendered} were rendered`)
})

test('all variables at once, any text in each: nothing is thrown, and what is rendered says what was read', () => {
  const all = fc.record(Object.fromEntries(names.map((name) => [name, anyFor(name)])))
  fc.assert(fc.property(all, (environment) => {
    const instance = instanceFrom(environment)
    if (instance !== null) assertSays(render(instance), instance)
  }), { numRuns: 200 })
})

for (const path of Object.keys(contents)) {
  test(`what the file ${path} holds, any text`, () => {
    const isSlow = path.endsWith('mesh') || path.endsWith('before')
    const runs = isSlow ? 20 : 300
    let refused = 0
    fc.assert(fc.property(fc.oneof(hostile, hostile.map((text) => `${contents[path]}${text}`)), (text) => {
      const instance = instanceFrom({ ...allGood(0, { keyed: isSlow }), KEEPALIVED_MESH: 'on' }, { ...contents, [path]: text })
      if (instance === null) refused++
      else assertSays(render(instance), instance)
    }), { numRuns: runs })
    assert.ok(refused < runs, 'each was refused')
  })
}

/** Each field of a record that a conf may be made of, and where it goes there. */
const fields: Readonly<Record<string, (record: MemberRecord, text: string) => Record<string, unknown>>> = {
  address: (_, text) => ({ address: text }),
  'a peer': (_, text) => ({ peers: [text] }),
  'a VIP': (_, text) => ({ vips: [text] }),
  'the first VIP': ({ spec }, text) => ({ spec: { ...spec, virtualIpaddress: text } }),
  'the password': ({ spec }, text) => ({ spec: { ...spec, authPass: text } }),
  'the interval': ({ spec }, text) => ({ spec: { ...spec, advertInt: Number(text) } }),
  'the version': ({ spec }, text) => ({ spec: { ...spec, version: Number(text) } }),
  'the number': (_, text) => ({ number: Number(text) }),
  'the virtual router id': ({ spec }, text) => ({ spec: { ...spec, virtualRouterId: Number(text) } }),
  'what it proposes, the first VIP': ({ spec }, text) => ({ proposed: { ...spec, virtualIpaddress: text } }),
  'what it proposes, the password': ({ spec }, text) => ({ proposed: { ...spec, authPass: text } }),
  'what it proposes, the virtual router id': ({ spec }, text) => ({ proposed: { ...spec, virtualRouterId: Number(text) } }),
  'what it proposes, the interval': ({ spec }, text) => ({ proposed: { ...spec, advertInt: Number(text) } })
}

/** Such as would be taken, with something behind. */
const almost = fc.tuple(fc.constantFrom('10.10.0.9', '10.10.0.9/24', 'fd00::9', 'fd00::9/64', '::ffff:10.10.0.9', 'pw', '3', '0.5', '254', '1', '256', '1e2'), fc.oneof(fc.constant(''), hostile)).map(([head, tail]) => head + tail)

const own = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'
const config = configOf('mesh', {})
const base = confOf(config)

/** A conf of all that a record says, as if the core had believed every word: of what it runs, or of what it proposes. */
function confFrom ({ address, peers, vips, number }: MemberRecord, spec: MemberRecord['spec']): Conf {
  const { version, authPass, ...rest } = spec ?? base.spec
  return { ...base, priority: number ?? 254, source: '10.10.0.21', peers: [address, ...peers], vips, spec: { ...base.spec, ...rest, version, authPass: version === 3 ? null : authPass ?? 'pwd51' } }
}

for (const [name, change] of Object.entries(fields)) {
  test(`a member's record, ${name}, any text`, () => {
    let rendered = 0
    fc.assert(fc.property(fc.oneof(hostile, almost), (text) => {
      const said = recordOf(own)
      const record = statementIn(JSON.parse(JSON.stringify({ ...said, ...change(said, text) })))
      if (record?.kind !== 'member') return
      rendered++
      for (const spec of [record.spec, record.proposed]) {
        const instance = meshInstance(config, 'eth0', confFrom(record, spec), files)
        assertSays(render(instance), instance)
      }
    }), { numRuns: 1500 })
    assert.ok(rendered > 0, 'none was rendered')
  })
}

const secrets = new Set(variables.filter(({ secret }) => secret === true).map(({ name }) => name))

test('a configuration is read in any case: nothing is thrown, and a fault is one line without its secret', () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names), hostile), environment => {
    const read = readConfig(environment, fileIn(contents))
    if (!('faults' in read)) return
    assert.ok(read.faults.length > 0)
    for (const { variable, received, expected } of read.faults) {
      assert.doesNotMatch(variable + expected.replaceAll(/"[^"]*"/gs, ''), /[\n\r]/)
      if (secrets.has(variable)) assert.ok(received === null || received === '(hidden)', 'a secret is shown')
    }
  }), { numRuns: 1000 })
})
