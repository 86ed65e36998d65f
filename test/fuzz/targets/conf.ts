/**
 * keepalived.conf, ours or the operator's, as it is read back: into its tree, into the VIPs that it may leave behind, and into
 * the note of a keepalived that runs. And the file in which those VIPs were noted.
 */
import assert from 'node:assert/strict'
import { noteIn } from '../../../src/agent/recovered.ts'
import { placesNotedIn } from '../../../src/agent/release.ts'
import { addressOf } from '../../../src/config/address.ts'
import { confTreeOf, looseTreeOf } from '../../../src/keepalived/conf-tree.ts'
import type { Directive } from '../../../src/keepalived/conf-tree.ts'
import { meshInstance, staticInstance } from '../../../src/keepalived/instance.ts'
import { placesIn } from '../../../src/keepalived/places.ts'
import type { Place } from '../../../src/keepalived/places.ts'
import { createRender } from '../../../src/keepalived/render.ts'
import { assertSays } from '../../keepalived/conf-model.ts'
import { configOf, confOf, files } from '../../keepalived/sample.ts'
import { recordOf } from '../../mesh/host.ts'
import { ids } from '../signed.ts'
import type { Target } from '../target.ts'

const [self = '', b = '', c = ''] = ids
const envelope = { payload: '', signature: '' }
const config = configOf('mesh', {})
const conf = confOf(config)
const render = createRender(null)
const members = [[b, '10.10.0.22'], [c, '10.10.0.23']] as const
const memory = { incarnation: 7, founder: b, number: 252, spec: conf.spec, claims: members.map(([id, address]) => ({ statement: { ...recordOf(id, address), number: 254 }, envelope })) }
const ours = render(meshInstance(config, 'eth0', conf, files))
const shared = render(staticInstance(configOf('static', {
  KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24 brd 10.10.0.255 dev eth0 label eth0:1', KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: 'fd00::2/64', KEEPALIVED_TRACK_INTERFACE_1: 'eth1 weight -10', KEEPALIVED_NOTIFY: '/bin/x y'
}), { interface: 'eth0', source: '10.10.0.21' }, files))

/** Braces of which a tree is still compared: one within another for thousands of levels is too much for the comparison itself. */
const bracesMax = 500

export const confFile: Target = {
  name: 'conf',
  words: ['\n', '{\n', '}\n', ' {', '}', '"', '#', '!', 'vrrp_instance MAIN {', 'interface eth0', 'virtual_ipaddress {', 'virtual_ipaddress_excluded {', 'unicast_peer {', 'use_vmac', 'use_vmac vip0', ' dev ', 'eth1', '10.10.0.22', '10.10.0.9/24', 'fd00::9/64', 'unicast_src_ip 10.10.0.21', 'priority 255', 'priority 1e2', 'version 3', 'advert_int 0.3', 'auth_pass ', 'include /etc/passwd', '$X=y', '~SEQ(x,1,9)', '@id '],
  seeds: [ours, shared, `${ours}\n${shared}`, 'vrrp_instance A {\n use_vmac\n virtual_router_id 7\n virtual_ipaddress {\n  10.0.0.1 dev "eth0"\n }\n}\n'],
  run (input) {
    const text = input.toString()
    assertTree(text)
    assertPlaces(placesIn(text))
    const note = noteIn(text, config, { self, memory })
    if (note === null) return
    const again = meshInstance(config, 'eth0', note.conf, files)
    assertSays(render(again), again)
  }
}

export const places: Target = {
  name: 'places',
  isStory: true,
  alike: [['10.10.0.2', '10.10.0.3', 'fd00::2'], ['eth0', 'vrrp.51']],
  words: ['"address":', '"dev":', '10.10.0.2', '10.10.0.2/24', '010.0.0.1', '::ffff:10.0.0.1', 'FD00::1', 'eth0', 'fe80::1%eth0'],
  seeds: [placesIn(ours), placesIn(shared), [{ address: '10.10.0.2', dev: 'eth0' }, { address: 'none', dev: 'eth0' }, { address: 'fd00::2', dev: 'vrrp.51' }]].map((noted) => JSON.stringify(noted)),
  run (input) { assertPlaces(placesNotedIn(input.toString())) }
}

/** What the tree says, written down, is read as the same tree; and what is no whole one is read as far as it goes. */
function assertTree (text: string): void {
  const tree = confTreeOf(text)
  const loose = looseTreeOf(text)
  if (text.split('{').length > bracesMax) return
  if (tree !== null) assert.deepEqual(tree, loose)
  const written = linesOf(loose).join('\n')
  assert.deepEqual(confTreeOf(written), loose, 'another tree when it is read again')
}

function linesOf (tree: readonly Directive[]): string[] {
  return tree.flatMap(({ name, words, block }) => {
    const line = [name, ...words].map((word) => `"${word}"`).join(' ')
    return block === null ? [line] : [`${line} {`, ...linesOf(block), '}']
  })
}

function assertPlaces (found: readonly Place[]): void {
  for (const { address } of found) assert.equal(addressOf(address), address, 'a VIP that is no address')
}
