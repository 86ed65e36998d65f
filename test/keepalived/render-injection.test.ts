/**
 * No text in any variable can add a directive, a block or a line to the conf. Whatever the environment holds is either
 * refused or rendered into a tree whose directives are those that were asked for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readConfig } from '../../src/config/read-config.ts'
import { variables } from '../../src/config/variables/all.ts'
import { confTreeOf } from '../../src/keepalived/conf-tree.ts'
import { meshInstance, staticInstance } from '../../src/keepalived/instance.ts'
import { createRender } from '../../src/keepalived/render.ts'
import type { Directive } from '../../src/keepalived/conf-tree.ts'
import { confOf, files, noFile } from './sample.ts'

const render = createRender(null)

/** Each directive that our template can write, with the number of words that it may have. */
const shape: Readonly<Record<string, number>> = {
  global_defs: 0, router_id: 1, enable_script_security: 0, script_user: 1, reload_check_config: 1, vrrp_garp_master_refresh: 1,
  vrrp_notify_fifo: 1, vrrp_notify_priority_changes: 1, track_file: 1, file: 1, weight: 1, init_file: 1, vrrp_script: 1, script: 1,
  interval: 1, fall: 1, rise: 1, vrrp_instance: 1, state: 1, interface: 1, virtual_router_id: 1, version: 1, priority: 1, advert_int: 1,
  lower_prio_no_advert: 1, higher_prio_send_advert: 1, unicast_src_ip: 1, unicast_peer: 0, authentication: 0, auth_type: 1, auth_pass: 1,
  virtual_ipaddress: 0, virtual_ipaddress_excluded: 0, track_interface: 0, track_script: 0, notify: 1, notify_master: 1, notify_backup: 1,
  notify_fault: 1, notify_stop: 1
}

/** Blocks whose lines are values. */
const valueBlocks = new Set(['unicast_peer', 'virtual_ipaddress', 'virtual_ipaddress_excluded', 'track_interface', 'track_script', 'track_file'])

function assertShape (directives: readonly Directive[], inInstance = false): void {
  for (const { name, words, block } of directives) {
    const isList = inInstance && valueBlocks.has(name)
    assert.ok(name in shape, `unexpected directive ${name}`)
    if (!isList) assert.equal(words.length, shape[name], `${name} ${words.join(' ')}`)
    if (isList) assert.ok(block?.every(line => line.block === null && /^[A-Za-z0-9_]/.test(line.name)), `a block within ${name}`)
    else assertShape(block ?? [], name === 'vrrp_instance')
  }
}

/** What keepalived gives a meaning to, next to anything at all. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom('\n', '\r', '}', '{', '#', '!', '"', '\'', '\\', ' ', '\t', '\u2028', '@', '~SEQ(a,1,2)', '$_PWD', '${x}', '{{priority}}', 'vrrp_instance X', 'include /etc/passwd', 'dev eth0', '10.10.0.9/24', '/bin/sh', 'eth0', '1', 'pw'), { maxLength: 8 })
    .map(parts => parts.join(''))
)

/** Good values, so that what is hostile meets a conf that would be rendered. */
const good = { KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24', KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }

const names = variables.map(({ name }) => name.replace('###', '7')).filter(name => name !== 'KEEPALIVED_AUTOCONF' && name !== 'KEEPALIVED_MESH')

function renderingOf (environment: Record<string, string>): string | null {
  const read = readConfig(environment, noFile)
  if ('faults' in read || read.config.mode === 'passthrough') return null
  if (read.config.mode === 'static') return render(staticInstance(read.config, { interface: read.config.interface ?? 'eth0', source: '10.10.0.21' }, files))
  return render(meshInstance(read.config, read.config.interface ?? 'eth0', confOf(read.config), files))
}

for (const mode of ['on', 'off']) {
  test(`mesh ${mode}: one variable, any text`, () => {
    let rendered = 0
    fc.assert(fc.property(fc.constantFrom(...names), hostile, (name, text) => {
      const written = renderingOf({ ...good, KEEPALIVED_MESH: mode, [name]: text })
      if (written === null) return
      rendered++
      const tree = confTreeOf(written)
      assert(tree !== null)
      assertShape(tree)
      assert.equal(tree.filter(directive => directive.name === 'vrrp_instance').length, 1)
    }), { numRuns: 3000 })
    assert.ok(rendered > 100, `only ${rendered} were rendered`)
  })
}

test('all variables at once, any text', () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names), hostile, { maxKeys: 12 }), environment => {
    const written = renderingOf({ ...environment, ...good })
    const tree = written === null ? [] : confTreeOf(written)
    assert(tree !== null)
    assertShape(tree)
  }), { numRuns: 1000 })
})

test('a configuration is read in any case: nothing is thrown, and a fault is one line without its secret', () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names, 'KEEPALIVED_MESH', 'KEEPALIVED_AUTOCONF'), hostile), environment => {
    const read = readConfig(environment, noFile)
    if (!('faults' in read)) return
    assert.ok(read.faults.length > 0)
    for (const { variable, received, expected } of read.faults) {
      assert.doesNotMatch(variable + expected.replaceAll(/"[^"]*"/gs, ''), /[\n\r]/)
      if (variable === 'KEEPALIVED_AUTH_PASS' || variable === 'KEEPALIVED_MESH_SECRET') assert.equal(received, '(hidden)')
    }
  }), { numRuns: 1000 })
})
