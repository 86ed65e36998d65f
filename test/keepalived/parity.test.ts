/**
 * Static mode holds what the seed's conf held. Each case is an environment and what the original wrote for it; both
 * confs are parsed and compared as trees. What may differ is listed here, one line each, and nothing else may.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as z from 'zod'
import { readConfig } from '../../src/config/read-config.ts'
import { confTreeOf } from '../../src/keepalived/conf-tree.ts'
import { staticInstance } from '../../src/keepalived/instance.ts'
import { isPlaceholder } from '../../src/keepalived/placeholder.ts'
import { createRender } from '../../src/keepalived/render.ts'
import { chooseSeat } from '../../src/keepalived/seat.ts'
import type { Directive } from '../../src/keepalived/conf-tree.ts'
import { facts, files, noFile } from './sample.ts'

const folder = new URL('../golden/parity/', import.meta.url)
const cases = readdirSync(folder).filter(name => name.endsWith('.json')).map(name => name.replace('.json', ''))
const render = createRender(null)
const caseSchema = z.object({ env: z.record(z.string(), z.string()) })

/** Lines that only make it safer. */
const added: ReadonlySet<string> = new Set([
  'enable_script_security', 'script_user', 'reload_check_config', 'vrrp_garp_master_refresh', 'vrrp_notify_fifo',
  'vrrp_notify_priority_changes', 'lower_prio_no_advert', 'higher_prio_send_advert'
])

/** Lists whose order means nothing; ours is by number. */
const lists: ReadonlySet<string> = new Set(['unicast_peer', 'virtual_ipaddress', 'virtual_ipaddress_excluded', 'track_interface'])

function environmentOf (name: string): Record<string, string> {
  const { env } = caseSchema.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')))
  const hasPeers = Object.keys(env).some(variable => variable.startsWith('KEEPALIVED_UNICAST_PEER_'))
  return hasPeers ? env : { ...env, KEEPALIVED_MESH: 'off' }
}

function renderedFor (name: string): string {
  const read = readConfig(environmentOf(name), noFile)
  assert('config' in read && read.config.mode === 'static')
  const seat = chooseSeat(read.config, name === 'seed-backup' ? { ...facts, interfaces: [] } : facts).value ?? { interface: 'eth0', source: '10.10.0.22' }
  return render(staticInstance(read.config, seat, files))
}

/** As text, a directive a line, without what may differ. */
function normal (directives: readonly Directive[], tracksByDefault: boolean, indent = ''): string[] {
  return directives.flatMap(({ name, words, block }) => {
    if (added.has(name) || (name === 'track_interface' && tracksByDefault)) return []
    const args = name === 'script' ? words.map(checkArguments) : words
    const lines = normal(block ?? [], tracksByDefault, `${indent}  `).filter(line => !isPlaceholder(line.trim()))
    return [`${indent}${[name, ...args].join(' ')}`, ...lists.has(name) ? lines.toSorted() : lines]
  })
}

/** Without the script's path, and without what follows VIP and port: at an interval of 1 s it needs a shorter time-out than its own. */
function checkArguments (line: string): string {
  return line.split(' ').slice(1, 3).join(' ')
}

function treeOf (text: string): readonly Directive[] {
  const tree = confTreeOf(text)
  assert(tree !== null)
  return tree
}

for (const name of cases.filter(found => found !== 'no-vip')) {
  test(`${name}: the conf of the seed`, () => {
    const tracksByDefault = !Object.keys(environmentOf(name)).some(variable => variable.startsWith('KEEPALIVED_TRACK_INTERFACE_'))
    const original = readFileSync(new URL(`${name}.conf`, folder), 'utf8')
    assert.deepEqual(normal(treeOf(renderedFor(name)), tracksByDefault), normal(treeOf(original), tracksByDefault))
  })
}

test('no-vip: refused', () => {
  const read = readConfig(environmentOf('no-vip'), noFile)
  assert('faults' in read)
  assert.deepEqual(read.faults.map(({ variable }) => variable), ['KEEPALIVED_VIRTUAL_IPADDRESS_###'])
})

test('many-peers: by number', () => {
  const order = treeOf(renderedFor('many-peers')).flatMap(({ block }) => block ?? []).find(({ name }) => name === 'unicast_peer')?.block
  assert.deepEqual(order?.map(({ name }) => name), Array.from({ length: 12 }, (_, i) => `10.10.0.${30 + i}`))
})

test('all cases are here', () => assert.equal(cases.length, 11))
