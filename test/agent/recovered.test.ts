/** A conf says all of what the keepalived that runs was told, but who is behind each address. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteIn } from '../../src/agent/recovered.ts'
import type { MeshConfig } from '../../src/config/config.ts'
import type { Memory } from '../../src/core/effect.ts'
import type { Conf } from '../../src/core/event.ts'
import { meshInstance } from '../../src/keepalived/instance.ts'
import { createRender } from '../../src/keepalived/render.ts'
import { record, seal } from '../core/records.ts'
import { configOf, confOf, files } from '../keepalived/sample.ts'

/** As on the wire: what a note may hold is checked. */
const idOf = (letter: string): string => `12D3KooW${letter.repeat(44)}`
const [B, C, SELF] = [idOf('B'), idOf('C'), idOf('S')]

function memoryOf (spec: Conf['spec'] | null = null): Memory {
  const claims = [seal(record({ id: B, address: '10.10.0.22', number: 252 })), seal(record({ id: C, address: '10.10.0.23', number: 250 }))]
  return { incarnation: 7, founder: B, number: 254, spec, claims }
}

const textOf = (config: MeshConfig, conf: Conf): string => createRender(null)(meshInstance(config, 'eth0', conf, files))
const noted = (config: MeshConfig, conf: Conf, memory: Memory | null = memoryOf(conf.spec)): ReturnType<typeof noteIn> => noteIn(textOf(config, conf), config, { self: SELF, memory })

const environments: Readonly<Record<string, Record<string, string>>> = {
  'the least': {},
  'IPv6 and a fraction': { KEEPALIVED_VIRTUAL_IPADDRESS_1: 'fd00:10::2/64', KEEPALIVED_ADVERT_INT: '0.3' },
  'more VIPs, with words of their own': { KEEPALIVED_VIRTUAL_IPADDRESS_2: '10.10.0.3/24 label eth0:3', KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: '10.10.0.4/32' },
  'a password and a pin': { KEEPALIVED_AUTH_PASS: 'se_cret', KEEPALIVED_PRIORITY: '120' },
  'static peers': { KEEPALIVED_UNICAST_PEER_1: '10.10.0.40', KEEPALIVED_VIRTUAL_IPADDRESS_2: '10.10.0.3/24' }
}

for (const [what, environment] of Object.entries(environments)) {
  test(`what was rendered is read back: ${what}`, () => {
    const config = configOf('mesh', environment)
    const source = what.startsWith('IPv6') ? 'fd00:10::21' : '10.10.0.21'
    const conf = { ...confOf(config), priority: config.pinned ?? 254, source, peers: ['10.10.0.22', '10.10.0.23', ...config.unicastPeer], lists: [B, C] }
    const told = { ...conf, spec: { ...conf.spec, epoch: 3, revision: 2 } }
    const note = noted(config, told)
    assert.deepEqual(note?.conf, told)
    assert.deepEqual([note?.number, note?.founder, note?.prepared], [254, B, null])
  })
}

test('a lone host has a placeholder, which is no peer; without a view it is its own founder', () => {
  const config = configOf('mesh', {})
  const note = noted(config, { ...confOf(config), peers: [], lists: [] }, null)
  assert.deepEqual([note?.conf.peers, note?.conf.lists, note?.number, note?.founder], [[], [], 254, SELF])
})

test('a claim has no number in it, which the view knows', () => {
  const config = configOf('mesh', {})
  const claim = { ...confOf(config), priority: 255, claim: true, lists: [B, C] }
  assert.deepEqual([noted(config, claim)?.number, noted(config, claim)?.conf.claim], [254, true])
  assert.equal(noted(config, { ...claim, peers: [], lists: [] }, null), null)
})

test('a peer that nobody knows stays a peer; nobody is made up behind it, be the whole view lost', () => {
  const config = configOf('mesh', {})
  const conf = { ...confOf(config), peers: ['10.10.0.22', '10.10.0.66'] }
  assert.deepEqual(noted(config, conf)?.conf, { ...conf, lists: [B] })
  assert.deepEqual(noted(config, conf, null)?.conf, { ...conf, lists: [] })
})

test('nothing is made up of a conf that is cut off, or is not ours', () => {
  const config = configOf('mesh', {})
  const text = textOf(config, confOf(config))
  for (const other of ['', 'vrrp_instance MAIN {', text.slice(0, text.length / 2), text.replace('priority 254', 'priority 999'), text.replace(/virtual_ipaddress \{[^}]*\}/, '')]) {
    assert.equal(noteIn(other, config, { self: SELF, memory: memoryOf() }), null, other)
  }
})
