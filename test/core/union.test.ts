// A host with static peers, which run no agent: who may run VRRP beside one that holds the VIP, and on what it stands.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CoreOptions } from '../../src/core/core.ts'
import { backup } from './group.ts'
import { SELF, openStage, ownRecord, type Stage } from './stage.ts'

const HOLDER = '10.10.0.31'
const HOLDER_MAC = '02:00:00:00:00:31'
const OTHER = '10.10.0.32'
const OTHER_MAC = '02:00:00:00:00:32'
const STRANGER = '02:00:00:00:00:99'

/** Whose static peers answer at their addresses. */
function beside (options: Partial<CoreOptions> = {}): Stage {
  const stage = openStage({ pinned: 150, staticPeers: [HOLDER, OTHER], ...options })
  stage.happen({ kind: 'started', adopted: null })
  stage.happen({ kind: 'addressProbed', address: HOLDER, askedAtMs: stage.nowMs(), mac: HOLDER_MAC }, { kind: 'addressProbed', address: OTHER, askedAtMs: stage.nowMs(), mac: OTHER_MAC })
  return stage
}

/** For so many seconds each probe of the VIP is answered from there, in a millisecond. */
function held (stage: Stage, seconds: number, mac: string | null): void {
  for (const untilMs = stage.nowMs() + 1000 * seconds; stage.nowMs() < untilMs; stage.pass(1)) {
    if (stage.facts.vip.probing) stage.happen({ kind: 'vipProbed', mac })
  }
}

const starts = (stage: Stage): boolean => stage.kinds().includes('start')

function startsBeside (stage: Stage): void {
  for (let i = 0; i < 30 && !starts(stage); i++) held(stage, 1, HOLDER_MAC)
  assert.ok(starts(stage))
}

/** Not one who has claimed the VIP. */
function startedBelow (stage: Stage): void {
  assert.ok(starts(stage))
  assert.deepEqual(stage.effects.flatMap((effect) => effect.kind === 'apply' ? [[effect.conf.priority, effect.conf.claim]] : []).at(-1), [150, false])
}

test('who has a pin runs below the static peer that holds the VIP, and hears its adverts', () => {
  const stage = beside()
  held(stage, 20, HOLDER_MAC)
  startedBelow(stage)
  stage.happen({ kind: 'adverts', received: 2 })
  held(stage, 5, HOLDER_MAC)
  assert.equal(stage.core.status().phase, 'active')
  assert.equal(ownRecord(stage).founder, SELF)
})

test('without an advert it stops before it would take the VIP, and says whose are missing', () => {
  const stage = beside()
  startsBeside(stage)
  stage.pass(2500)
  stage.happen({ kind: 'vipProbed', mac: HOLDER_MAC }, { kind: 'adverts', received: 0 })
  assert.ok(stage.kinds().includes('stop'))
  assert.equal(stage.core.status().phase, 'blocked')
  assert.match(ownRecord(stage).reason ?? '', new RegExp(`static peer ${HOLDER}`))
})

test('that the holder dies meanwhile is no fault of this host', () => {
  const stage = beside()
  startsBeside(stage)
  stage.pass(2500)
  stage.happen({ kind: 'vipProbed', mac: null }, { kind: 'adverts', received: 0 })
  assert.equal(stage.core.status().phase, 'active')
})

for (const [what, options, mac] of [
  ['without a pin', { pinned: null }, HOLDER_MAC],
  ['with a second VIP, which adverts by hand carry', { vips: ['10.10.0.2/24', '10.10.0.3/24'] }, HOLDER_MAC],
  ['beside a stranger', {}, STRANGER]
] as const) {
  test(`${what} it waits`, () => {
    const stage = beside(options)
    held(stage, 60, mac)
    assert.ok(!starts(stage))
    assert.match(stage.core.status().waitingFor ?? '', mac === STRANGER ? /no agent of this group answers/ : /static peer 10\.10\.0\.31/)
  })
}

test('a member that is lost is no static peer, though it is named as one', () => {
  const stage = beside()
  stage.hear({ id: 'a', address: HOLDER, number: 254, phase: 'active', vrrpState: 'MASTER', founder: 'a', lists: [] })
  stage.pass(10_000)
  held(stage, 60, HOLDER_MAC)
  assert.ok(!starts(stage))
})

test('who has no pin keeps nobody waiting who has one', () => {
  const stage = beside({ staticPeers: [HOLDER] })
  stage.hear({ id: 'a', address: OTHER, phase: 'joining', vrrpState: 'STOP', number: 254, lists: [SELF] })
  stage.answerFor('a')
  held(stage, 20, HOLDER_MAC)
  startedBelow(stage)
})

test('without a pin it waits beside members that run below a static holder, and says so', () => {
  const stage = beside({ pinned: null, staticPeers: [HOLDER] })
  stage.hear({ ...backup, pinned: 100, founder: 'b', lists: [SELF] })
  stage.answerFor('b')
  held(stage, 20, HOLDER_MAC)
  assert.ok(!starts(stage))
  assert.match(stage.core.status().waitingFor ?? '', /static peer 10\.10\.0\.31 to let go/)
})

/** Beside another member, which runs below the static holder. */
function second (): Stage {
  const stage = beside({ staticPeers: [HOLDER] })
  stage.hear({ ...backup, pinned: 100, founder: 'b', lists: [] })
  stage.answerFor('b')
  return stage
}

test('the next one joins as soon as those that run list it', () => {
  const stage = second()
  held(stage, 5, HOLDER_MAC)
  assert.ok(!starts(stage))
  stage.hear({ id: 'b', lists: [SELF] })
  held(stage, 2, HOLDER_MAC)
  startedBelow(stage)
  assert.equal(ownRecord(stage).founder, 'b')
})

test('to list one more it reloads only when the static holder has just shown that it lives', () => {
  const stage = second()
  stage.hear({ id: 'b', lists: [SELF] })
  held(stage, 2, HOLDER_MAC)
  stage.happen({ kind: 'adverts', received: 2 })
  held(stage, 5, HOLDER_MAC)
  stage.effects.length = 0
  const applies = (): number => stage.kinds().filter((kind) => kind === 'apply').length
  stage.hear({ id: 'c', address: '10.10.0.33', phase: 'joining', vrrpState: 'STOP', number: 230, founder: 'b', lists: ['b', SELF] })
  stage.answerFor('c')
  held(stage, 3, null)
  assert.equal(applies(), 0)
  held(stage, 3, HOLDER_MAC)
  assert.equal(applies(), 1)
})
