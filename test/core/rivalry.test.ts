// Two MASTERs that VRRP does not settle: everybody tells, the junior goes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { master, running } from './group.ts'
import { spec } from './records.ts'
import { OWN_ADDRESS, SELF, openStage, type Stage } from './stage.ts'

const heralds = (stage: Stage): number => stage.kinds().filter((kind) => kind === 'herald').length
const alarms = (stage: Stage): string => stage.core.status().alarms.join()

test('the junior of two MASTERs stops after three intervals and a second, and joins anew', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.pass(3900)
  assert.ok(!stage.kinds().includes('stop'))
  stage.pass(200)
  assert.ok(stage.kinds().includes('stop'))
  assert.equal(stage.effects.filter((effect) => effect.kind === 'log' && effect.level === 'error' && String(effect.facts['text']).includes('10.10.0.31 is MASTER as well')).length, 1)
})

test('a bystander tells of two MASTERs, and does nothing', () => {
  const stage = running()
  stage.hear({ id: 'b', vrrpState: 'MASTER' })
  stage.pass(3400)
  assert.equal(alarms(stage), '')
  stage.pass(200)
  assert.match(alarms(stage), /10\.10\.0\.31 and 10\.10\.0\.32 are all MASTER/)
  assert.ok(!stage.kinds().includes('stop'))
  stage.hear({ id: 'b', vrrpState: 'BACKUP' })
  assert.equal(alarms(stage), '')
})

test('the MASTER that keeps the VIP tells of the other one before that one lets go', () => {
  const stage = running()
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.pass(1000)
  stage.hear({ id: 'b', vrrpState: 'MASTER', number: 150 })
  stage.pass(3400)
  assert.equal(alarms(stage), '')
  stage.pass(200)
  assert.match(alarms(stage), /10\.10\.0\.32 is MASTER as well/)
  stage.pass(10_000)
  assert.ok(!stage.kinds().includes('stop'), 'the senior stops')
})

test('whoever heard no advert stays out for half a minute, and comes at once when that MASTER is none any more', () => {
  for (const [change, comes] of [[{}, false], [{ vrrpState: 'BACKUP' as const }, true]] as const) {
    const stage = running()
    stage.happen({ kind: 'keepalivedRespawned' })
    stage.pass(1000)
    assert.ok(stage.kinds().includes('start'), 'it has not joined anew')
    stage.pass(2000)
    stage.happen({ kind: 'adverts', received: 0 })
    stage.pass(1000)
    assert.equal(stage.core.status().phase, 'blocked')
    stage.hear({ id: 'a', ...change })
    stage.pass(1000)
    assert.equal(stage.core.status().phase !== 'blocked', comes)
  }
})

test('a joiner whose MASTER dies before its first advert waits for one of the next', () => {
  for (const [received, phase] of [[1, 'active'], [0, 'blocked']] as const) {
    const stage = running()
    stage.happen({ kind: 'keepalivedRespawned' })
    stage.pass(2200)
    stage.happen({ kind: 'unlinked', id: 'a' })
    stage.pass(900)
    assert.ok(stage.kinds().includes('countAdverts'), 'asked while nobody misses the MASTER yet')
    stage.happen({ kind: 'adverts', received: 0 })
    stage.hear({ id: 'b', vrrpState: 'MASTER' })
    stage.pass(1000)
    assert.equal(stage.core.status().phase, 'active', 'what was counted before the new MASTER was one says nothing of it')
    stage.pass(1000)
    stage.happen({ kind: 'adverts', received })
    stage.pass(500)
    assert.equal(stage.core.status().phase, phase)
  }
})

test('a joiner that stood still has its time once more to hear the MASTER, and what was counted before says nothing', () => {
  for (const [received, phase] of [[1, 'active'], [0, 'blocked']] as const) {
    const stage = running()
    stage.happen({ kind: 'keepalivedRespawned' })
    stage.pass(2500)
    stage.effects.length = 0
    stage.pass(8000, { lagged: true })
    stage.happen({ kind: 'adverts', received: 0 })
    stage.pass(1200)
    assert.equal(stage.core.status().phase, 'active')
    stage.pass(500)
    assert.ok(stage.kinds().includes('countAdverts'))
    stage.happen({ kind: 'adverts', received })
    stage.pass(500)
    assert.equal(stage.core.status().phase, phase)
  }
})

test('a joiner that is a little late does not wait any longer for the MASTER', () => {
  const stage = running()
  stage.happen({ kind: 'keepalivedRespawned' })
  stage.pass(1000)
  const dueAtMs = stage.facts.keepalived.probation?.dueAtMs ?? Number.NaN
  stage.pass(dueAtMs - 200 - stage.nowMs())
  stage.pass(600, { lagged: true })
  stage.happen({ kind: 'adverts', received: 0 })
  stage.pass(300)
  assert.equal(stage.core.status().phase, 'blocked')
})

test('a holder beside one whose agent is silent stays out for half a minute, and comes at once when that one speaks again', () => {
  for (const speaks of [false, true]) {
    const stage = running()
    stage.hear({ id: 'a', vrrpState: 'BACKUP', lists: [] })
    stage.hear({ id: 'b', vrrpState: 'MASTER', mac: '02:00:00:00:00:32', lists: [] })
    stage.happen({ kind: 'unlinked', id: 'b' })
    stage.pass(1100)
    stage.happen({ kind: 'vrrpState', state: 'MASTER' }, { kind: 'vipProbed', mac: '02:00:00:00:00:32' })
    assert.equal(stage.core.status().phase, 'blocked')
    if (speaks) stage.hear({ id: 'b' })
    stage.pass(1000)
    assert.equal(stage.core.status().phase !== 'blocked', speaks)
  }
})

test('the only MASTER of two groups that meet, above all of the other one, stays where it is', () => {
  for (const [number, pinned, stays] of [[180, null, true], [240, null, false], [240, 158, true], [180, 240, false]] as const) {
    const stage = running()
    const { priority } = stage.core.status().self
    assert.equal(priority, 230)
    stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    stage.hear({ id: 'a', vrrpState: 'BACKUP', founder: 'b', number, pinned })
    stage.hear({ id: 'b', vrrpState: 'BACKUP', founder: 'b', number: 150 })
    stage.pass(2000)
    const after = stage.core.status().self
    assert.equal(after.founder, 'b')
    const applied = stage.effects.findLast((effect) => effect.kind === 'apply')
    assert.equal(applied === undefined || (applied.kind === 'apply' && applied.conf.priority === priority), stays)
  }
})

test('who has gone over to another group does not go back while it runs: it joins anew', () => {
  const stage = running()
  stage.hear({ id: 'a', vrrpState: 'BACKUP', founder: 'c', number: 254 })
  stage.hear({ id: 'b', vrrpState: 'MASTER', founder: 'c', number: 252 })
  assert.equal(stage.core.status().self.founder, 'c')
  assert.ok(!stage.kinds().includes('stop'))
  stage.hear({ id: 'a', founder: 'a' })
  stage.hear({ id: 'b', founder: 'a' })
  assert.ok(stage.kinds().includes('stop'), 'it went back below those who stood below it')
  stage.answerFor('a')
  stage.answerFor('b')
  stage.pass(3000)
  assert.ok(stage.kinds().includes('start'))
  assert.equal(stage.core.status().self.founder, 'a')
})

test('who took over from a host that stands still keeps the VIP though that one answers for it, unless it hears nobody', () => {
  for (const hearsOthers of [true, false]) {
    const stage = running()
    stage.hear({ id: 'a', mac: '02:00:00:00:00:31' })
    stage.happen({ kind: 'unlinked', id: 'a' })
    if (!hearsOthers) stage.happen({ kind: 'unlinked', id: 'b' })
    stage.pass(1100)
    stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    for (let second = 0; second < 8; second++) {
      stage.pass(1000)
      if (hearsOthers) stage.hear({ id: 'b' })
      stage.happen({ kind: 'vipProbed', mac: '02:00:00:00:00:31' })
    }
    assert.equal(stage.core.status().phase, hearsOthers ? 'active' : 'blocked')
    if (hearsOthers) assert.match(alarms(stage), /10\.10\.0\.31 holds the VIP as well.*stands still/)
  }
})

test('a MASTER says again where the VIP is when another holder is about to let go, and when it has', () => {
  const stage = running()
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.pass(1000)
  stage.hear({ id: 'b', vrrpState: 'MASTER' })
  stage.pass(1000)
  assert.equal(heralds(stage), 0)
  stage.hear({ id: 'b', phase: 'blocked' })
  assert.equal(heralds(stage), 1)
  stage.hear({ id: 'b', vrrpState: 'STOP', number: null })
  assert.equal(heralds(stage), 2)
  stage.pass(2000)
  stage.happen({ kind: 'vipProbed', mac: '02:00:00:00:00:99' })
  assert.equal(heralds(stage), 2)
  stage.happen({ kind: 'vipProbed', mac: null })
  assert.equal(heralds(stage), 3, 'a holder that only the wire shows')
})

test('whoever takes over says nothing besides: keepalived has told the clients', () => {
  for (const ending of ['hands over', 'has crashed'] as const) {
    const stage = running()
    if (ending === 'hands over') stage.hear({ id: 'a', phase: 'leaving' })
    stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    stage.pass(20)
    if (ending === 'hands over') stage.hear({ id: 'a', vrrpState: 'BACKUP' })
    else stage.happen({ kind: 'unlinked', id: 'a' })
    stage.pass(3000)
    assert.ok(!stage.kinds().includes('herald'), ending)
  }
})

test('an agent that finds keepalived to be MASTER says where the VIP is though another holder ends at once', () => {
  const stage = openStage()
  const conf = { priority: 252, claim: false, source: OWN_ADDRESS, peers: [master.address], lists: ['a'], spec, vips: [] }
  stage.happen({ kind: 'started', adopted: { conf, number: 252, founder: 'a', vrrpState: 'MASTER' } })
  stage.pass(100)
  stage.hear({ ...master, lists: [SELF] })
  assert.equal(heralds(stage), 0)
  stage.hear({ id: 'a', vrrpState: 'STOP', number: null })
  assert.equal(heralds(stage), 1)
})

test('a MASTER that makes way tells the clients as well, of a holder that has let go meanwhile', () => {
  const stage = running()
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.pass(1000)
  stage.happen({ kind: 'command', command: { kind: 'stop' } })
  stage.pass(1500)
  stage.hear({ id: 'b', vrrpState: 'MASTER' })
  stage.pass(100)
  stage.hear({ id: 'b', vrrpState: 'STOP', number: null })
  assert.equal(heralds(stage), 1)
})
