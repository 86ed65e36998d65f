/** What stands in the conf, read back as a tree: the order that keepalived needs, and what each mode adds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confTreeOf, directiveOf } from '../../src/keepalived/conf-tree.ts'
import { meshInstance, staticInstance } from '../../src/keepalived/instance.ts'
import { createRender } from '../../src/keepalived/render.ts'
import { placesIn } from '../../src/keepalived/places.ts'
import type { Conf } from '../../src/core/event.ts'
import type { Directive } from '../../src/keepalived/conf-tree.ts'
import { confOf, configOf, files } from './sample.ts'

const render = createRender(null)
const seat = { interface: 'eth0', source: '10.10.0.21' }

function blocksOf (text: string): { globals: readonly Directive[], instance: readonly Directive[], roots: string[] } {
  const tree = confTreeOf(text)
  assert(tree !== null)
  return { globals: blockOf(tree, 'global_defs'), instance: blockOf(tree, 'vrrp_instance'), roots: tree.map(({ name }) => name) }
}

function blockOf (tree: readonly Directive[], name: string): readonly Directive[] {
  return directiveOf(tree, name)?.block ?? []
}

function linesIn (tree: readonly Directive[], name: string): string[] {
  return blockOf(tree, name).map(directive => [directive.name, ...directive.words].join(' '))
}

const meshText = (rest: Record<string, string> = {}, change: Partial<Conf> = {}) => {
  const config = configOf('mesh', rest)
  return render(meshInstance(config, 'eth0', { ...confOf(config), ...change }, files))
}
const staticText = (rest: Record<string, string> = {}) => render(staticInstance(configOf('static', rest), seat, files))
const checked = { KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }
const scriptIn = (rest: Record<string, string>) => /script "(.*)"/.exec(staticText({ ...checked, ...rest }))?.[1]?.replace(files.checkScript, 'check')

test('script security stands before the fifo, or each reload drops it', () => {
  for (const text of [meshText(), staticText()]) {
    const names = blocksOf(text).globals.map(({ name }) => name)
    assert.ok(names.indexOf('enable_script_security') < names.indexOf('vrrp_notify_fifo'))
    assert.ok(names.indexOf('script_user') < names.indexOf('vrrp_notify_fifo'))
    assert.doesNotMatch(text, /check_unicast_src|min_ttl|max_ttl|nopreempt/)
  }
})

test('mesh: only the first VIP is in the adverts', () => {
  const { instance } = blocksOf(meshText({ KEEPALIVED_VIRTUAL_IPADDRESS_2: '10.10.0.3/24', KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: 'fd00::2/64' }))
  assert.deepEqual(linesIn(instance, 'virtual_ipaddress'), ['10.10.0.2/24'])
  assert.deepEqual(linesIn(instance, 'virtual_ipaddress_excluded'), ['10.10.0.3/24', 'fd00::2/64'])
})

test('union: the VIPs as the seed lays them out', () => {
  const { instance } = blocksOf(meshText({ KEEPALIVED_UNICAST_PEER_1: '10.10.0.30', KEEPALIVED_VIRTUAL_IPADDRESS_2: '10.10.0.3/24' }))
  assert.deepEqual(linesIn(instance, 'virtual_ipaddress'), ['10.10.0.2/24', '10.10.0.3/24'])
})

test('mesh: BACKUP at its number, with the track file for handing over', () => {
  const text = meshText(checked)
  const { instance, roots } = blocksOf(text)
  assert.deepEqual(roots, ['global_defs', 'track_file', 'vrrp_script', 'vrrp_instance'])
  assert.deepEqual(directiveOf(instance, 'state')?.words, ['BACKUP'])
  assert.deepEqual(directiveOf(instance, 'priority')?.words, ['254'])
  assert.deepEqual(linesIn(instance, 'track_file'), ['handover'])
  assert.deepEqual(linesIn(instance, 'unicast_peer'), ['10.10.0.22', '10.10.0.23'])
})

test('a claim is the address owner, without weights, which keepalived would remark on and refuse', () => {
  const { instance, roots } = blocksOf(meshText(checked, { claim: true }))
  assert.deepEqual(roots, ['global_defs', 'vrrp_instance'])
  assert.deepEqual(directiveOf(instance, 'state')?.words, ['MASTER'])
  assert.deepEqual(directiveOf(instance, 'priority')?.words, ['255'])
})

test('the peers are never none: a placeholder of the family', () => {
  assert.deepEqual(linesIn(blocksOf(meshText({}, { peers: [] })).instance, 'unicast_peer'), ['0.0.0.0'])
  assert.deepEqual(linesIn(blocksOf(staticText()).instance, 'unicast_peer'), ['0.0.0.0'])
  const ipv6 = meshText({ KEEPALIVED_VIRTUAL_IPADDRESS_1: 'fd00::2/64' }, { peers: [], source: 'fd00::21' })
  assert.deepEqual(linesIn(blocksOf(ipv6).instance, 'unicast_peer'), ['ff01::112'])
})

test('the host itself is never its peer', () => {
  assert.deepEqual(linesIn(blocksOf(meshText({}, { peers: ['10.10.0.21', '10.10.0.22'] })).instance, 'unicast_peer'), ['10.10.0.22'])
})

test('version 3 says so and has no password', () => {
  const { instance } = blocksOf(staticText({ KEEPALIVED_ADVERT_INT: '0.25' }))
  assert.deepEqual(directiveOf(instance, 'version')?.words, ['3'])
  assert.equal(directiveOf(instance, 'authentication'), null)
  assert.equal(directiveOf(blocksOf(staticText()).instance, 'version'), null)
})

test('the check gets only the arguments that it does not assume anyway', () => {
  assert.equal(scriptIn({}), 'check 10.10.0.2 6443')
  assert.equal(scriptIn({ KUBE_APISERVER_CHK_INTERVAL: '1' }), 'check 10.10.0.2 6443 localhost /livez 0.8')
  assert.equal(scriptIn({ KUBE_APISERVER_HOST: 'fd00::5' }), 'check 10.10.0.2 6443 fd00::5')
  assert.equal(scriptIn({ KUBE_APISERVER_CA_FILE: '/ca.crt' }), 'check 10.10.0.2 6443 localhost /livez 2 /ca.crt')
})

test('static: the own interface is tracked when asked for, and then keepalived may not check reloads', () => {
  const text = staticText({ KEEPALIVED_TRACK_INTERFACE_1: 'eth0', KEEPALIVED_TRACK_INTERFACE_2: 'eth1 weight -20' })
  assert.deepEqual(linesIn(blocksOf(text).instance, 'track_interface'), ['eth0', 'eth1 weight -20'])
  assert.doesNotMatch(text, /reload_check_config/)
  assert.match(staticText({ KEEPALIVED_TRACK_INTERFACE_1: 'eth1' }), /reload_check_config \/run/)
})

test('mesh: the own interface is not tracked, as keepalived ignores that', () => {
  const { instance } = blocksOf(meshText({ KEEPALIVED_TRACK_INTERFACE_1: 'eth0', KEEPALIVED_TRACK_INTERFACE_2: 'eth1' }))
  assert.deepEqual(linesIn(instance, 'track_interface'), ['eth1'])
})

test('scripts of the user are run on changes', () => {
  const { instance } = blocksOf(staticText({ KEEPALIVED_NOTIFY: '/usr/bin/n a b', KEEPALIVED_NOTIFY_MASTER: '/usr/bin/m' }))
  assert.deepEqual(instance.filter(({ name }) => name.startsWith('notify')), [
    { name: 'notify_master', words: ['/usr/bin/m'], block: null },
    { name: 'notify', words: ['/usr/bin/n a b'], block: null }
  ])
})

test('a peer that is no address is a defect', () => {
  assert.throws(() => meshText({}, { peers: ['10.10.0.22\n}'] }), /is no address/)
})

test('of two MASTERs the loser falls silent and the winner tells the switches', () => {
  for (const text of [meshText(), staticText()]) {
    const { instance } = blocksOf(text)
    for (const name of ['lower_prio_no_advert', 'higher_prio_send_advert']) assert.deepEqual(directiveOf(instance, name)?.words, ['true'])
  }
})

test('a brace, a quote, a macro or a line feed that got through every grammar is a defect, not a directive', () => {
  for (const text of ['eth0 {', 'eth0\nstate MASTER', 'eth"0', '$_PWD', 'a~SEQ(x,1,2)', '~LST(x,a)']) {
    assert.throws(() => render(staticInstance(configOf('static', {}), { ...seat, interface: text }, files)), /no plain word/)
  }
})

test('a template of the user sees the same values', () => {
  const custom = createRender('{{interface}} {{priority}} {{unicastSrcIp}}{{#each virtualIpaddress}} {{this}}{{/each}}')
  assert.equal(custom(staticInstance(configOf('static', {}), seat, files)), 'eth0 200 10.10.0.21 10.10.0.2/24')
  assert.throws(() => createRender('{{prority}}')(staticInstance(configOf('static', {}), seat, files)), /prority/)
})

test('what was learnt stands in the conf as if it were the host\'s own; words after a VIP are its own alone', () => {
  const config = configOf('mesh', { KEEPALIVED_VIRTUAL_IPADDRESS_1: '', KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: '10.10.0.9/32 dev eth1', KEEPALIVED_KUBE_APISERVER_CHECK: 'true' })
  const spec: Conf['spec'] = { virtualRouterId: 1, version: 2, advertInt: 5, virtualIpaddress: '10.10.0.2/24', authDigest: '', authPass: 'told', revision: 0, epoch: 0 }
  const conf: Conf = { priority: 230, claim: false, source: '10.10.0.22', peers: ['10.10.0.21'], lists: [], spec, vips: ['10.10.0.9/32', '10.10.0.3/32'] }
  const text = render(meshInstance(config, 'eth0', conf, files))
  assert.match(text, /advert_int 5\n/)
  assert.match(text, /auth_pass told\n/)
  assert.match(text, /virtual_ipaddress \{\n\s+10\.10\.0\.2\/24\n\s+\}/)
  assert.match(text, /virtual_ipaddress_excluded \{\n\s+10\.10\.0\.9\/32 dev eth1\n\s+10\.10\.0\.3\/32\n\s+\}/)
  assert.match(text, /script ".* 10\.10\.0\.2 6443"/)
  assert.match(render(meshInstance(config, 'eth0', { ...conf, spec: { ...spec, version: 3 } }, files)), /version 3\n/)
})

test('what was told reaches no conf unless it has its grammar', () => {
  const config = configOf('mesh', {})
  const good = confOf(config)
  for (const bad of [
    { vips: ['10.10.0.9/24 dev eth0'] }, { vips: ['10.10.0.9/24\n}'] }, { vips: ['nobody/24'] }, { peers: ['10.10.0.9 }'] }, { source: 'x' },
    { spec: { ...good.spec, virtualIpaddress: '10.10.0.2/99' } }, { spec: { ...good.spec, authPass: 'a b' } }, { spec: { ...good.spec, authPass: '123456789' } }, { spec: { ...good.spec, authPass: null } }
  ]) assert.throws(() => render(meshInstance(config, 'eth0', { ...good, ...bad }, files)), { name: 'AssertionError' }, JSON.stringify(bad))
})

test('where a conf puts its VIPs can be read back', () => {
  assert.deepEqual(placesIn(meshText({ KEEPALIVED_VIRTUAL_IPADDRESS_2: '10.10.0.3/32 dev eth1' })), [
    { address: '10.10.0.2', dev: 'eth0' },
    { address: '10.10.0.3', dev: 'eth1' }
  ])
})

test('so can that of a conf that others wrote, as far as it goes', () => {
  const text = `
    } # a stray one
    notify "half a quote
    vrrp_sync_group G { group { A B } }
    vrrp_instance A { interface eth0
      use_vmac
      virtual_router_id 7
      virtual_ipaddress {
        10.0.0.1/24 brd + table 5 # a comment
        fd00:0::1/64 dev eth2 preferred_lft 0
        nonsense
      }
    }
    vrrp_instance B {
      interface eth1
      unicast_src_ip 10.0.0.9
      virtual_ipaddress_excluded { 10.0.0.9
        10.0.0.3
      }`
  assert.deepEqual(placesIn(text), [
    { address: '10.0.0.1', dev: 'eth0' }, { address: '10.0.0.1', dev: 'vrrp.7' }, { address: 'fd00::1', dev: 'eth2' }, { address: '10.0.0.3', dev: 'eth1' }
  ])
  assert.deepEqual(placesIn('no conf { at all'), [])
})

test('what the operator adds stands where it was meant to, as lines of its own', () => {
  const { globals, instance } = blocksOf(meshText({ KEEPALIVED_EXTRA_GLOBAL: 'router_id rack-7 ; vrrp_garp_interval 0.1', KEEPALIVED_EXTRA_INSTANCE: 'garp_master_delay 2; virtual_routes { ; 10.9.0.0/16 via 10.10.0.9 ; }' }))
  assert.deepEqual(globals.slice(-2), [{ name: 'router_id', words: ['rack-7'], block: null }, { name: 'vrrp_garp_interval', words: ['0.1'], block: null }])
  assert.deepEqual(directiveOf(instance, 'garp_master_delay')?.words, ['2'])
  assert.deepEqual(linesIn(instance, 'virtual_routes'), ['10.9.0.0/16 via 10.10.0.9'])
})
