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

/** Good values, so that what is hostile meets a conf that would be rendered. */
const good = { KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24', KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }

const names = variables.map(({ name }) => name.replace('###', '7')).filter(name => name !== 'KEEPALIVED_AUTOCONF' && name !== 'KEEPALIVED_MESH')

function instanceFrom (environment: Record<string, string>): Instance | null {
  const read = readConfig(environment, noFile)
  if ('faults' in read || read.config.mode === 'passthrough') return null
  if (read.config.mode === 'static') return staticInstance(read.config, { interface: read.config.interface ?? 'eth0', source: '10.10.0.21' }, files)
  return meshInstance(read.config, read.config.interface ?? 'eth0', confOf(read.config), files)
}

for (const mode of ['on', 'off']) {
  test(`mesh ${mode}: each variable, any text`, () => {
    let rendered = 0
    fc.assert(fc.property(fc.constantFrom(...names), hostile, (name, text) => {
      const instance = instanceFrom({ ...good, KEEPALIVED_MESH: mode, [name]: text })
      if (instance === null) return
      rendered++
      assertSays(render(instance), instance)
    }), { numRuns: 3000 })
    assert.ok(rendered > 100, `only ${rendered} were rendered`)
  })
}

test('all variables at once, any text', () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names), hostile, { maxKeys: 12 }), environment => {
    const instance = instanceFrom({ ...environment, ...good })
    if (instance !== null) assertSays(render(instance), instance)
  }), { numRuns: 1000 })
})

/** Each field of a record that a conf may be made of, and where it goes there. */
const fields: Readonly<Record<string, (record: MemberRecord, text: string) => Record<string, unknown>>> = {
  address: (_, text) => ({ address: text }),
  'a peer': (_, text) => ({ peers: [text] }),
  'a VIP': (_, text) => ({ vips: [text] }),
  'the first VIP': ({ spec }, text) => ({ spec: { ...spec, virtualIpaddress: text } }),
  'the password': ({ spec }, text) => ({ spec: { ...spec, authPass: text } }),
  'the interval': ({ spec }, text) => ({ spec: { ...spec, advertInt: Number(text) } }),
  'the version': ({ spec }, text) => ({ spec: { ...spec, version: Number(text) } }),
  'the number': (_, text) => ({ number: Number(text) })
}

/** Such as would be taken, with something behind. */
const almost = fc.tuple(fc.constantFrom('10.10.0.9', '10.10.0.9/24', 'fd00::9', 'fd00::9/64', '::ffff:10.10.0.9', 'pw', '3', '0.5', '254'), fc.oneof(fc.constant(''), hostile)).map(([head, tail]) => head + tail)

const own = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'
const config = configOf('mesh', {})
const base = confOf(config)

/** A conf of all that a record says, as if the core had believed every word. */
function confFrom ({ address, peers, vips, spec, number }: MemberRecord): Conf {
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
      const instance = meshInstance(config, 'eth0', confFrom(record), files)
      assertSays(render(instance), instance)
    }), { numRuns: 1500 })
    assert.ok(rendered > 0, 'none was rendered')
  })
}

const secrets = new Set(variables.filter(({ secret }) => secret === true).map(({ name }) => name))

test('a configuration is read in any case: nothing is thrown, and a fault is one line without its secret', () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names, 'KEEPALIVED_MESH', 'KEEPALIVED_AUTOCONF'), hostile), environment => {
    const read = readConfig(environment, noFile)
    if (!('faults' in read)) return
    assert.ok(read.faults.length > 0)
    for (const { variable, received, expected } of read.faults) {
      assert.doesNotMatch(variable + expected.replaceAll(/"[^"]*"/gs, ''), /[\n\r]/)
      if (secrets.has(variable)) assert.ok(received === null || received === '(hidden)', 'a secret is shown')
    }
  }), { numRuns: 1000 })
})
