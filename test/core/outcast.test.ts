// Who was removed by silence, and is back without an agent: its keepalived must hear this group, or it holds the VIP for ever.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../src/core/digest.ts'
import type { MemberRecord } from '../../src/core/record.ts'
import { backup, running } from './group.ts'
import { seal, tombstone } from './records.ts'
import { SELF, confs, type Stage } from './stage.ts'

const MAC = '02:00:00:00:00:32'

/** This member is MASTER of three, or else `a`; `b` was lost, and is removed by a majority while it is cut off. */
function withOutcast (role: 'MASTER' | 'BACKUP', about: Partial<MemberRecord> = {}): Stage {
  const stage = running()
  if (role === 'MASTER') {
    stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  }
  stage.hear({ id: 'b', mac: MAC, ...about })
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(2000)
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(tombstone({ id: 'b', departure: 'removed', issuer: 'a' }))] })
  live(stage, 10)
  if (role === 'BACKUP') {
    assert.ok(!isListed(stage), 'a MASTER that has not unlisted it yet lists it again')
    stage.hear({ id: 'a', lists: [SELF] })
  }
  live(stage, 200)
  assert.ok(!isListed(stage), 'who was removed is listed yet')
  return stage
}

function live (stage: Stage, seconds: number, answers: string | null = null): void {
  for (let second = 0; second < seconds; second++) {
    stage.hear({ id: 'a' })
    if (answers !== null) stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: backup.address, mac: answers })
    stage.pass(1000)
  }
}

function isListed (stage: Stage): boolean {
  const conf = confs(stage).at(-1)
  return conf?.peers.includes(backup.address) === true && conf.lists.includes('b')
}

test('a MASTER lists it again when its MAC answers for the VIP, for as long as anything answers at its address', () => {
  const stage = withOutcast('MASTER')
  stage.happen({ kind: 'vipProbed', mac: MAC })
  live(stage, 5)
  assert.ok(isListed(stage))
  stage.happen({ kind: 'vipProbed', mac: null })
  live(stage, 300, MAC)
  assert.ok(isListed(stage), 'unlisted, so that it takes the VIP again')
  live(stage, 58)
  assert.ok(isListed(stage))
  live(stage, 10)
  assert.ok(!isListed(stage), 'listed though nothing is there')
  assert.equal(stage.core.status().phase, 'active')
})

test('a BACKUP lists it again when the MASTER does, and nobody else for the sake of a stranger', () => {
  const stage = withOutcast('BACKUP')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  live(stage, 2)
  assert.ok(isListed(stage))

  const other = withOutcast('MASTER')
  other.happen({ kind: 'vipProbed', mac: '02:00:00:00:00:99' })
  live(other, 5)
  assert.ok(!isListed(other))
})

test('it is no outcast any more when it speaks, or when another member has its address', () => {
  for (const about of [{ id: 'b', incarnation: 2, vrrpState: 'STOP', number: null } as const, { id: 'c', address: backup.address, number: null, vrrpState: 'STOP' } as const]) {
    const stage = withOutcast('MASTER')
    stage.hear({ ...about, tombstones: digestOf([]) })
    stage.happen({ kind: 'vipProbed', mac: MAC })
    live(stage, 5)
    assert.ok(!isListed(stage), about.id)
  }
})

test('whoever it listed goes on beside it; whoever it never listed lets go, once it had its time to hear', () => {
  for (const [role, lists] of [['MASTER', ['a', SELF]], ['MASTER', ['a']], ['BACKUP', ['a']]] as const) {
    const stage = withOutcast(role, { lists })
    if (role === 'BACKUP') {
      stage.hear({ id: 'a', vrrpState: 'BACKUP' })
      stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    }
    for (let second = 0; second < 3; second++) {
      stage.happen({ kind: 'vipProbed', mac: MAC })
      live(stage, 1)
    }
    assert.equal(stage.core.status().phase, 'active')
    for (let second = 0; second < 3; second++) {
      live(stage, 1)
      stage.happen({ kind: 'vipProbed', mac: MAC })
    }
    assert.equal(stage.core.status().phase, lists.length > 1 ? 'active' : 'blocked')
  }
})

test('a host with its MAC whose address is another one by now is a stranger: the group keeps the VIP, and calls for a person', () => {
  const stage = withOutcast('MASTER', { lists: ['a'] })
  for (let second = 0; second < 8; second++) {
    stage.happen({ kind: 'vipProbed', mac: MAC }, { kind: 'addressProbed', askedAtMs: stage.nowMs(), address: backup.address, mac: null })
    live(stage, 1)
  }
  assert.equal(stage.core.status().phase, 'active')
  assert.match(stage.core.status().alarms.join(), new RegExp(`${MAC}, which is no member`))
  for (let second = 0; second < 8; second++) {
    stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: backup.address, mac: MAC }, { kind: 'vipProbed', mac: MAC })
    live(stage, 1)
  }
  assert.equal(stage.core.status().phase, 'blocked', 'it is there')
})
