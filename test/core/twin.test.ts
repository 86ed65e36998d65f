import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemberRecord } from '../../src/core/record.ts'
import { joining, running } from './group.ts'
import { record, seal } from './records.ts'
import { SELF } from './stage.ts'
import type { Stage } from './stage.ts'

const LOWER = '10.10.0.11'
const HIGHER = '10.10.0.99'

/** Somebody else under our name, by way of a member. */
function meet (stage: Stage, about: Partial<MemberRecord>): void {
  const { incarnation } = stage.core.status().self
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ id: SELF, incarnation, sequence: 1000, ...about }))] })
}

const renews = (stage: Stage): boolean => stage.kinds().includes('renew')

test('who does not run VRRP takes another identity, and says nothing more under this one', () => {
  const stage = joining()
  stage.effects.length = 0
  meet(stage, { address: HIGHER, vrrpState: 'BACKUP' })
  assert.ok(renews(stage))
  stage.pass(5000)
  assert.ok(!stage.kinds().some((kind) => kind === 'publish' || kind === 'start'))
  assert.equal(stage.kinds().filter((kind) => kind === 'renew').length, 1)
})

test('who runs keeps it, unless the other one runs as well and has the lower address', () => {
  for (const [address, vrrpState, yields] of [[HIGHER, 'STOP', false], [LOWER, 'STOP', false], [HIGHER, 'BACKUP', false], [LOWER, 'BACKUP', true]] as const) {
    const stage = running()
    meet(stage, { address, vrrpState })
    assert.match(stage.core.status().alarms.join(), new RegExp(`another host, ${address}, has the identity of this one.*KEEPALIVED_MESH_STATE_DIR`))
    assert.equal(stage.kinds().includes('stop'), yields)
    stage.pass(100)
    assert.equal(renews(stage), yields)
  }
})

test('the alarm is over when the other one has not been seen for a minute', () => {
  const stage = running()
  meet(stage, { address: HIGHER, vrrpState: 'STOP' })
  stage.pass(61_000)
  assert.deepEqual(stage.core.status().alarms, [])
})

test('a record that is no newer than ours is another host\'s as well, if it names an address that we never told', () => {
  const stage = running()
  meet(stage, { address: LOWER, vrrpState: 'MASTER', sequence: 1 })
  assert.ok(stage.kinds().includes('stop'))
  const earlier = running()
  meet(earlier, { address: LOWER, vrrpState: 'MASTER', incarnation: 0 })
  assert.deepEqual(earlier.core.status().alarms, [])
})

test('a later run of this very host at its address is no other host', () => {
  const stage = running()
  meet(stage, {})
  assert.deepEqual(stage.core.status().alarms, [])
})

test('our own key behind the VIP, or behind an mDNS answer, is another host; behind a seed it may be a way back here', () => {
  for (const [address, source, certain] of [['10.10.0.2', null, true], [HIGHER, 'mdns', true], [HIGHER, 'seeds', false]] as const) {
    const stage = joining()
    if (source !== null) stage.happen({ kind: 'found', address, port: 11251, source })
    stage.happen({ kind: 'dialFailed', address, port: 11251, failure: 'twin' })
    assert.equal(renews(stage), certain)
    assert.match(stage.core.status().alarms.join(), /identity of this one/)
  }
})

test('a host that is cut off stays listed beside its copy for as long as anything answers at its address', () => {
  const stage = running()
  const isListed = (): boolean => stage.facts.keepalived.applied?.peers.includes('10.10.0.32') === true
  const pass = (seconds: number, mac: string | null): void => {
    for (let second = 0; second < seconds; second++) {
      const asked = stage.effects.length
      stage.pass(1000)
      for (const effect of stage.effects.slice(asked)) {
        if (effect.kind === 'probeAddress') stage.happen({ kind: 'addressProbed', address: effect.address, askedAtMs: effect.askedAtMs, mac: effect.address === '10.10.0.32' ? mac : null })
      }
    }
  }
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.happen({ kind: 'linked', id: 'b', address: '10.10.0.40', port: 11251, dialled: true })
  stage.hear({ id: 'b', incarnation: 2, address: '10.10.0.40', vrrpState: 'STOP', phase: 'joining', number: 200, lists: [] })
  pass(150, '02:00:00:00:00:32')
  assert.ok(isListed())
  assert.ok(stage.facts.keepalived.applied?.peers.includes('10.10.0.40'))
  pass(50, null)
  assert.ok(isListed(), 'nothing answers, but not for long')
  pass(15, null)
  assert.ok(!isListed())
})

test('a copy that took an identity of its own buries nobody: the host that it was copied from may be cut off, and runs on', () => {
  for (const wasCopied of [true, false]) {
    const stage = running()
    const place = wasCopied ? '10.10.0.40' : '10.10.0.32'
    stage.happen({ kind: 'unlinked', id: 'b' })
    if (wasCopied) stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ id: 'b', incarnation: 2, address: place, vrrpState: 'STOP', phase: 'joining', number: 200 }))] })
    stage.hear({ id: 'c', address: place, phase: 'joining', number: 199 })
    stage.happen({ kind: 'verified', id: 'c', address: place, port: 11251 })
    for (let second = 0; second < 20; second++) {
      stage.happen({ kind: 'addressProbed', address: '10.10.0.32', askedAtMs: stage.nowMs(), mac: '02:00:00:00:00:32' })
      stage.hear({ id: 'c' })
      stage.pass(1000)
    }
    assert.equal(stage.facts.table.tombstones.has('b'), !wasCopied)
  }
})
