// Who is lost, and what speaks against it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, running } from './group.ts'
import { record, seal, tombstone } from './records.ts'
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

test('a host of which the group remembers a later run outbids that', () => {
  const stage = running()
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [seal(record({ id: SELF, incarnation: 7 }))], reply: false } })
  assert.equal(stage.core.status().self.incarnation, 8)
})

test('who is lost is dialled at least every second', () => {
  const stage = running()
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(20_000)
  const dials = stage.effects.filter((effect) => effect.kind === 'dial' && effect.address === backup.address).length
  assert.ok(dials >= 20, `${dials} dials in 20 s`)
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
