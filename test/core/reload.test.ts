// When the conf of a keepalived that runs may change: never while its MASTER may be dying, never more often than it must.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LAGGARD_MS } from '../../src/core/timing.ts'
import { running } from './group.ts'
import { seal, tombstone } from './records.ts'
import { SELF, confs, type Stage } from './stage.ts'

function comes (stage: Stage, id: string, number: number): void {
  stage.hear({ id, address: `10.10.0.${number}`, number, phase: 'joining', vrrpState: 'STOP', founder: 'a' })
}

const lists = (stage: Stage, id: string): boolean => confs(stage).at(-1)?.lists.includes(id) === true

function runningAsMaster (): Stage {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  return stage
}

test('an answer of a second ago gives a BACKUP no leave to reload', () => {
  const stage = running()
  comes(stage, 'c', 212)
  stage.pass(1000)
  assert.ok(lists(stage, 'c'))
  stage.silence('a')
  comes(stage, 'd', 194)
  stage.pass(1000)
  assert.ok(!lists(stage, 'd'))
  stage.answerFor('a')
  stage.pass(1000)
  assert.ok(lists(stage, 'd'))
})

/** Lets time pass while the MASTER answers each question so long after it was asked. */
function answeringLate (stage: Stage, lagMs: number): (ms: number) => void {
  const open: Array<{ readonly nonce: number, readonly dueAtMs: number }> = []
  let seen = stage.effects.length
  return (ms) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      stage.pass(100)
      for (const effect of stage.effects.slice(seen)) {
        if (effect.kind === 'send' && effect.to === 'a' && effect.message.kind === 'ask') open.push({ nonce: effect.message.nonce, dueAtMs: stage.nowMs() + lagMs })
      }
      seen = stage.effects.length
      for (let first = open[0]; first !== undefined && first.dueAtMs <= stage.nowMs(); first = open[0]) {
        open.shift()
        stage.happen({ kind: 'message', from: 'a', message: { kind: 'answer', nonce: first.nonce, about: null, alive: true, claim: null } })
      }
    }
  }
}

test('a MASTER that answers slowly holds a reload up for a few seconds; what is older than a second never counts', () => {
  for (const [lagMs, reloads] of [[700, true], [1300, false]] as const) {
    const stage = running()
    stage.silence('a')
    comes(stage, 'c', 212)
    const pass = answeringLate(stage, lagMs)
    pass(2500)
    assert.ok(!lists(stage, 'c'))
    pass(3000)
    assert.equal(lists(stage, 'c'), reloads)
  }
})

test('what a slow MASTER answered before its stream ended counts no more: it may be dying', () => {
  for (const ends of [false, true]) {
    const stage = running()
    stage.silence('a')
    comes(stage, 'c', 212)
    const pass = answeringLate(stage, 700)
    pass(2900)
    assert.ok(!lists(stage, 'c'))
    if (ends) stage.happen({ kind: 'unlinked', id: 'a' })
    stage.pass(300)
    assert.equal(lists(stage, 'c'), !ends)
  }
})

test('what a slow MASTER answered counts when it comes: a moment later it may be dead, though its stream is still there', () => {
  for (const dies of [false, true]) {
    const stage = running()
    stage.silence('a')
    comes(stage, 'c', 212)
    const pass = answeringLate(stage, 400)
    pass(2700)
    assert.ok(!lists(stage, 'c'))
    if (dies) stage.pass(600)
    else pass(600)
    assert.equal(lists(stage, 'c'), !dies)
  }
})

test('a refusal of long ago, of a conf that nobody wants any more, is none of now', () => {
  const stage = running()
  stage.refuse('the disk is full')
  comes(stage, 'c', 212)
  stage.pass(1500)
  assert.match(stage.core.status().alarms.join(), /the disk is full/)
  stage.hear({ id: 'c', number: null, phase: 'discovering' })
  stage.pass(30_000)
  assert.deepEqual(stage.core.status().alarms, [])
  comes(stage, 'd', 213)
  stage.pass(3000)
  assert.match(stage.core.status().alarms.join(), /the disk is full/)
  assert.ok(!stage.kinds().includes('stop'))
})

test('a BACKUP that the MASTER reaches by way of another alone has leave to reload when that one passes its answer on', () => {
  for (const passes of [true, false]) {
    const stage = running()
    stage.silence('a')
    stage.happen({ kind: 'unlinked', id: 'a' })
    comes(stage, 'c', 212)
    for (let i = 0, seen = 0; i < 30; i++) {
      const asks = stage.effects.flatMap((effect) => effect.kind === 'send' && effect.to === 'b' && effect.message.kind === 'ask' && effect.message.about === 'a' ? [effect.message.nonce] : [])
      for (const nonce of passes ? asks.slice(seen) : []) stage.happen({ kind: 'message', from: 'b', message: { kind: 'answer', nonce, about: 'a', alive: true, claim: null } })
      seen = asks.length
      stage.pass(100)
    }
    assert.equal(lists(stage, 'c'), passes)
  }
})

test('what a MASTER answered before it was one gives a BACKUP no leave to reload', () => {
  const stage = running()
  stage.hear({ id: 'b', vrrpState: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  const asked = (): number => stage.effects.filter((effect) => effect.kind === 'send' && effect.to === 'a' && effect.message.kind === 'ask').length
  for (let i = 0; i < 60 && asked() === 0; i++) stage.pass(100)
  assert.ok(asked() > 0, 'a was silent and has not been asked')
  stage.silence('a')
  stage.hear({ id: 'b', vrrpState: 'BACKUP' })
  stage.hear({ id: 'a', vrrpState: 'MASTER' })
  comes(stage, 'c', 212)
  assert.ok(!lists(stage, 'c'))
})

test('changes that come together are one reload', () => {
  const stage = runningAsMaster()
  stage.pass(1000)
  comes(stage, 'c', 212)
  assert.ok(lists(stage, 'c'))
  stage.pass(50)
  comes(stage, 'd', 194)
  comes(stage, 'e', 180)
  assert.equal(confs(stage).length, 1)
  stage.pass(300)
  assert.equal(confs(stage).length, 2)
  assert.ok(lists(stage, 'd') && lists(stage, 'e'))
})

function leaves (stage: Stage, id: string): void {
  stage.happen({ kind: 'claims', from: id, claims: [seal(tombstone({ id }))] })
}

test('a BACKUP whose MASTER answers slowly, and whose disk is full, stops before joiners pass it over', () => {
  const stage = running()
  stage.silence('a')
  stage.refuse('the disk is full')
  comes(stage, 'c', 212)
  answeringLate(stage, 700)(LAGGARD_MS - 1500)
  assert.ok(stage.kinds().includes('stop'))
})

test('a new MASTER waits a moment before it drops somebody', () => {
  const stage = running()
  stage.silence('a')
  leaves(stage, 'b')
  stage.pass(500)
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.pass(400)
  assert.deepEqual(confs(stage), [])
  stage.pass(200)
  assert.deepEqual(confs(stage).at(-1)?.lists, ['a'])
})

test('who slept hears what is new before it drops somebody', () => {
  const stage = runningAsMaster()
  stage.pass(1000)
  leaves(stage, 'b')
  stage.pass(5000, { lagged: true })
  stage.pass(1500)
  assert.deepEqual(confs(stage), [])
  stage.pass(1500)
  assert.deepEqual(confs(stage).at(-1)?.lists, ['a'])
})

test('a MASTER that misses somebody lists it at once, be it MASTER or awake for only a moment', () => {
  for (const sleptMs of [0, 5000]) {
    const stage = runningAsMaster()
    if (sleptMs > 0) stage.pass(sleptMs, { lagged: true })
    comes(stage, 'c', 212)
    stage.pass(100)
    assert.ok(lists(stage, 'c'), `slept ${sleptMs} ms`)
  }
})

test('who was MASTER before it slept for long reads first whether it still is', () => {
  const stage = runningAsMaster()
  stage.pass(1000)
  // News of the mesh and of keepalived come by two ways, and either may be read first.
  stage.pass(5000, { lagged: true })
  comes(stage, 'c', 212)
  stage.happen({ kind: 'vrrpState', state: 'BACKUP' })
  stage.pass(3000)
  assert.deepEqual(confs(stage), [])
})

test('a MASTER that is about to stop gives a BACKUP no leave to reload', () => {
  for (const phase of ['leaving', 'discovering', 'blocked'] as const) {
    const stage = running()
    stage.hear({ id: 'a', phase })
    comes(stage, 'c', 212)
    stage.pass(2000)
    assert.deepEqual(confs(stage), [], phase)
  }
})

test('while no MASTER is known a BACKUP does not reload', () => {
  const stage = running()
  stage.hear({ id: 'a', vrrpState: 'BACKUP', lists: ['b', SELF] })
  comes(stage, 'c', 212)
  stage.pass(5000)
  assert.deepEqual(confs(stage), [])
})
