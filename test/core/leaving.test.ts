// Leaving as asked: make way, stop, say so, in this order, and not for ever.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { running } from './group.ts'
import { SELF, type Stage } from './stage.ts'

function leavingAsMaster (change: (stage: Stage) => void = () => {}): Stage {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  change(stage)
  stage.happen({ kind: 'command', command: { kind: 'stop' } })
  return stage
}

function lastWords ({ effects }: Stage): number {
  return effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : []).filter(({ statement }) => statement.kind === 'tombstone' && statement.id === SELF).length
}

test('a MASTER that nobody succeeds leaves all the same', () => {
  const stage = leavingAsMaster()
  stage.pass(2000)
  assert.ok(!stage.kinds().includes('stop'))
  stage.pass(4000)
  assert.ok(stage.kinds().includes('exit'))
})

test('a MASTER does not wait for a successor that does not hear it', () => {
  const stage = leavingAsMaster(({ hear }) => {
    hear({ id: 'a', lists: ['b'] })
    hear({ id: 'b', lists: ['a'] })
  })
  assert.ok(stage.kinds().includes('stop'))
})

test('a MASTER beside another one, which has said so since, does not make way: VRRP stops at once', () => {
  const stage = leavingAsMaster(({ hear, answerFor, pass }) => {
    hear({ id: 'a', vrrpState: 'MASTER' })
    answerFor('a')
    pass(1000)
  })
  assert.ok(stage.kinds().includes('stop'))
  assert.ok(!stage.kinds().includes('lower'))
})

test('the MASTER before it, of which it has heard nothing since, is no other one', () => {
  const stage = leavingAsMaster(({ hear, silence, pass }) => {
    silence('a')
    hear({ id: 'a', vrrpState: 'MASTER' })
    pass(1000)
  })
  assert.ok(!stage.kinds().includes('stop'))
})

test('the last word is that VRRP has stopped, and never comes before it has', () => {
  const stage = leavingAsMaster()
  stage.happen({ kind: 'vrrpState', state: 'BACKUP' })
  assert.equal(lastWords(stage), 1)

  const hung = leavingAsMaster(({ hang }) => { hang() })
  hung.happen({ kind: 'vrrpState', state: 'BACKUP' })
  hung.pass(5000)
  assert.ok(hung.kinds().includes('stop'))
  assert.equal(lastWords(hung), 0)
  assert.ok(!hung.kinds().includes('exit'))
  hung.happen({ kind: 'keepalivedStopped', asked: true, reason: '' })
  assert.equal(lastWords(hung), 1)

  const slow = leavingAsMaster(({ hang }) => { hang() })
  slow.happen({ kind: 'vrrpState', state: 'BACKUP' }, { kind: 'vrrpState', state: 'STOP' })
  assert.equal(lastWords(slow), 1, 'VRRP has stopped, though keepalived has not ended')
  slow.pass(1000)
  assert.ok(!slow.kinds().includes('exit'))
  slow.happen({ kind: 'keepalivedStopped', asked: true, reason: '' })
  assert.ok(slow.kinds().includes('exit'))
})
