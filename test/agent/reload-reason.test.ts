/** Why keepalived was reloaded, as the log, the status and the metrics say it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reloadOf } from '../../src/agent/reload-reason.ts'
import type { Conf } from '../../src/core/event.ts'
import { spec } from '../core/records.ts'

const conf: Conf = { priority: 250, claim: false, source: '10.10.0.21', peers: ['10.10.0.22', '10.10.0.23'], lists: ['b', 'c'], spec, vips: [] }

for (const [change, reason, why] of [
  [{ peers: ['10.10.0.22', '10.10.0.23', '10.10.0.24'] }, 'members', 'lists 10.10.0.24'],
  [{ peers: ['10.10.0.23'] }, 'members', 'lists 10.10.0.22 no more'],
  [{ peers: ['10.10.0.23', '10.10.0.29'], priority: 248 }, 'members', 'lists 10.10.0.29; lists 10.10.0.22 no more; priority 248, was 250'],
  [{ priority: 254 }, 'priority', 'priority 254, was 250'],
  [{ vips: ['10.10.0.3/24'] }, 'vips', 'the further VIPs have changed'],
  [{ source: '10.10.0.31' }, 'address', 'the source address is 10.10.0.31, was 10.10.0.21'],
  [{ spec: { ...spec, advertInt: 3 }, priority: 252 }, 'settings', 'the group has changed its settings; priority 252, was 250'],
  [{}, 'host', 'the conf is not the one that ran']
] as const) {
  test(`reload: ${why}`, () => {
    assert.deepEqual(reloadOf(conf, { ...conf, ...change }), { reason, why })
  })
}

test('reload of a keepalived whose conf nobody knows', () => {
  assert.equal(reloadOf(null, conf).reason, 'host')
})
