// Who is lost, and what speaks against it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, master, running } from './group.ts'
import { record, seal, tombstone } from './records.ts'
import { isAlive } from '../../src/core/liveness.ts'
import { createOutbox } from '../../src/core/outbox.ts'
import { ask } from '../../src/core/questions.ts'
import { createTable, tombstonesDigest } from '../../src/core/table.ts'
import { SELF, confs, openStage, type Stage } from './stage.ts'

function isLost (stage: Stage, id: string): boolean {
  return stage.effects.some((effect) => effect.kind === 'log' && effect.message.startsWith('member is lost') && effect.facts['member'] === id)
}

test('who does not answer this host, but another, is not lost', () => {
  for (const vouches of [true, false]) {
    const stage = running()
    let answered = 0
    stage.happen({ kind: 'unlinked', id: 'b' })
    for (let i = 0; i < 30; i++) {
      const asks = stage.effects.flatMap((effect) => effect.kind === 'send' && effect.to === 'a' && effect.message.kind === 'ask' && effect.message.about === 'b' ? [effect.message.nonce] : [])
      for (const nonce of vouches ? asks.slice(answered) : []) stage.happen({ kind: 'message', from: 'a', message: { kind: 'answer', nonce, about: 'b', alive: true, claim: null } })
      answered = asks.length
      stage.pass(100)
    }
    assert.equal(isLost(stage, 'b'), !vouches)
  }
})

test('the time that a suspect has to answer does not pass while this process sleeps', () => {
  const stage = running()
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(10_000, { lagged: true })
  assert.ok(!isLost(stage, 'b'))
  stage.pass(1500)
  assert.ok(isLost(stage, 'b'))
})

test('who is back after it was lost is what it says now, not what it was: it may have begun anew', () => {
  for (const way of ['itself', 'a witness'] as const) {
    const stage = running()
    stage.silence('b')
    stage.happen({ kind: 'unlinked', id: 'b' })
    stage.pass(1500)
    assert.ok(isLost(stage, 'b'))
    const claim = seal(record({ ...backup, incarnation: 2, phase: 'discovering', vrrpState: 'STOP', number: null }))
    if (way === 'itself') {
      stage.happen({ kind: 'linked', id: 'b', address: backup.address, port: 11251, dialled: false })
      stage.happen({ kind: 'message', from: 'b', message: { kind: 'beat', digest: '' } })
      assert.ok(!isAlive(stage.facts, 'b'))
      stage.happen({ kind: 'message', from: 'b', message: { kind: 'table', claims: [claim], spread: false } })
    } else {
      ask(stage.facts, 'a', createOutbox(), { about: 'b' })
      stage.happen({ kind: 'message', from: 'a', message: { kind: 'answer', nonce: stage.facts.questions.nextNonce - 1, about: 'b', alive: true, claim } })
    }
    assert.ok(isAlive(stage.facts, 'b'), way)
  }
})

test('a host of which the group remembers a later run outbids that', () => {
  const stage = running()
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [seal(record({ id: SELF, incarnation: 7 }))], spread: false } })
  assert.equal(stage.core.status().self.incarnation, 8)
})

test('who is lost is dialled at least every second', () => {
  const stage = running()
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(20_000)
  const dials = stage.effects.filter((effect) => effect.kind === 'dial' && effect.address === backup.address).length
  assert.ok(dials >= 20, `${dials} dials in 20 s`)
})

test('who left, and is a member again by the word of others, is dialled as soon as any member', () => {
  const stage = running()
  stage.happen({ kind: 'unlinked', id: 'b' }, { kind: 'claims', from: 'a', claims: [seal(tombstone({ id: 'b' }))] })
  for (let second = 0; second < 30; second++) {
    stage.pass(1000)
    stage.happen({ kind: 'dialFailed', address: backup.address, port: 11251, failure: 'refused' })
  }
  stage.effects.length = 0
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ ...backup, incarnation: 2, phase: 'joining', vrrpState: 'STOP' }))] })
  stage.pass(1000)
  assert.ok(stage.effects.some((effect) => effect.kind === 'dial' && effect.address === backup.address))
})

test('all agree though one who is lost, and was met by nobody, stands in no list', () => {
  const stage = running()
  for (const id of ['a', 'b']) stage.hear({ id, tombstones: tombstonesDigest(createTable()) })
  assert.equal(stage.core.status().agreed, true)
  const late = record({ id: 'c', address: '10.10.0.33', number: 210, phase: 'active', vrrpState: 'BACKUP', incarnation: 1 })
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(late)] })
  assert.equal(stage.core.status().agreed, false)
  for (let second = 0; second < 6; second++) {
    stage.pass(1000)
    stage.happen(...['a', 'b'].map((from) => ({ kind: 'message', from, message: { kind: 'beat', digest: '' } }) as const))
  }
  assert.ok(isLost(stage, 'c'))
  assert.equal(stage.core.status().agreed, true)
  stage.hear({ id: 'a', lists: ['b', 'c', SELF], peers: [backup.address, '10.10.0.33', '10.10.0.21'] })
  assert.equal(stage.core.status().agreed, false, 'where one lists it, all do')
})

test('news that one is out, who was out of sight, unlists it only after a while', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(3000)
  assert.ok(isLost(stage, 'b'))
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(tombstone({ id: 'b' }))] })
  stage.pass(4000)
  assert.deepEqual(confs(stage), [])
  stage.pass(3000)
  assert.deepEqual(confs(stage).at(-1)?.lists, ['a'])
})

test('whoever was never met has as long as a dial may last until it is lost; one that refuses, a second', () => {
  for (const [refused, lost] of [[false, 3200], [true, 1200]] as const) {
    const stage = openStage()
    stage.happen({ kind: 'started', adopted: null }, { kind: 'claims', from: 'a', claims: [seal(record({ ...backup, lists: [] }))] })
    stage.happen({ kind: 'dialFailed', address: backup.address, port: 11251, failure: refused ? 'refused' : 'unreachable' })
    const stateOf = (): string | undefined => stage.core.status().members.find(({ id }) => id === 'b')?.state
    stage.pass(lost - 400)
    assert.equal(stateOf(), 'active')
    stage.pass(600)
    assert.equal(stateOf(), 'lost')
  }
})

test('others are asked again of whoever was never met: they may meet it only now', () => {
  for (const [isMet, state] of [[true, 'active'], [false, 'lost']] as const) {
    const stage = running()
    stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ id: 'c', address: '10.10.0.33', number: 210, lists: [] }))] })
    stage.pass(1500)
    const before = stage.effects.length
    for (let passedMs = 0; passedMs < 2000; passedMs += 100) stage.pass(100)
    for (const effect of isMet ? stage.effects.slice(before) : []) {
      if (effect.kind !== 'send' || effect.message.kind !== 'ask' || effect.message.about !== 'c') continue
      stage.happen({ kind: 'message', from: effect.to, message: { ...effect.message, kind: 'answer', alive: true, claim: null } })
    }
    assert.equal(stage.core.status().members.find(({ id }) => id === 'c')?.state, state)
  }
})

test('a record that others pass on makes nobody alive: it may come from their memory, until its subject says it or answers a witness', () => {
  for (const remembers of [true, false]) {
    const earlier = seal(record({ ...backup, vrrpState: 'MASTER' }))
    const stage = openStage(remembers ? { memory: { incarnation: 0, number: null, founder: null, spec: null, claims: [earlier] } } : {})
    const { number: _, lists: __, ...outOfSight } = { ...backup, id: 'c', address: '10.10.0.33' }
    stage.happen({ kind: 'started', adopted: null })
    stage.hear(master)
    stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ ...backup, vrrpState: 'MASTER', sequence: 9 })), seal(record(outOfSight))] })
    stage.happen({ kind: 'linked', id: 'b', address: backup.address, port: 11251, dialled: true })
    assert.equal(isAlive(stage.facts, 'b'), false)
    stage.happen({ kind: 'message', from: 'b', message: { kind: 'table', claims: [seal(record({ ...backup, sequence: 9 }))], spread: false } })
    assert.ok(isAlive(stage.facts, 'b'))
    const asked = (): number | undefined => stage.effects.flatMap((effect) => effect.kind === 'send' && effect.message.kind === 'ask' && effect.message.about === 'c' ? [effect.message.nonce] : []).at(-1)
    assert.equal(asked(), undefined, 'a dial has its time first')
    stage.pass(500)
    const nonce = asked()
    assert.ok(nonce !== undefined && !isAlive(stage.facts, 'c'))
    const to = stage.effects.flatMap((effect) => effect.kind === 'send' && effect.message.kind === 'ask' && effect.message.nonce === nonce ? [effect.to] : [])[0] ?? ''
    stage.happen({ kind: 'message', from: to, message: { kind: 'answer', nonce, about: 'c', alive: true, claim: seal(record(outOfSight)) } })
    assert.ok(isAlive(stage.facts, 'c'))
  }
})
