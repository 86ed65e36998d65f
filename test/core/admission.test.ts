import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, joining, master } from './group.ts'
import { record, seal, spec } from './records.ts'
import { OWN_ADDRESS, SELF, openStage, ownRecord, type Stage } from './stage.ts'

test('a joiner takes the place below everyone, and writes its conf before it starts', () => {
  const stage = joining()
  const applied = stage.effects.findLast((effect) => effect.kind === 'apply')
  assert.equal(applied?.kind === 'apply' && applied.place.number, 230)
  assert.deepEqual(applied?.kind === 'apply' && applied.conf.lists, ['a', 'b'])
  assert.ok(!stage.kinds().includes('start'))
})

test('it starts once all list it and have said so in answer to a question of now', () => {
  const stage = joining()
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(1000)
  assert.ok(!stage.kinds().includes('start'), 'what was heard before is no answer')
  stage.answerFor('a')
  stage.answerFor('b')
  stage.pass(1000)
  assert.ok(stage.kinds().includes('start'))
})

test('of who was not met yet, what others say may be of before it started: it is met first, or is lost', () => {
  const stage = joining()
  const told = seal(record({ id: 'c', address: '10.10.0.33', founder: 'a', number: 212, phase: 'joining', vrrpState: 'STOP', lists: [SELF], peers: [OWN_ADDRESS] }))
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [told], spread: false } })
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(1000)
  assert.ok(!stage.kinds().includes('start'))
  assert.equal(stage.core.status().waitingFor, 'fresh acknowledgements')
  stage.pass(4000)
  assert.ok(stage.kinds().includes('start'), 'nobody is there')
})

test('of a member that it cannot reach it hears through another, and a word by that way is as fresh', () => {
  for (const isVouchedFor of [true, false]) {
    const stage = joining()
    stage.hear({ id: 'a', lists: ['b', SELF] })
    stage.hear({ id: 'b', lists: ['a', SELF] })
    stage.happen({ kind: 'unlinked', id: 'b' })
    stage.answerFor('a')
    if (isVouchedFor) stage.vouchFor('b')
    stage.pass(800)
    assert.equal(stage.kinds().includes('start'), isVouchedFor)
  }
})

test('a member that lags is passed over after 10 s, the MASTER never', () => {
  for (const [laggard, starts] of [['b', true], ['a', false]] as const) {
    const stage = joining()
    stage.answerFor('a')
    stage.answerFor('b')
    stage.hear(laggard === 'b' ? { id: 'a', lists: ['b', SELF] } : { id: 'b', lists: ['a', SELF] })
    stage.pass(9000)
    assert.ok(!stage.kinds().includes('start'))
    stage.pass(20_000)
    assert.equal(stage.kinds().includes('start'), starts, laggard)
  }
})

test('nobody lags while the MASTER makes way: nobody may reload beside it', () => {
  for (const phase of ['active', 'leaving'] as const) {
    const stage = joining()
    stage.answerFor('a')
    stage.answerFor('b')
    stage.hear({ id: 'a', lists: ['b', SELF] })
    stage.pass(7000)
    stage.hear({ id: 'a', phase })
    stage.pass(5000)
    assert.equal(stage.kinds().includes('start'), phase === 'active')
    stage.hear({ id: 'a', phase: 'leaving', vrrpState: 'STOP', number: null })
    stage.hear({ id: 'b', vrrpState: 'MASTER' })
    stage.pass(5000)
    assert.equal(stage.kinds().includes('start'), phase === 'active', 'the next MASTER has to list it')
  }
})

test('without a MASTER it waits, and says who holds the VIP', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null }, { kind: 'vipProbed', mac: '02:00:00:00:00:99' })
  stage.hear({ ...backup, lists: ['a', SELF] })
  stage.answerFor('b')
  stage.pass(30_000)
  assert.ok(!stage.kinds().includes('start'))
  assert.match(stage.core.status().waitingFor ?? '', /02:00:00:00:00:99/)
})

test('a host that brings other settings stays out and names each difference', () => {
  const stage = openStage({ spec: { ...spec, advertInt: 3, authDigest: 'b' } })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: [SELF] })
  const { phase, alarms } = stage.core.status()
  assert.equal(phase, 'blocked')
  assert.match(alarms.join(), /KEEPALIVED_ADVERT_INT: 3 here, 1 there; KEEPALIVED_AUTH_PASS/)
})

test('who stands by lets those that move up end first, or it would stop them half way and go below where they were', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, number: 129, appliedPriority: 129 })
  stage.hear({ ...backup, number: 128, appliedPriority: 128 })
  assert.equal(stage.core.status().phase, 'standby')
  stage.hear({ id: 'a', number: 254 })
  stage.hear({ id: 'b', number: 252 })
  // News comes in any order.
  stage.hear({ id: 'b', appliedPriority: 252 })
  assert.equal(stage.core.status().phase, 'standby')
  stage.hear({ id: 'a', appliedPriority: 254 })
  assert.equal(stage.core.status().phase, 'joining')
  assert.equal(ownRecord(stage).number, 230)
})

test('it does not wait for who moves up no further', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, number: 140, appliedPriority: 140 })
  stage.hear({ ...backup, number: 128, appliedPriority: 128 })
  stage.hear({ id: 'a', number: 254 })
  stage.hear({ id: 'a', appliedPriority: 254 })
  stage.hear({ id: 'b', number: 150 })
  stage.hear({ id: 'b', appliedPriority: 150 })
  assert.equal(stage.core.status().phase, 'standby')
  stage.pass(1500)
  assert.equal(stage.core.status().phase, 'joining')
})

test('more members than numbers: it stands by, and joins when a place is free', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, number: 128 })
  assert.equal(stage.core.status().phase, 'standby')
  stage.hear({ id: 'a', number: 254, appliedPriority: 254 })
  assert.equal(stage.core.status().phase, 'joining')
})

test('an answer from a stranger on the wire keeps a lone host from claiming', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  for (let i = 0; i < 30; i++) {
    stage.happen({ kind: 'vipProbed', mac: '02:00:00:00:00:99' })
    stage.pass(1000)
  }
  assert.ok(!stage.kinds().includes('start'))
  for (let i = 0; i < 5; i++) {
    stage.happen({ kind: 'vipProbed', mac: null })
    stage.pass(1000)
  }
  assert.ok(stage.kinds().includes('start'))
})

test('a probe that could not be made is no silence, but holds nobody up for ever', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  for (let i = 0; i < 14; i++) {
    stage.happen({ kind: 'vipProbeFailed', reason: 'no arping' })
    stage.pass(1000)
  }
  assert.ok(!stage.kinds().includes('start'))
  for (let i = 0; i < 6; i++) {
    stage.happen({ kind: 'vipProbeFailed', reason: 'no arping' })
    stage.pass(1000)
  }
  assert.ok(stage.kinds().includes('start'))
})

test('silence on the wire that was heard long ago gives no leave to claim', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null }, { kind: 'vipProbed', mac: null }, { kind: 'vipProbed', mac: null })
  stage.hear({ ...backup, lists: ['a', SELF] })
  stage.hear({ id: 'z', address: '10.10.0.39', phase: 'joining', number: 128, vrrpState: 'STOP', lists: ['b', SELF] })
  stage.answerFor('b')
  stage.answerFor('z')
  for (let second = 0; second < 30; second++) {
    stage.hear({ id: 'z', number: 128 })
    stage.hear({ id: 'b', number: 252 })
    stage.pass(1000)
  }
  stage.happen({ kind: 'unlinked', id: 'b' })
  for (let second = 0; second < 5; second++) {
    stage.hear({ id: 'z', number: 128 })
    stage.pass(1000)
  }
  assert.ok(!stage.kinds().includes('start'))
})

test('who runs already, though it has not said so of its phase, is not passed by a joiner that remembers a higher number', () => {
  const stage = openStage({ memory: { incarnation: 1, founder: 'a', number: 254, spec, claims: [] } })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, number: 230, phase: 'joining', lists: [SELF] })
  assert.ok((stage.core.status().self.priority ?? 0) < 230)
})

test('who has moved to another address is listed only by whom lists it there', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF], peers: ['10.10.0.32', '10.10.9.9'] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(3000)
  assert.ok(!stage.kinds().includes('start'))
  assert.match(stage.core.status().waitingFor ?? '', /10\.10\.0\.31 to list this host/)
})

test('nobody lags before the MASTER itself lists the joiner: without its answer nobody may reload', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.pass(15_000)
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.pass(1000)
  assert.ok(!stage.kinds().includes('start'))
  assert.match(stage.core.status().waitingFor ?? '', /10\.10\.0\.32 to list this host/)
})

const starts = (stage: Stage): boolean => stage.kinds().includes('start')

function beats (stage: Stage, seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    for (const from of ['a', 'b']) stage.happen({ kind: 'message', from, message: { kind: 'beat', digest: '' } })
    stage.pass(1000)
  }
}

test('answers of some seconds ago give no leave to start', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.pass(1000)
  stage.silence('a')
  stage.silence('b')
  beats(stage, 4)
  stage.hear({ id: 'b', lists: ['a', SELF] })
  beats(stage, 2)
  assert.ok(!starts(stage))
  stage.answerFor('a')
  stage.answerFor('b')
  beats(stage, 2)
  assert.ok(starts(stage))
})

test('a joiner starts only when its own conf lists all that the MASTER lists', () => {
  const stage = joining()
  stage.refuse('the disk is full')
  stage.hear({ id: 'c', address: '10.10.0.33', founder: 'a', number: 212, vrrpState: 'BACKUP', lists: ['a', 'b', SELF] })
  for (const id of ['a', 'b', 'c']) stage.answerFor(id)
  stage.hear({ id: 'a', lists: ['b', 'c', SELF] })
  stage.hear({ id: 'b', lists: ['a', 'c', SELF] })
  stage.pass(3000)
  assert.ok(!starts(stage))
  assert.match(stage.core.status().waitingFor ?? '', /its own conf to list c/)
  stage.refuse(null)
  stage.pass(3000)
  assert.ok(starts(stage))
})

test('a joiner starts only when its own conf lists the MASTER, and whom that one lists, where they are by now', () => {
  const stage = joining()
  const moved = record({ ...master, address: '10.10.0.71', lists: ['b', SELF], peers: [OWN_ADDRESS, backup.address], sequence: 9 })
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [seal(moved)], spread: false } })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  for (const id of ['a', 'b']) stage.answerFor(id)
  stage.pass(3000)
  assert.ok(!starts(stage), 'nobody has found it there yet')
  assert.match(stage.core.status().waitingFor ?? '', /its own conf to list a/)
  stage.happen({ kind: 'verified', id: 'a', address: moved.address, port: moved.port })
  stage.pass(1000)
  assert.ok(starts(stage))
})

test('whom the MASTER does not list where it is by now, a joiner need not either', () => {
  const stage = joining()
  const moved = record({ ...backup, address: '10.10.0.72', lists: ['a', SELF], peers: [OWN_ADDRESS, master.address], sequence: 9 })
  stage.happen({ kind: 'message', from: 'b', message: { kind: 'table', claims: [seal(moved)], spread: false } })
  stage.hear({ id: 'a', lists: ['b', SELF] })
  for (const id of ['a', 'b']) stage.answerFor(id)
  stage.pass(3000)
  assert.ok(starts(stage))
})

test('a joiner asks others that are about to start, which may have its number', () => {
  const stage = joining()
  stage.hear({ id: 'j', address: '10.10.0.33', founder: 'a', number: 190, phase: 'joining', vrrpState: 'STOP', lists: [] })
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(1000)
  assert.ok(!starts(stage))
  stage.answerFor('j')
  stage.pass(1000)
  assert.ok(starts(stage))
})

test('another joiner that has heard of its number once need not say so again', () => {
  const stage = joining()
  stage.hear({ id: 'j', address: '10.10.0.33', founder: 'a', number: 190, phase: 'joining', vrrpState: 'STOP', lists: [] })
  for (const id of ['a', 'b', 'j']) stage.answerFor(id)
  stage.pass(1000)
  stage.silence('j')
  for (let second = 0; second < 4; second++) {
    stage.happen({ kind: 'message', from: 'j', message: { kind: 'beat', digest: '' } })
    stage.pass(1000)
  }
  assert.ok(!starts(stage))
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(1000)
  assert.ok(starts(stage))
})

test('beside two MASTERs nobody starts', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF], vrrpState: 'MASTER' })
  stage.pass(3000)
  assert.ok(!starts(stage))
  stage.hear({ id: 'b', vrrpState: 'BACKUP' })
  stage.pass(1000)
  assert.ok(starts(stage))
})

test('who hears no advert is not blocked for a MASTER whose agent does not answer: it may be dead', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(500)
  assert.ok(starts(stage))
  stage.silence('a')
  stage.pass(2200)
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
  stage.pass(1000)
  stage.happen({ kind: 'adverts', received: 0 })
  stage.pass(500)
  assert.equal(stage.core.status().phase, 'active')
  stage.answerFor('a')
  stage.pass(500)
  assert.equal(stage.core.status().phase, 'blocked')
})

test('a joiner goes below a pinned MASTER, and no number that a pin hides is held against it', () => {
  for (const [pinned, number, taken] of [[208, 128, 198], [208, 254, 198], [100, 128, 254], [255, 254, 254]] as const) {
    const stage = openStage()
    stage.happen({ kind: 'started', adopted: null })
    stage.hear({ ...master, number, pinned, lists: [SELF] })
    assert.equal(stage.core.status().self.priority, taken, `pinned at ${pinned}`)
  }
})

test('a joiner goes below what the keepalived of a member runs with, be its number higher already', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, number: 254, appliedPriority: 230, lists: [SELF] })
  assert.equal(stage.core.status().self.priority, 212)
})
