// Who is taken off the lists for good, because it is dead, and all that keeps it there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../src/core/digest.ts'
import { backup, running } from './group.ts'
import { spec } from './records.ts'
import { OWN_ADDRESS, SELF, openStage, ownRecord, type Stage } from './stage.ts'

const NO_TOMBSTONES = digestOf([])

function removed ({ effects }: Stage): string[] {
  return effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : []).flatMap(({ statement }) => statement.kind === 'tombstone' ? [statement.id] : [])
}

/** This member is MASTER of three; `b` has just died, and `a` says from the beginning that it is gone. */
function bereaved (): Stage {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP', tombstones: NO_TOMBSTONES, gone: ['b'] })
  stage.happen({ kind: 'unlinked', id: 'b' })
  return stage
}

function silence (stage: Stage, seconds: number, { beats = ['a'], probes = true }: { readonly beats?: readonly string[], readonly probes?: boolean } = {}): void {
  for (let second = 0; second < seconds; second++) {
    for (const from of beats) stage.happen({ kind: 'message', from, message: { kind: 'beat', digest: '' } })
    if (probes) stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: backup.address, mac: null })
    stage.pass(1000)
  }
}

test('the MASTER removes a member that was lost and silent on the wire for a minute, when most say so', () => {
  const stage = bereaved()
  silence(stage, 58)
  assert.deepEqual(removed(stage), [])
  silence(stage, 10)
  assert.deepEqual(removed(stage), ['b'])
})

test('nobody is removed by half of the members, by those that know of other removals, or by those that are lost themselves', () => {
  const told = { alone: { gone: [] }, otherTombstones: { tombstones: 'others' } }
  for (const about of Object.values(told)) {
    const stage = bereaved()
    stage.hear({ id: 'a', ...about })
    silence(stage, 90)
    assert.deepEqual(removed(stage), [], JSON.stringify(about))
  }
  const stage = bereaved()
  stage.silence('a')
  stage.happen({ kind: 'unlinked', id: 'a' })
  silence(stage, 90, { beats: [] })
  assert.deepEqual(removed(stage), [])
})

test('of two hosts neither removes the other', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: { conf: { priority: 254, claim: false, source: OWN_ADDRESS, peers: [backup.address], lists: ['b'], spec, vips: [] }, number: 254, founder: 'a', vrrpState: 'MASTER' } })
  stage.hear({ ...backup, lists: [SELF] })
  stage.happen({ kind: 'unlinked', id: 'b' })
  silence(stage, 90, { beats: [] })
  assert.deepEqual(ownRecord(stage).gone, ['b'])
  assert.deepEqual(removed(stage), [])
})

test('nor one that said last that it runs no VRRP, for as long as it is listed: it may have begun since where nobody hears it', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: { conf: { priority: 254, claim: false, source: OWN_ADDRESS, peers: [backup.address], lists: ['b'], spec, vips: [] }, number: 254, founder: 'a', vrrpState: 'MASTER' } })
  stage.holdConfs()
  stage.hear({ ...backup, phase: 'blocked', reason: 'protocol 112', number: null, vrrpState: 'STOP', lists: [] })
  stage.happen({ kind: 'unlinked', id: 'b' })
  silence(stage, 90, { beats: [] })
  assert.deepEqual(ownRecord(stage).gone, ['b'])
  assert.deepEqual(removed(stage), [])
})

test('an answer on the wire, or a refused connection, is a sign of life, from which the minute begins anew', () => {
  const signs = [{ kind: 'addressProbed', askedAtMs: 0, address: backup.address, mac: '02:00:00:00:00:32' }, { kind: 'dialFailed', address: backup.address, port: 11251, failure: 'refused' }] as const
  for (const sign of signs) {
    const stage = bereaved()
    silence(stage, 40)
    stage.happen(sign)
    silence(stage, 55)
    assert.deepEqual(removed(stage), [], sign.kind)
    silence(stage, 15)
    assert.deepEqual(removed(stage), ['b'], sign.kind)
  }
})

test('without a silent probe nobody is held for gone', () => {
  const stage = bereaved()
  silence(stage, 90, { probes: false })
  assert.deepEqual(ownRecord(stage).gone, [])
  assert.deepEqual(removed(stage), [])
})

test('the MASTER removes nobody on a silence of a while ago', () => {
  const stage = bereaved()
  stage.hear({ id: 'a', gone: [] })
  silence(stage, 70)
  silence(stage, 2, { probes: false })
  stage.hear({ id: 'a', gone: ['b'] })
  assert.deepEqual(removed(stage), [])
  silence(stage, 1)
  assert.deepEqual(removed(stage), ['b'])
})

test('a BACKUP says who is gone, and removes nobody', () => {
  const stage = running()
  stage.hear({ id: 'a', tombstones: NO_TOMBSTONES, gone: ['b'] })
  stage.happen({ kind: 'unlinked', id: 'b' })
  silence(stage, 90)
  assert.deepEqual(ownRecord(stage).gone, ['b'])
  assert.deepEqual(removed(stage), [])
})

test('the time for which this host slept does not count against the lost', () => {
  const stage = bereaved()
  silence(stage, 10)
  stage.pass(60_000, { lagged: true })
  silence(stage, 40)
  assert.deepEqual(removed(stage), [])
  silence(stage, 20)
  assert.deepEqual(removed(stage), ['b'])
})

test('when the time is up it looks at once, and removes on that', () => {
  const stage = bereaved()
  silence(stage, 12, { probes: false })
  stage.pass(2000)
  stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: backup.address, mac: '02:00:00:00:00:32' })
  const looks = (): number => stage.effects.filter((effect) => effect.kind === 'probeAddress' && effect.address === backup.address).length
  silence(stage, 59, { probes: false })
  const before = looks()
  silence(stage, 2, { probes: false })
  assert.equal(looks(), before + 1)
  silence(stage, 1)
  assert.deepEqual(removed(stage), ['b'])
})

test('an answer that comes late is a silence of when it was asked, not of now', () => {
  const stage = bereaved()
  for (let second = 0; second < 80; second++) {
    stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
    stage.happen({ kind: 'addressProbed', address: backup.address, askedAtMs: stage.nowMs() - 30_000, mac: null })
    stage.pass(1000)
  }
  assert.deepEqual(removed(stage), [])
})

test('a member that never got a number and died is removed as well, or it would stay in the table for ever', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP', tombstones: NO_TOMBSTONES, gone: ['x'] })
  stage.hear({ id: 'x', address: '10.10.0.40', number: null, phase: 'joining', vrrpState: 'STOP', lists: [] })
  stage.happen({ kind: 'unlinked', id: 'x' })
  for (let second = 0; second < 70; second++) {
    for (const from of ['a', 'b']) stage.happen({ kind: 'message', from, message: { kind: 'beat', digest: '' } })
    stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: '10.10.0.40', mac: null })
    stage.pass(1000)
  }
  assert.deepEqual(removed(stage), ['x'])
})

test('who is back within seconds was never looked for; of many that are lost each is probed less often, so that probes stay few', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  const crowd = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}`, address: `10.10.0.${100 + i}` as const }))
  for (const { id, address } of crowd) {
    stage.hear({ id, address, number: null, phase: 'joining', vrrpState: 'STOP', lists: [] })
    stage.happen({ kind: 'unlinked', id })
  }
  const before = stage.effects.length
  const probes = (): number => stage.effects.slice(before).filter((effect) => effect.kind === 'probeAddress' && effect.address !== OWN_ADDRESS).length
  const silent = (seconds: number): void => { for (let second = 0; second < seconds; second++) stage.pass(1000) }
  silent(4)
  assert.equal(probes(), 0)
  // A MASTER looks each 20 s, but this one is none any more: 42 hosts look, each a quarter as often.
  silent(100)
  assert.ok(probes() > 0)
  assert.ok(probes() <= 104 / 2, `${probes()} probes`)
})
