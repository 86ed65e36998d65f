/** Where each value comes from: every directive of the conf is explained, each by what it rests on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explanationOf } from '../../src/agent/explained.ts'
import { confTreeOf, type Directive } from '../../src/keepalived/conf-tree.ts'
import { meshInstance, staticInstance } from '../../src/keepalived/instance.ts'
import { createRender } from '../../src/keepalived/render.ts'
import { confOf, configOf, facts, files } from '../keepalived/sample.ts'

const VIP = { KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24' }
/** What our own template says whatever the settings, and blocks. */
const PLAIN = new Set(['global_defs', 'router_id', 'enable_script_security', 'script_user', 'reload_check_config', 'vrrp_garp_master_refresh', 'vrrp_notify_fifo', 'vrrp_notify_priority_changes', 'file', 'init_file',
  'script', 'vrrp_instance', 'lower_prio_no_advert', 'higher_prio_send_advert', 'authentication', 'auth_type', 'track_script', 'chk_kube_apiserver', 'handover', 'garp_master_delay', 'vrrp_garp_interval'])

function explained (mode: 'mesh' | 'static', environment: Record<string, string>, isAgreed = false): { readonly lines: readonly string[], readonly origin: (directive: string) => string, readonly text: string } {
  const config = configOf(mode, environment)
  const conf = config.mode === 'static' ? null : confOf(config)
  const instance = config.mode === 'static' || conf === null ? staticInstance(configOf('static', environment), { interface: 'eth0', source: '10.10.0.21' }, files) : meshInstance(config, 'eth0', conf, files)
  const text = explanationOf(instance, { config, facts, agreed: isAgreed ? conf : null, environment: { ...VIP, ...environment } })
  const lines = text.split('\n')
  return { lines, text: createRender(null)(instance), origin: (directive) => lines.find((line) => line.startsWith(`# ${directive} `))?.replace(/^# \S+ +\S.*? {2,}/, '') ?? '' }
}

function namesIn (tree: readonly Directive[]): readonly string[] {
  return tree.flatMap(({ name, block }) => [name, ...block === null || /^(?:unicast_peer|virtual_ipaddress.*|track_interface|virtual_routes)$/.test(name) ? [] : namesIn(block)])
}

const FULL = {
  KEEPALIVED_KUBE_APISERVER_CHECK: 'true', KUBE_APISERVER_CHK_FALL: '4', KEEPALIVED_TRACK_INTERFACE_1: 'eth1', KEEPALIVED_NOTIFY: '/bin/n', KEEPALIVED_NOTIFY_STOP: '/bin/s', KEEPALIVED_VIRTUAL_IPADDRESS_2: '10.10.0.3/24',
  KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: 'fd00::2/64', KEEPALIVED_EXTRA_GLOBAL: 'vrrp_garp_interval 0.1', KEEPALIVED_EXTRA_INSTANCE: 'garp_master_delay 2', KEEPALIVED_AUTH_PASS: 'se_cret'
}

for (const mode of ['mesh', 'static'] as const) {
  test(`${mode}: every directive of the conf is explained`, () => {
    const { lines, text } = explained(mode, FULL)
    const told = new Set(lines.map((line) => line.split(/ +/)[1]))
    assert.deepEqual(namesIn(confTreeOf(text) ?? []).filter((name) => !PLAIN.has(name) && !told.has(name)), [])
    assert.doesNotMatch(lines.join('\n'), /se_cret/, 'a password is told')
  })
}

test('from the environment, by the names that are set', () => {
  const { origin } = explained('mesh', { ...FULL, KEEPALIVED_INTERFACE: 'eth0', KEEPALIVED_PRIORITY: '150' })
  assert.equal(origin('interface'), 'from KEEPALIVED_INTERFACE')
  assert.equal(origin('priority'), 'from KEEPALIVED_PRIORITY')
  assert.equal(origin('fall'), 'from KUBE_APISERVER_CHK_FALL')
  assert.equal(origin('virtual_ipaddress'), 'from KEEPALIVED_VIRTUAL_IPADDRESS_1')
  assert.equal(origin('auth_pass'), 'from KEEPALIVED_AUTH_PASS')
})

test('discovered, with what else there was', () => {
  const { origin } = explained('mesh', {})
  assert.equal(origin('interface'), 'discovered: its subnet holds the first VIP, 10.10.0.2; not eth1 (172.16.1.21)')
  assert.equal(origin('unicast_src_ip'), 'discovered: first address of eth0 that is no VIP, of 2; not 10.10.0.99 (secondary)')
  assert.match(origin('priority'), /^of a host on its own/)
  assert.equal(origin('rise'), '')
})

test('agreed on by the group', () => {
  const { origin } = explained('mesh', { KEEPALIVED_ADVERT_INT: '2' }, true)
  assert.equal(origin('advert_int'), 'agreed on by the group; this host brings one from KEEPALIVED_ADVERT_INT')
  assert.match(origin('priority'), /^agreed on by the group/)
  assert.match(origin('unicast_peer'), /^agreed on by the group: all its members but this host/)
})

test('a default names what would change it', () => {
  const { origin } = explained('static', {})
  assert.equal(origin('virtual_router_id'), 'the default; KEEPALIVED_VIRTUAL_ROUTER_ID is not set')
  assert.equal(origin('priority'), 'the default; KEEPALIVED_PRIORITY is not set')
})
