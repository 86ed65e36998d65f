/** keepalived's own test, run for real in a network namespace with one interface, and how its answers are read. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { execa } from 'execa'
import { createConfTest, keepalivedIn } from '../../src/keepalived/conf-test.ts'
import { meshInstance, staticInstance } from '../../src/keepalived/instance.ts'
import { createRender } from '../../src/keepalived/render.ts'
import { verdictOf } from '../../src/keepalived/verdict.ts'
import type { ConfTest } from '../../src/keepalived/conf-test.ts'
import type { Conf } from '../../src/core/event.ts'
import { confOf, configOf, files } from './sample.ts'

const room = `conftest-${process.pid}`
const seat = { interface: 'eth0', source: '10.10.0.21' }
let folder = ''
let confTest: ConfTest

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conf-test-'))
  await execa('ip', ['netns', 'add', room])
  await execa('ip', ['-n', room, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1'])
  for (const args of [['link', 'set', 'eth0', 'up'], ['link', 'set', 'eth1', 'up'], ['address', 'add', '10.10.0.21/24', 'dev', 'eth0']]) await execa('ip', ['-n', room, ...args])
  const program = join(folder, 'keepalived')
  await writeFile(program, `#!/bin/sh\nexec ip netns exec ${room} keepalived "$@"\n`, { mode: 0o755 })
  confTest = createConfTest({ program })
})

after(async () => {
  await execa('ip', ['netns', 'delete', room])
  await rm(folder, { recursive: true })
})

const render = createRender(null)
const good = render(staticInstance(configOf('static', { KEEPALIVED_UNICAST_PEER_0: '10.10.0.22' }), seat, files))
const unchecked = good.replace(/\n *reload_check_config.*/, '')

async function verdictFor (text: string) {
  const file = join(folder, 'keepalived.conf')
  await writeFile(file, text, { mode: 0o600 })
  return confTest(file)
}

/** Each is the good conf with one replacement, and a part of the complaint. */
const bad: ReadonlyArray<readonly [string, string | RegExp, string, RegExp]> = [
  ['a malformed peer', '10.10.0.22', '10.10.0.x', /malformed unicast peer/],
  ['a peer of another family', '10.10.0.22', 'fd00::22', /same family/],
  ['no peer, which means multicast', '10.10.0.22', '', /without any unicast peers/],
  ['a malformed source', '10.10.0.21', 'junk', /malformed src address/],
  ['an unknown word in a VIP', '10.10.0.2/24', '10.10.0.2/24 foo', /Unknown configuration entry 'foo'/],
  ['a VIP that is none', '10.10.0.2/24', '10.10.0', /invalid IP/],
  ['a mask that is none', '10.10.0.2/24', '10.10.0.2/33', /outside range/],
  ['a scope that is none', '10.10.0.2/24', '10.10.0.2/24 scope galaxy', /Invalid scope/],
  ['a broadcast that is none', '10.10.0.2/24', '10.10.0.2/24 brd x', /invalid broadcast/],
  ['a label that is too long', '10.10.0.2/24', '10.10.0.2/24 label eth0:aaaaaaaaaaaaa', /longer than maximum/],
  ['a VIP of another family', '10.10.0.2/24', 'fd00::2/64', /address family must match/],
  ['no VIP', '10.10.0.2/24', '', /No VIP specified/],
  ['an interface that is not there', 'interface eth0', 'interface eth7', /eth7 .*doesn't exist/],
  ['a VIP on an interface that is not there', '10.10.0.2/24', '10.10.0.2/24 dev eth7', /eth7 .*doesn't exist/],
  ['virtual router id 0', 'virtual_router_id 1', 'virtual_router_id 0', /VRID '0' not valid/],
  ['a priority out of range', 'priority 200', 'priority 300', /Priority not valid/],
  ['an interval that is none', 'advert_int 1', 'advert_int 0', /Advert interval/],
  ['a fraction with version 2', 'advert_int 1', 'advert_int 0.5', /must be an integer/],
  ['an unknown directive', 'advert_int 1', 'advert_int 1\n  bogus 3', /Unknown keyword 'bogus'/],
  ['a script that is not there', 'vrrp_instance', 'vrrp_script c {\n script "/nowhere/c"\n}\nvrrp_instance', /not found\/accessible/],
  ['a brace that is left open', /}\s*$/, '', /do not match/],
  ['a brace too many', /}\s*$/, '}\n}\n', /do not match/],
  ['no instance', /vrrp_instance[\s\S]*/, '', /no vrrp_instance/]
]

for (const [name, from, to, expected] of bad) {
  test(`refused: ${name}`, async () => {
    const verdict = await verdictFor(unchecked.replace(from, to))
    assert.equal(verdict.ok, false)
    assert.match(verdict.ok ? '' : verdict.complaints.join('\n'), expected)
  })
}

const remarked: ReadonlyArray<readonly [string, string, string, RegExp]> = [
  ['the own interface tracked', 'virtual_ipaddress {', 'track_interface {\n    eth0\n  }\n  virtual_ipaddress {', /own interface/],
  ['a password beyond 8 characters', 'pwd1', 'longer-than-8', /Truncating auth_pass/],
  ['a password with version 3', 'virtual_router_id 1', 'virtual_router_id 1\n  version 3', /does not support authentication/]
]

for (const [name, from, to, expected] of remarked) {
  test(`harmless: ${name}; refused only where keepalived checks reloads itself`, async () => {
    const verdict = await verdictFor(unchecked.replace(from, to))
    assert.equal(verdict.ok, true, JSON.stringify(verdict))
    assert.match(verdict.ok ? verdict.remarks.join('\n') : '', expected)
    assert.equal((await verdictFor(good.replace(from, to))).ok, false)
  })
}

test('what we render draws no remark', async () => {
  const script = { ...files, checkScript: '/bin/true' }
  const on = { KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }
  const everything = { ...on, KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24 dev eth0 brd + scope global label eth0:vip', KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: 'fd00::2/64 -nodad', KEEPALIVED_TRACK_INTERFACE_1: 'eth1 weight -10', KEEPALIVED_NOTIFY: '/bin/true a b' }
  const ipv6 = { KEEPALIVED_VIRTUAL_IPADDRESS_1: 'fd00::2/64', ...on }
  const meshOf = (environment: Record<string, string>, change: Partial<Conf> = {}) => {
    const config = configOf('mesh', environment)
    return meshInstance(config, 'eth0', { ...confOf(config), ...change }, script)
  }
  const texts = [
    staticInstance(configOf('static', {}), seat, script),
    staticInstance(configOf('static', everything), seat, script),
    staticInstance(configOf('static', { ...everything, KEEPALIVED_PRIORITY: '255', KEEPALIVED_AUTH_PASS: 'longer$than~8' }), seat, script),
    staticInstance(configOf('static', { KEEPALIVED_ADVERT_INT: '0.25' }), seat, script),
    staticInstance(configOf('static', { ...ipv6, KEEPALIVED_INTERFACE: 'eth1' }), { interface: 'eth1', source: 'fd00::21' }, script),
    meshOf(everything),
    meshOf({ ...everything, KEEPALIVED_TRACK_INTERFACE_2: 'eth0' }, { claim: true, peers: [] }),
    meshOf(ipv6, { source: 'fd00::21', peers: [] })
  ].map(render)
  for (const text of texts) assert.deepEqual(await verdictFor(text), { ok: true, remarks: [] }, text)
})

test('a keepalived that is not there is an error, no verdict', async () => {
  const file = join(folder, 'any.conf')
  await writeFile(file, good)
  await assert.rejects(createConfTest({ program: join(folder, 'nowhere') })(file), { code: 'KEEPALIVED_UNUSABLE' })
})

test('a test that hangs has failed', async () => {
  const program = join(folder, 'hangs')
  await writeFile(program, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 })
  const file = join(folder, 'any.conf')
  await writeFile(file, good)
  const verdict = await createConfTest({ program, timeoutMs: 50 })(file)
  assert.match(verdict.ok ? '' : verdict.complaints.join(), /longer than 50 ms/)
})

test('keepalived is found within a command', () => {
  assert.equal(keepalivedIn(['/usr/sbin/keepalived', '-n']), '/usr/sbin/keepalived')
  assert.equal(keepalivedIn(['/usr/bin/nice', '-n', '5', '/opt/bin/keepalived', '-n']), '/opt/bin/keepalived')
  assert.equal(keepalivedIn(['/bin/own-wrapper', '-n']), '/usr/sbin/keepalived')
})

const plain = { output: '', exitCode: 0, signal: null, refusesRemarks: false }

test('verdict: by message, not by exit code alone', () => {
  assert.deepEqual(verdictOf(plain), { ok: true, remarks: [] })
  assert.equal(verdictOf({ ...plain, exitCode: 5, output: '(/x.conf: Line 3) Truncating auth_pass to 8 characters' }).ok, true)
  assert.deepEqual(verdictOf({ ...plain, exitCode: 5, output: '(/x.conf: Line 3) Something new\n(/x.conf: Line 3) Something new\n' }), { ok: false, complaints: ['line 3: Something new'] })
  assert.deepEqual(verdictOf({ ...plain, output: 'Something new' }), { ok: true, remarks: ['Something new'] })
  assert.equal(verdictOf({ ...plain, output: 'Config files missing \'/x\'.' }).ok, false)
  assert.equal(verdictOf({ ...plain, exitCode: 6, output: '(MAIN) Ignoring track_interface eth0 since own interface' }).ok, false)
  assert.equal(verdictOf({ ...plain, exitCode: 5 }).ok, false)
  assert.deepEqual(verdictOf({ ...plain, exitCode: null, signal: 'SIGSEGV' }), { ok: false, complaints: ['The config test ended by SIGSEGV.'] })
})
