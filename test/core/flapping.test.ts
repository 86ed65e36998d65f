// Hosts that come and go each few seconds: what they cost the others is bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemberRecord } from '../../src/core/record.ts'
import { running } from './group.ts'
import { seal, tombstone } from './records.ts'
import { SELF, type Stage } from './stage.ts'

const ADDRESS = '10.10.0.33'

function openAsMaster (): Stage {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.pass(1000)
  stage.effects.length = 0
  return stage
}

/** How often the peers in the conf changed: each time costs a reload. */
function reloads (stage: Stage): number {
  return stage.effects.filter(({ kind }) => kind === 'apply').length
}

function isListed (stage: Stage): boolean {
  const confs = stage.effects.flatMap((effect) => effect.kind === 'apply' ? [effect.conf] : [])
  return confs.at(-1)?.peers.includes(ADDRESS) === true
}

const flapper = (incarnation: number): Partial<MemberRecord> & { readonly id: string } =>
  ({ id: 'x', incarnation, address: ADDRESS, founder: 'a', number: 180, phase: 'active', vrrpState: 'BACKUP', lists: ['a', 'b', SELF] })

function leave (stage: Stage, incarnation: number): void {
  stage.happen({ kind: 'message', from: 'x', message: { kind: 'table', claims: [seal(tombstone({ id: 'x', incarnation }))], spread: false } })
  stage.happen({ kind: 'unlinked', id: 'x' })
}

test('a host that joins and leaves each few seconds costs four reloads, however long it goes on', () => {
  const stage = openAsMaster()
  let incarnation = 1
  for (; incarnation <= 30; incarnation++) {
    stage.hear(flapper(incarnation))
    stage.pass(2000)
    leave(stage, incarnation)
    stage.pass(2000)
  }
  assert.equal(reloads(stage), 3)
  assert.ok(isListed(stage))
  stage.pass(61_000)
  assert.equal(reloads(stage), 4)
  assert.ok(!isListed(stage))
})

test('a host that leaves once is out at once, and again when it comes back after a quiet minute', () => {
  const stage = openAsMaster()
  for (const incarnation of [1, 2]) {
    stage.hear(flapper(incarnation))
    stage.pass(2000)
    leave(stage, incarnation)
    stage.pass(1000)
    assert.ok(!isListed(stage))
    stage.pass(61_000)
  }
})

test('a host whose keepalived dies again and again, or that is blocked again and again, stays listed', () => {
  const stage = openAsMaster()
  stage.hear(flapper(1))
  stage.pass(1000)
  for (let i = 0; i < 10; i++) {
    stage.hear({ ...flapper(1), number: null, phase: 'blocked', vrrpState: 'STOP' })
    stage.pass(30_000)
    stage.hear(flapper(1))
    stage.pass(3000)
  }
  assert.equal(reloads(stage), 1)
})
