// Propose, prepare, go, told as stories with one core on a stage.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CoreOptions } from '../../src/core/core.ts'
import type { Conf } from '../../src/core/event.ts'
import type { GroupSpec, MemberRecord } from '../../src/core/record.ts'
import { specDigest } from '../../src/core/spec.ts'
import { backup, master } from './group.ts'
import { spec } from './records.ts'
import { OWN_ADDRESS, SELF, openStage, type Stage } from './stage.ts'

const next: GroupSpec = { ...spec, advertInt: 3 }
const later: GroupSpec = { ...next, epoch: 1 }
const ready = { proposed: next, prepared: specDigest(next) }

/** Its agent was started anew with the next settings, and has adopted a keepalived that runs with the present ones. */
function restarted (vrrpState: 'MASTER' | 'BACKUP', answering: readonly string[] = ['a', 'b'], runs = spec, brings: Partial<CoreOptions> = { spec: next }): Stage {
  const stage = openStage(brings)
  const conf: Conf = { priority: vrrpState === 'MASTER' ? 254 : 230, claim: false, source: OWN_ADDRESS, peers: ['10.10.0.31', '10.10.0.32'], lists: ['a', 'b'], spec: runs, vips: [] }
  stage.happen({ kind: 'started', adopted: { conf, number: conf.priority, founder: 'a', vrrpState } })
  stage.hear({ ...master, vrrpState: vrrpState === 'MASTER' ? 'BACKUP' : 'MASTER', number: vrrpState === 'MASTER' ? 240 : 254, lists: ['b', SELF], spec: runs })
  stage.hear({ ...backup, lists: ['a', SELF], spec: runs })
  for (const id of answering) stage.answerFor(id)
  stage.pass(1000)
  return stage
}

function askedIn30s (stage: Stage): readonly string[] {
  stage.effects.length = 0
  stage.pass(30_000)
  return stage.effects.flatMap((effect) => effect.kind === 'exchange' ? [effect.address] : [])
}

function applied ({ effects }: Stage): readonly Conf[] {
  return effects.flatMap((effect) => effect.kind === 'apply' ? [effect.conf] : [])
}

function ownRecord ({ effects }: Stage): MemberRecord {
  const records = effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : []).map(({ statement }) => statement)
  const own = records.findLast((statement) => statement.id === SELF && statement.kind === 'member')
  assert(own?.kind === 'member')
  return own
}

test('alone with a proposal it runs on as it is, and names who is missing', () => {
  const stage = restarted('BACKUP')
  assert.deepEqual(applied(stage), [])
  assert.ok(!stage.kinds().includes('prepare'))
  assert.match(stage.core.status().alarms.join(), /KEEPALIVED_ADVERT_INT: 3 here, 1 there; missing: 10\.10\.0\.31 \(brings others\), 10\.10\.0\.32 \(brings others\)/)
  assert.deepEqual(stage.core.status().spec.missing.map(({ id, lacks }) => `${id} ${lacks}`), ['a proposal', 'b proposal'])
})

test('when all propose the same, each stores it and says so; the MASTER goes when all have and answer', () => {
  const stage = restarted('MASTER')
  stage.hear({ id: 'a', proposed: next })
  stage.hear({ id: 'b', proposed: next })
  stage.pass(2000)
  assert.equal(ownRecord(stage).prepared, specDigest(next))
  assert.equal(stage.core.status().spec.target?.advertInt, 3)
  assert.deepEqual(applied(stage), [])
  stage.hear({ id: 'a', ...ready })
  stage.pass(2000)
  assert.deepEqual(applied(stage), [], 'one has not stored it')
  assert.deepEqual(stage.core.status().spec.missing.map(({ id, lacks }) => `${id} ${lacks}`), ['b preparation'])
  stage.hear({ id: 'b', ...ready })
  stage.pass(500)
  assert.deepEqual(applied(stage).map((conf) => conf.spec), [later])
  assert.deepEqual({ spec: ownRecord(stage).spec?.epoch, prepared: ownRecord(stage).prepared }, { spec: 1, prepared: null })
  assert.deepEqual(stage.core.status().alarms, [])
})

test('what the group goes over to is later than what any of it runs, told before it was stored or after', () => {
  const stage = restarted('MASTER')
  stage.hear({ id: 'a', proposed: next })
  stage.hear({ id: 'b', proposed: next })
  stage.pass(2000)
  stage.hear({ id: 'a', ...ready, spec: { ...spec, epoch: 5 } })
  stage.hear({ id: 'b', ...ready })
  stage.pass(500)
  assert.deepEqual(applied(stage).map((conf) => conf.spec), [{ ...next, epoch: 6 }])
  assert.ok(!stage.kinds().includes('stop'))
})

test('the MASTER waits for who is lost, and names it', () => {
  const stage = restarted('MASTER')
  stage.hear({ id: 'a', ...ready })
  stage.hear({ id: 'b', ...ready, prepared: null })
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(5000)
  assert.deepEqual(applied(stage), [])
  assert.deepEqual(stage.core.status().spec.missing.map(({ id, lacks }) => `${id} ${lacks}`), ['b life'])
  assert.match(stage.core.status().alarms.join(), /10\.10\.0\.32 \(is lost: bring it back, or forget it\)/)
  stage.happen({ kind: 'command', command: { kind: 'forget', id: 'b' } })
  stage.pass(3000)
  assert.equal(applied(stage).at(-1)?.spec.advertInt, 3)
})

test('ready is not enough: the MASTER goes only when everybody has answered just now', () => {
  const stage = restarted('MASTER', ['a'])
  stage.hear({ id: 'a', ...ready })
  stage.hear({ id: 'b', ...ready })
  stage.pass(1500)
  assert.deepEqual(applied(stage), [])
  stage.answerFor('b')
  stage.pass(500)
  assert.equal(applied(stage).length, 1)
})

test('nor does an answer of a while ago stand for one that gives none any more: its agent may hang', () => {
  const stage = restarted('MASTER', ['b'])
  stage.hear({ id: 'a', ...ready })
  stage.hear({ id: 'b', ...ready })
  stage.pass(100)
  stage.silence('b')
  stage.pass(400)
  stage.answerFor('a')
  stage.pass(1000)
  assert.deepEqual(applied(stage), [])
  stage.answerFor('b')
  stage.pass(500)
  assert.equal(applied(stage).length, 1)
})

test('the end of a stream undoes an answer: the MASTER waits until it has heard of that one since', () => {
  const stage = restarted('MASTER', ['b'])
  stage.hear({ id: 'a', ...ready })
  stage.hear({ id: 'b', ...ready })
  stage.pass(500)
  stage.silence('b')
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.answerFor('a')
  stage.pass(500)
  assert.deepEqual(applied(stage), [], 'a crash looks like this')
  stage.answerFor('b')
  stage.happen({ kind: 'linked', id: 'b', address: '10.10.0.32', port: 11251, dialled: false })
  stage.pass(500)
  assert.equal(applied(stage).length, 1, 'only its stream had ended')
})

test('a BACKUP that is ready reloads with the MASTER at once, though nobody has answered it just now', () => {
  const stage = restarted('BACKUP', [])
  stage.hear({ id: 'b', ...ready })
  stage.hear({ id: 'a', ...ready })
  stage.pass(1000)
  assert.deepEqual(applied(stage), [])
  stage.hear({ id: 'a', spec: later, prepared: null })
  assert.deepEqual(applied(stage).map((conf) => conf.spec), [later])
  assert.ok(!stage.kinds().includes('stop'))
})

test('one that is not ready when the others have changed stops, and joins them anew', () => {
  const stage = restarted('BACKUP')
  stage.hear({ id: 'a', proposed: next, spec: later })
  assert.ok(stage.kinds().includes('stop'))
  stage.hear({ id: 'b', proposed: next, spec: later })
  stage.pass(3000)
  assert.equal(stage.core.status().phase, 'active')
  assert.equal(applied(stage).at(-1)?.spec.advertInt, 3)
})

test('a host alone is a group of one', () => {
  const stage = openStage({ spec: next })
  const conf: Conf = { priority: 254, claim: false, source: OWN_ADDRESS, peers: [], lists: [], spec, vips: [] }
  stage.happen({ kind: 'started', adopted: { conf, number: 254, founder: SELF, vrrpState: 'MASTER' } })
  stage.pass(3000)
  assert.deepEqual(applied(stage).map((one) => one.spec), [later])
})

test('a conf that the disk refuses at the moment of the change makes it a joiner, not a stranger', () => {
  for (const advertInt of [1, 0.1]) {
    const stage = restarted('BACKUP', ['a', 'b'], { ...spec, advertInt })
    stage.hear({ id: 'b', ...ready })
    stage.hear({ id: 'a', ...ready })
    stage.pass(1000)
    stage.refuse('disk full')
    stage.hear({ id: 'a', spec: later, prepared: null })
    assert.ok(!stage.kinds().includes('stop'), 'once may be chance')
    stage.pass(2.5 * 1000 * advertInt)
    assert.ok(stage.kinds().includes('stop'), 'before it would take over, which is three intervals')
  }
})

test('what cannot be used here is told, and keeps the group from going', () => {
  const stage = restarted('MASTER')
  stage.refuse('no such interface')
  stage.hear({ id: 'a', ...ready })
  stage.hear({ id: 'b', ...ready })
  stage.pass(5000)
  assert.match(stage.core.status().alarms.join(), /cannot be used here: no such interface/)
  assert.equal(ownRecord(stage).prepared, null)
  assert.deepEqual(applied(stage), [])
  stage.refuse(null)
  stage.pass(2000)
  assert.equal(applied(stage).length, 1)
})

test('a password that nobody told it is not prepared for, and it says so', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: { conf: { priority: 230, claim: false, source: OWN_ADDRESS, peers: [], lists: [], spec, vips: [] }, number: 230, founder: 'a', vrrpState: 'BACKUP' } })
  const other: GroupSpec = { ...spec, authDigest: 'b', authPass: null, revision: 1 }
  stage.hear({ ...master, lists: ['b', SELF], proposed: other })
  stage.hear({ ...backup, lists: ['a', SELF], proposed: other })
  stage.pass(1000)
  assert.equal(ownRecord(stage).prepared, null)
  assert.match(stage.core.status().alarms.join(), /KEEPALIVED_AUTH_PASS that this host does not know/)
})

test('a BACKUP never says go, not even while no MASTER is known', () => {
  const stage = restarted('BACKUP')
  stage.hear({ id: 'a', vrrpState: 'BACKUP', ...ready })
  stage.hear({ id: 'b', ...ready })
  stage.pass(3000)
  assert.equal(ownRecord(stage).prepared, specDigest(next))
  assert.deepEqual(applied(stage), [])
})

test('a MASTER asks who holds the first VIP that it brings, which a host that was made anew elsewhere may have begun with', () => {
  const other: GroupSpec = { ...spec, virtualIpaddress: '10.10.0.9/24' }
  assert.deepEqual(askedIn30s(restarted('MASTER', [], spec, { spec: other, vips: ['10.10.0.9/24'] })), ['10.10.0.9', '10.10.0.9', '10.10.0.9'])
  assert.deepEqual(askedIn30s(restarted('BACKUP', [], spec, { spec: other, vips: ['10.10.0.9/24'] })).filter((vip) => vip === '10.10.0.9'), [])
  assert.deepEqual(askedIn30s(restarted('MASTER', [], spec, { spec: other, vips: ['10.10.0.9/24', '10.10.0.2/24'] })), [], 'its own group holds both')
  assert.deepEqual(askedIn30s(restarted('MASTER', [], spec, { spec: other, vips: ['10.10.0.9/24'], asksVip: false })), [])
})
