/** The files that a restart reads: the identity, the last view, and what the keepalived that runs was told. */
import assert from 'node:assert/strict'
import { runningIn, viewIn } from '../../../src/agent/memory.ts'
import { createCore } from '../../../src/core/core.ts'
import { meshInstance } from '../../../src/keepalived/instance.ts'
import { createRender } from '../../../src/keepalived/render.ts'
import { storedIn } from '../../../src/mesh/identity.ts'
import { defectOf } from '../../../src/mesh/statement.ts'
import type { Statement } from '../../../src/core/record.ts'
import { assertSays } from '../../keepalived/conf-model.ts'
import { configOf, confOf, files } from '../../keepalived/sample.ts'
import { recordOf } from '../../mesh/host.ts'
import { ids, open, seal } from '../signed.ts'
import type { Target } from '../target.ts'

const [own = '', other = ''] = ids
const config = configOf('mesh', {})
const conf = confOf(config)
const render = createRender(null)
const view = { schema: 1, incarnation: 5, founder: other, number: 252, spec: conf.spec, envelopes: [seal(recordOf(own)).envelope] }
const running = { schema: 1, text: 'ab'.repeat(32), conf: { ...conf, lists: [other] }, prepared: { text: 'cd'.repeat(32), conf }, number: 254, founder: other }
const identity = { schema: 1, machine: 'ef'.repeat(32), seed: Buffer.alloc(32).toString('base64'), incarnation: 2 ** 20 }

export const state: Target = {
  name: 'state',
  words: [own, other, '10.10.0.21', '10.10.0.2/24', 'fd00::1', '"schema":1', '"claim":true', '"version":3', '"authPass":null', 'null', '{}', '[]', '\u0000'],
  seeds: [view, { ...view, spec: null, envelopes: [] }, running, { ...running, prepared: null }, identity, { ...identity, machine: null }].map((value) => JSON.stringify(value)),
  run (input) {
    const text = input.toString()
    const stored = storedIn(text)
    if (stored !== null) assert.equal(Buffer.from(stored.seed, 'base64').length, 32, 'a seed that makes no key')
    const note = runningIn(text)
    if (note !== null) {
      const adopted = meshInstance(config, 'eth0', note.conf, files)
      assertSays(render(adopted), adopted)
      begin({ adopted: { conf: note.conf, number: note.number, founder: note.founder, vrrpState: 'MASTER' } })
    }
    const memory = viewIn(text, open)
    if (memory !== null) begin({ memory })
  }
}

/** A start with what was read: whatever this host then says of itself must be good enough for others. */
function begin ({ memory = null, adopted = null }: { readonly memory?: ReturnType<typeof viewIn>, readonly adopted?: Parameters<typeof adoption>[0] }): void {
  const core = createCore({
    id: ids[5] ?? '', address: '10.10.0.21', mac: null, link: 'eth0 2', held: [{ address: '10.10.0.21', prefixLength: 24, link: 'eth0 2' }], port: 11251, pinned: null, software: '0',
    spec: conf.spec, vips: ['10.10.0.2/24'], isAuthPassSet: true, passwords: new Map(), hasSecret: true, asksVip: true, staticPeers: [], incarnation: 2 ** 20, memory, unlistMs: 60_000
  }, {
    seal: <S extends Statement>(statement: S) => {
      assert.equal(defectOf(statement), null, 'this host says what others refuse')
      return { statement, envelope: { payload: '', signature: '' } }
    },
    random: () => 0
  })
  core.step({ ...adoption(adopted), atMs: 1000 })
  for (const atMs of [1500, 20_000]) core.step({ kind: 'timer', atMs })
}

function adoption (adopted: Extract<Parameters<ReturnType<typeof createCore>['step']>[0], { kind: 'started' }>['adopted']) {
  return { kind: 'started', adopted } as const
}
