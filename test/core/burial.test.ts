// Whose an address is when two keys claim it: of whoever is heard after both were known.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, joining, running } from './group.ts'
import { record, seal, spec, tombstone } from './records.ts'
import { OWN_ADDRESS, SELF, confs, openStage } from './stage.ts'
import type { Stage } from './stage.ts'

function buried (stage: Stage): string[] {
  return stage.effects.flatMap((effect) => effect.kind === 'log' && effect.message === 'member is out' ? [String(effect.facts['member'])] : [])
}

test('a host that is back with another key is not buried for the sake of the dead one, which is not missed yet', () => {
  const stage = joining()
  const anew = { ...backup, id: 'c', number: 190, phase: 'joining', vrrpState: 'STOP' } as const
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [seal(record(anew))], spread: false } })
  stage.pass(100)
  assert.deepEqual(buried(stage), [])

  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.hear(anew)
  stage.pass(1500)
  assert.deepEqual(buried(stage), ['b'])
})

test('an address of which another key says that it is its own passes to that one when it is found there, and has a place', () => {
  for (const [about, isPassed] of [[{ number: 212 }, true], [{ number: null }, false]] as const) {
    const stage = running()
    stage.happen({ kind: 'unlinked', id: 'b' })
    stage.pass(3000)
    stage.hear({ id: 'c', address: backup.address, phase: 'joining', vrrpState: 'STOP', founder: 'a', ...about })
    stage.pass(1000)
    assert.equal(stage.core.status().members.every(({ id }) => id !== 'b'), isPassed, JSON.stringify(about))
  }
})

test('who only says that an address is its own takes it from nobody', () => {
  const stage = running()
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(3000)
  const claim = seal(record({ ...backup, id: 'c', number: 212, phase: 'joining', vrrpState: 'STOP' }))
  stage.happen({ kind: 'linked', id: 'c', address: '10.10.0.99', port: 11251, dialled: false }, { kind: 'message', from: 'c', message: { kind: 'table', claims: [claim], spread: false } })
  stage.pass(1000)
  assert.deepEqual(buried(stage), [])
  stage.happen({ kind: 'verified', id: 'c', address: backup.address, port: 11251 })
  stage.pass(1000)
  assert.deepEqual(buried(stage), ['b'])
})

test('who had given its number up stays listed by the next agent too, which sees nobody yet', () => {
  const waiting = { id: 'c', address: '10.10.0.33', phase: 'blocked', vrrpState: 'STOP' } as const
  const conf = { priority: 254, claim: false, source: OWN_ADDRESS, peers: [backup.address, waiting.address], lists: ['b', 'c'], spec, vips: [] }
  const stage = openStage({ memory: { incarnation: 1, founder: SELF, number: 254, spec, claims: [backup, waiting].map((about) => seal(record(about))) } })
  stage.happen({ kind: 'started', adopted: { conf, number: 254, founder: SELF, vrrpState: 'MASTER' } })
  stage.pass(60_000)
  assert.deepEqual(confs(stage), [])

  stage.hear({ ...backup, founder: SELF })
  for (let second = 0; second < 50; second++) {
    stage.happen({ kind: 'message', from: 'b', message: { kind: 'beat', digest: '' } })
    stage.pass(1000)
  }
  assert.deepEqual(confs(stage).at(-1)?.lists, ['b'])
})

test('who was out when the agent before ended may be back, so the next one first hears what others say', () => {
  const gone = { id: 'c', address: '10.10.0.33' } as const
  const conf = { priority: 254, claim: false, source: OWN_ADDRESS, peers: [backup.address, gone.address], lists: ['b', 'c'], spec, vips: [] }
  const memory = { incarnation: 1, founder: SELF, number: 254, spec, claims: [seal(tombstone(gone)), seal(record(backup))] }
  const adopting = (): Stage => {
    const stage = openStage({ memory })
    stage.happen({ kind: 'started', adopted: { conf, number: 254, founder: SELF, vrrpState: 'MASTER' } })
    stage.pass(10_000)
    assert.deepEqual(confs(stage), [])
    stage.hear({ ...backup, founder: SELF })
    return stage
  }
  const isOut = adopting()
  isOut.answerFor('b')
  isOut.pass(6000)
  assert.deepEqual(confs(isOut).at(-1)?.peers, [backup.address])

  const isBack = adopting()
  isBack.hear({ ...gone, incarnation: 2, founder: SELF, number: 230 })
  isBack.pass(6000)
  assert.ok(confs(isBack).every(({ peers }) => peers.includes(gone.address)))
})

test('beside one that may live nobody can tell which address was of who is out, so the next agent drops neither', () => {
  for (const isKnown of [true, false]) {
    const conf = { priority: 254, claim: false, source: OWN_ADDRESS, peers: ['10.10.0.33', '10.10.0.34', backup.address], lists: ['b', 'c', 'd'], spec, vips: [] }
    const d = record({ ...backup, id: 'd', address: '10.10.0.33', number: 212 })
    const stage = openStage({ memory: { incarnation: 1, founder: SELF, number: 254, spec, claims: [seal(tombstone({ id: 'c' })), seal(record(backup)), ...isKnown ? [seal(d)] : []] } })
    stage.happen({ kind: 'started', adopted: { conf, number: 254, founder: SELF, vrrpState: 'MASTER' } })
    for (let second = 0; second < 30; second++) {
      for (const one of [{ ...backup, founder: SELF }, ...isKnown ? [d] : []]) stage.hear(one)
      stage.pass(1000)
    }
    assert.deepEqual(confs(stage).at(-1)?.peers, isKnown ? ['10.10.0.33', backup.address].toSorted() : conf.peers.toSorted())
  }
})

test('who lives has time to object to what others say of it, before it is unlisted', () => {
  const stage = running()
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(tombstone({ id: 'b', departure: 'superseded', issuer: 'a' }))] })
  stage.pass(2000)
  stage.hear({ ...backup, incarnation: 2, lists: ['a', SELF] })
  stage.pass(5000)
  assert.deepEqual(confs(stage), [])
})

test('who is out and listed anew by another member is back: its own word comes before the reload that would drop it', () => {
  for (const isBack of [true, false]) {
    const stage = running()
    stage.hear({ ...backup, id: 'c', address: '10.10.0.33', number: 212, lists: ['a', 'b', SELF] })
    stage.hear({ id: 'a', lists: ['b', 'c', SELF] })
    stage.pass(1000)
    stage.effects.length = 0
    // No MASTER answers, so nobody reloads; and before one does, it tells of what this host missed.
    stage.silence('a')
    stage.happen({ kind: 'message', from: 'c', message: { kind: 'table', claims: [seal(tombstone({ id: 'c' }))], spread: false } })
    stage.hear({ id: 'a', lists: ['b', SELF] })
    stage.pass(1000)
    if (isBack) stage.hear({ id: 'a', lists: ['b', 'c', SELF] })
    stage.answerFor('a')
    stage.pass(3000)
    assert.equal(confs(stage).length, isBack ? 0 : 1)
    stage.pass(5000)
    assert.deepEqual(confs(stage).at(-1)?.lists, ['a', 'b'])
  }
})

test('whose Node was deleted is out once it is lost and its address silent; who lives, or answers there, stays', () => {
  const stage = running()
  stage.happen({ kind: 'nodeGone', address: backup.address })
  for (let second = 0; second < 8; second++) {
    stage.happen({ kind: 'message', from: 'b', message: { kind: 'beat', digest: '' } })
    stage.pass(1000)
  }
  assert.deepEqual(buried(stage), [], 'it lives')

  const asked = () => stage.effects.findLast((effect) => effect.kind === 'probeAddress')
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(9000)
  const first = asked()
  assert.equal(first?.address, backup.address)
  stage.happen({ kind: 'addressProbed', address: backup.address, askedAtMs: first.askedAtMs, mac: '02:00:00:00:00:32' })
  stage.pass(1000)
  assert.deepEqual(buried(stage), [], 'its keepalived may run')

  stage.pass(6000)
  const second = asked()
  stage.happen({ kind: 'addressProbed', address: backup.address, askedAtMs: second?.askedAtMs ?? 0, mac: null })
  stage.pass(1000)
  assert.deepEqual(buried(stage), ['b'])
})

test('a Node that is back is no evidence any more', () => {
  const stage = running()
  stage.happen({ kind: 'nodeGone', address: backup.address }, { kind: 'found', address: backup.address, port: 11251, source: 'kubernetes' })
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(9000)
  const probe = stage.effects.findLast((effect) => effect.kind === 'probeAddress')
  stage.happen({ kind: 'addressProbed', address: backup.address, askedAtMs: probe?.askedAtMs ?? 0, mac: null })
  stage.pass(1000)
  assert.deepEqual(buried(stage), [])
})
