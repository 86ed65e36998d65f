// Which settings a host runs with: its own, the group's, or none yet. And which VIPs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CoreOptions } from '../../src/core/core.ts'
import type { Conf } from '../../src/core/event.ts'
import type { GroupSpec } from '../../src/core/record.ts'
import { coldSpecOf } from '../../src/core/spec.ts'
import { backup, master } from './group.ts'
import { record, seal, spec } from './records.ts'
import { SELF, openStage, ownRecord, type Stage } from './stage.ts'

const nothing: Partial<CoreOptions> = { spec: null, vips: [], passwords: new Map(), memory: null }
const told: GroupSpec = { ...spec, authPass: 'pw' }
const untold: GroupSpec = { ...spec, authPass: null }

/** A host that meets a group of two, which list each other and it. */
function joinerOf (options: Partial<CoreOptions>, groups: GroupSpec = spec): Stage {
  const stage = openStage(options)
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: ['b', SELF], spec: groups, proposed: groups })
  stage.hear({ ...backup, lists: ['a', SELF], spec: groups, proposed: groups })
  stage.answerFor('a')
  stage.answerFor('b')
  stage.pass(1000)
  return stage
}

function confOf ({ effects }: Stage): Conf | undefined {
  const applied = effects.findLast((effect) => effect.kind === 'apply')
  return applied?.kind === 'apply' ? applied.conf : undefined
}

function probeForSilence (stage: Stage, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    stage.happen({ kind: 'vipProbed', mac: null })
    stage.pass(1000)
  }
}

test('a host that brings no VIP learns all from the group, password included where a secret keeps the mesh closed', () => {
  const stage = joinerOf({ ...nothing, hasSecret: true }, told)
  assert.ok(stage.kinds().includes('start'))
  assert.deepEqual(confOf(stage)?.spec, told)
  assert.deepEqual(stage.core.status().vip, ['10.10.0.2/24'])
})

test('in an open mesh a password that is told is not believed: only one of its own with that digest will do', () => {
  const stranger = joinerOf(nothing, told)
  assert.equal(stranger.core.status().phase, 'blocked')
  assert.match(stranger.core.status().alarms.join(), /KEEPALIVED_AUTH_PASS/)
  const friend = joinerOf({ ...nothing, passwords: new Map([['a', 'own']]) }, told)
  assert.equal(confOf(friend)?.spec.authPass, 'own')
})

test('what is announced has a password only where a secret keeps the mesh closed', () => {
  for (const [hasSecret, expected] of [[true, 'pwd51'], [false, null]] as const) {
    const stage = joinerOf({ hasSecret })
    const records = stage.effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : []).map(({ statement }) => statement)
    assert.ok(records.length > 0)
    for (const said of records) {
      assert(said.kind === 'member')
      assert.equal(said.spec?.authPass, expected)
      assert.equal(said.proposed?.authPass, expected)
    }
  }
})

test('a host that brings no VIP founds no group: alone it waits, and says why', () => {
  const stage = openStage(nothing)
  stage.happen({ kind: 'started', adopted: null })
  probeForSilence(stage, 60)
  assert.ok(!stage.kinds().includes('apply') && !stage.kinds().includes('probeVip'))
  assert.match(stage.core.status().waitingFor ?? '', /knows the VIP/)
  const remembers = openStage({ ...nothing, memory: { incarnation: 1, founder: 'a', number: 252, spec: told, claims: [] } })
  remembers.happen({ kind: 'started', adopted: null })
  probeForSilence(remembers, 60)
  assert.ok(!remembers.kinds().includes('start'))
})

test('of a group that has lost its power, those that remember the VIP hold it again, though nobody brings it', () => {
  const stage = openStage({ ...nothing, memory: { incarnation: 1, founder: 'a', number: 252, spec: told, claims: [] } })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...backup, id: 'z', number: 230, phase: 'joining', vrrpState: 'STOP', lists: [SELF], spec: untold, proposed: null })
  stage.answerFor('z')
  probeForSilence(stage, 20)
  assert.ok(stage.kinds().includes('start'))
})

test('a host that brings something else runs with the group\'s if that was its own, or if it brings a higher revision', () => {
  const other: GroupSpec = { ...spec, advertInt: 3 }
  const memory = { incarnation: 1, founder: 'a', number: 230, spec, claims: [] }
  for (const [options, phase] of [
    [{ spec: other }, 'blocked'],
    [{ spec: other, memory: { ...memory, spec: other } }, 'blocked'],
    [{ spec: other, memory }, 'active'],
    [{ spec: { ...other, revision: 1 } }, 'active']
  ] as const) {
    const stage = joinerOf(options)
    assert.equal(stage.core.status().phase, phase, JSON.stringify(options))
    if (phase === 'active') assert.equal(confOf(stage)?.spec.advertInt, 1)
    assert.match(stage.core.status().alarms.join(), /KEEPALIVED_ADVERT_INT: 3 here, 1 there/)
  }
})

test('an adopted keepalived runs on with what it has, whatever the environment brings by now', () => {
  const stage = openStage({ spec: { ...spec, advertInt: 3 } })
  const conf: Conf = { priority: 254, claim: false, source: '10.10.0.21', peers: ['10.10.0.32'], lists: ['b'], spec, vips: [] }
  stage.happen({ kind: 'started', adopted: { conf, number: 254, founder: SELF, vrrpState: 'MASTER' } })
  stage.hear({ ...backup, founder: SELF, lists: [SELF] })
  stage.answerFor('b')
  stage.pass(5000)
  assert.ok(!stage.kinds().includes('apply'))
  assert.match(stage.core.status().alarms.join(), /KEEPALIVED_ADVERT_INT/)
})

test('hosts that boot together and differ begin with what most of them can run', () => {
  const one = { id: 'a', proposed: spec }
  const another = { id: 'b', proposed: { ...spec, advertInt: 3 } }
  const newer = { id: 'c', proposed: { ...spec, advertInt: 3, revision: 1 } }
  assert.equal(coldSpecOf([]), null)
  assert.equal(coldSpecOf([{ id: 'x', proposed: null }, another]), another.proposed)
  assert.equal(coldSpecOf([another, one]), one.proposed, 'the lower id')
  assert.equal(coldSpecOf([another, one, { ...another, id: 'd' }])?.advertInt, 3, 'the more')
  assert.equal(coldSpecOf([newer, { ...newer, id: 'd' }, one]), one.proposed, 'whoever brings a newer one can run it')
})

test('a host that differs from the others does not begin beside them', () => {
  const stage = openStage({ spec: { ...spec, advertInt: 3 } })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...backup, id: 'a', number: null, phase: 'discovering', vrrpState: 'STOP', lists: [] })
  stage.answerFor('a')
  probeForSilence(stage, 30)
  assert.ok(!stage.kinds().includes('start'))
  assert.match(stage.core.status().waitingFor ?? '', /KEEPALIVED_ADVERT_INT: 3 here, 1 there/)
})

test('further VIPs: its own where it brings any, else what the members bring', () => {
  const others = { vips: ['10.10.0.9/24', '10.10.0.8/32'] }
  for (const [vips, expected] of [
    [['10.10.0.2/24'], ['10.10.0.7/24', '10.10.0.8/32', '10.10.0.9/24']],
    [['10.10.0.2/24', '10.10.0.3/24'], ['10.10.0.3/24']]
  ] as const) {
    const stage = joinerOf({ vips })
    stage.hear({ id: 'a', ...others })
    stage.hear({ id: 'b', vips: ['10.10.0.7/24'] })
    stage.pass(1000)
    assert.deepEqual(confOf(stage)?.vips, expected)
    assert.deepEqual(stage.core.status().vip, ['10.10.0.2/24', ...expected])
  }
})

test('what others bring is no VIP where it is a host\'s own address', () => {
  const stage = joinerOf({})
  stage.hear({ id: 'a', vips: ['10.10.0.21/24', '10.10.0.31/24', '10.10.0.32/24', '10.10.0.2/32'] })
  stage.pass(1000)
  assert.deepEqual(confOf(stage)?.vips, [])
  assert.deepEqual(confOf(stage)?.peers, ['10.10.0.31', '10.10.0.32'])
})

test('its own first VIP waits for the group where it is another; where only the order is another it is served', () => {
  const memory = { incarnation: 1, founder: 'a', number: 230, spec, claims: [] }
  const other: GroupSpec = { ...spec, virtualIpaddress: '10.10.0.3/24' }
  assert.deepEqual(confOf(joinerOf({ memory, spec: other, vips: ['10.10.0.3/24', '10.10.0.4/24'] }))?.vips, ['10.10.0.4/24'])
  assert.deepEqual(confOf(joinerOf({ memory, spec: other, vips: ['10.10.0.3/24', '10.10.0.2/24'] }))?.vips, ['10.10.0.3/24'])
})

test('a password that nobody set gives way to the group\'s, where that is known; one that was set does not', () => {
  const derived: GroupSpec = { ...spec, authDigest: 'derived', authPass: 'own' }
  const knows = { passwords: new Map([['derived', 'own'], [spec.authDigest, 'pwd51']]) }
  for (const [options, group, phase] of [
    [{ spec: derived, isAuthPassSet: false, ...knows }, untold, 'active'],
    [{ spec: derived, isAuthPassSet: false, hasSecret: true }, told, 'active'],
    [{ spec: derived, isAuthPassSet: false, passwords: new Map() }, told, 'blocked'],
    [{ spec: { ...derived, advertInt: 3 }, isAuthPassSet: false, ...knows }, untold, 'blocked'],
    [{ spec: derived, isAuthPassSet: true, ...knows }, untold, 'blocked']
  ] as const) {
    const stage = joinerOf(options, group)
    assert.equal(stage.core.status().phase, phase, JSON.stringify(options))
    if (phase === 'active') assert.equal(confOf(stage)?.spec.authDigest, spec.authDigest)
  }
})

test('what a group begins with is later than what each of it ran before, as whoever remembers tells', () => {
  const stage = openStage({ memory: { incarnation: 1, founder: 'f', number: 254, spec: { ...spec, advertInt: 2, epoch: 3 }, claims: [] } })
  stage.happen({ kind: 'started', adopted: null })
  assert.equal(ownRecord(stage).spec?.epoch, 4)
  stage.hear({ id: 'a', address: '10.10.0.31', phase: 'discovering', vrrpState: 'STOP', spec: { ...spec, epoch: 6 } })
  assert.equal(ownRecord(stage).spec?.epoch, 6)
})

test('a host that is alone though it had others begins with what it had with them: they may run on where it does not hear them', () => {
  const ran: GroupSpec = { ...spec, advertInt: 2 }
  for (const [claims, expected] of [[[seal(record({ ...backup, spec: ran }))], ran], [[], { ...spec, epoch: 1 }]] as const) {
    const stage = openStage({ memory: { incarnation: 1, founder: 'a', number: 254, spec: ran, claims } })
    stage.happen({ kind: 'started', adopted: null })
    probeForSilence(stage, 30)
    assert.deepEqual(confOf(stage)?.spec, expected)
    assert.ok(stage.kinds().includes('start'))
  }
})

test('hosts that do not agree what to begin with do not outbid each other', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  for (const id of ['x', 'y']) stage.hear({ id, address: `10.10.0.4${id === 'x' ? 1 : 2}`, phase: 'discovering', vrrpState: 'STOP' })
  for (const epoch of [1, 3, 5]) {
    stage.hear({ id: 'x', spec: { ...spec, advertInt: 2, epoch } })
    assert.equal(ownRecord(stage).spec?.epoch, 0)
  }
})
