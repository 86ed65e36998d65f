// A cold boot as the first in the order sees it: what it waits for before it claims, and what it does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemberRecord } from '../../src/core/record.ts'
import { MASTER_SETTLE_MS } from '../../src/core/timing.ts'
import { record, seal, spec } from './records.ts'
import { SELF, confs, openStage, ownRecord, type Stage } from './stage.ts'

const STRANGER = '02:00:00:00:00:99'
/** Below this member in the order of those who remember nothing, which is by id. */
const second = { id: 'z', address: '10.10.0.39', phase: 'joining', vrrpState: 'STOP', number: 252, lists: [SELF] } as const
const first = { ...second, id: 'a', number: 254 } as const

function boot (...others: ReadonlyArray<Partial<MemberRecord> & { readonly id: string }>): Stage {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  for (const other of others) {
    stage.hear(other)
    stage.answerFor(other.id)
  }
  return stage
}

/** Each second a probe of the VIP comes back with this answer. */
function probe (stage: Stage, seconds: number, mac: string | null = null): void {
  for (let i = 0; i < seconds; i++) {
    stage.pass(1000)
    stage.happen({ kind: 'message', from: 'z', message: { kind: 'beat', digest: '' } }, { kind: 'vipProbed', mac })
  }
}

const claims = (stage: Stage): boolean => stage.kinds().includes('start')

test('only the claimant follows the order: the rest keep the number that they have for themselves', () => {
  const stage = boot(first)
  assert.equal(ownRecord(stage).number, 252)
  stage.hear({ ...first, id: 'b', address: '10.10.0.32', number: 230 })
  assert.equal(ownRecord(stage).number, 252, 'though two go before it now')
  stage.hear({ ...first, id: 'c', address: '10.10.0.33', number: 252 })
  assert.equal(ownRecord(stage).number, 212, 'unless one of those has it too')
})

/** While a stranger holds the VIP. */
function exchangesIn10s (stage: Stage): number {
  stage.effects.length = 0
  probe(stage, 10, STRANGER)
  return stage.kinds().filter((kind) => kind === 'exchange').length
}

test('hosts without a group ask the VIP together as often as one alone: whoever holds it has to answer all of them', () => {
  const alone = exchangesIn10s(boot())
  const fifth = exchangesIn10s(boot(second, { ...second, id: 'y', number: 230 }, { ...second, id: 'x', number: 212 }, { ...second, id: 'w', number: 198 }))
  assert.equal(alone, 5 * fifth)
})

test('the first claims when others had their time to come, the rest never', () => {
  const stage = boot(second)
  probe(stage, 4)
  assert.ok(!claims(stage))
  probe(stage, 4)
  assert.ok(claims(stage))

  const joined = boot(second)
  probe(joined, 4)
  joined.hear({ ...second, id: 'y', address: '10.10.0.38', number: 230, lists: [SELF, 'z'] })
  joined.answerFor('y')
  probe(joined, 2)
  assert.ok(!claims(joined), 'where one has just come, another may')
  probe(joined, 2)
  assert.ok(claims(joined))

  const behind = boot(first, { ...second, number: 230 })
  probe(behind, 30)
  assert.ok(!claims(behind))
})

test('the VIP must have been silent for as long as an election elsewhere may take, and until now', () => {
  const stage = boot(second)
  probe(stage, 8, STRANGER)
  assert.match(stage.core.status().waitingFor ?? '', /^02:00:00:00:00:99 to let go of the VIP/)
  probe(stage, 3)
  assert.ok(!claims(stage))
  probe(stage, 3)
  assert.ok(claims(stage))

  const late = boot({ ...second, lists: [] })
  probe(late, 7)
  late.pass(4000)
  late.hear({ id: 'z', lists: [SELF] })
  assert.ok(!claims(late))
  late.happen({ kind: 'vipProbed', mac: null })
  assert.ok(!claims(late), 'what was silent before a pause may have spoken since')
})

test('two silent probes are enough where only a MASTER is missing that spoke to this run', () => {
  for (const [vrrpState, isMet, seconds] of [['MASTER', true, 2], ['BACKUP', true, 5], ['MASTER', false, 5]] as const) {
    const stage = boot(second)
    const fallen = record({ id: 'x', address: '10.10.0.37', number: 230, phase: 'active', vrrpState })
    probe(stage, 8, STRANGER)
    if (isMet) stage.hear(fallen)
    else stage.happen({ kind: 'message', from: 'z', message: { kind: 'table', claims: [seal(fallen)], spread: false } })
    if (isMet) stage.happen({ kind: 'unlinked', id: 'x' })
    probe(stage, 4, STRANGER)
    probe(stage, seconds - 1)
    assert.ok(!claims(stage), `${vrrpState}, after ${seconds - 1}`)
    probe(stage, 1)
    assert.ok(claims(stage), `${vrrpState}, after ${seconds}`)
  }
})

test('the first waits until the others list it and have answered, but not for ever', () => {
  const unlisted = boot({ ...second, lists: [] })
  probe(unlisted, 13)
  assert.ok(!claims(unlisted))
  probe(unlisted, 4)
  assert.ok(claims(unlisted))

  const silent = boot(second)
  silent.silence('z')
  probe(silent, 13)
  assert.ok(!claims(silent))
  silent.answerFor('z')
  probe(silent, 1)
  assert.ok(claims(silent))
})

test('who is remembered and missing is listed', () => {
  const missing = record({ id: 'z', address: '10.10.0.39', number: 252, founder: 'f' })
  const stage = openStage({ memory: { incarnation: 1, founder: 'f', number: 254, spec, claims: [seal(missing)] } })
  stage.happen({ kind: 'started', adopted: null })
  probe(stage, 2)
  assert.deepEqual(confs(stage).at(-1)?.lists, ['z'])
})

test('who is known by hearsay is listed where another lists it, be that one stopped, and not before', () => {
  for (const isListed of [true, false]) {
    const stage = boot(second)
    const silent = record({ id: 'x', address: '10.10.0.37', number: 230, vrrpState: 'MASTER' })
    stage.happen({ kind: 'message', from: 'z', message: { kind: 'table', claims: [seal(silent)], spread: false } })
    if (isListed) stage.hear({ id: 'z', lists: [SELF, 'x'], peers: ['10.10.0.21', silent.address] })
    probe(stage, 1)
    assert.equal(confs(stage).at(-1)?.lists.includes('x'), isListed)
  }
})

test('nobody goes below a number that another has only in mind, or two who know each other by hearsay would outbid each other', () => {
  for (const [phase, number] of [['joining', 254], ['active', 230]] as const) {
    const stage = boot(second)
    const byHearsay = record({ ...second, id: 'y', address: '10.10.0.38', number: 252, phase })
    stage.happen({ kind: 'message', from: 'z', message: { kind: 'table', claims: [seal(byHearsay)], spread: false } })
    assert.equal(ownRecord(stage).number, number)
  }
})

test('a claim is made at 255, and ends at the number when it is won, or a check fails; whoever lost it joins anew', () => {
  for (const state of ['MASTER', 'FAULT', 'BACKUP'] as const) {
    const stage = boot(second)
    for (let i = 0; i < 10 && !claims(stage); i++) probe(stage, 1)
    assert.deepEqual(confs(stage).map(({ priority, claim }) => [priority, claim]).at(-1), [255, true])
    stage.happen({ kind: 'vrrpState', state })
    stage.pass(2100)
    assert.equal(stage.kinds().includes('stop'), state === 'BACKUP')
    assert.deepEqual(confs(stage).map(({ priority, claim }) => [priority, claim]).at(-1), [254, false])
  }
})

test('whoever lost a claim goes before the winner, at its number by now, would lose the VIP to 255', () => {
  const fast = { ...spec, version: 3, advertInt: 0.3 } as const
  const stage = openStage({ spec: fast })
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...second, spec: fast, proposed: fast })
  stage.answerFor('z')
  for (let i = 0; i < 10 && !claims(stage); i++) probe(stage, 1)
  stage.happen({ kind: 'vrrpState', state: 'BACKUP' })
  // Of the winner it has heeded an advert for the last time one interval before that went down.
  stage.pass(stage.facts.keepalived.runSinceMs + MASTER_SETTLE_MS + (3 - 1) * 300 - stage.nowMs())
  assert.ok(stage.kinds().includes('stop'))
})

test('leave to claim is over when the conf could not be written in time', () => {
  const stage = boot(second)
  probe(stage, 2)
  stage.refuse('the disk is full')
  probe(stage, 7)
  assert.deepEqual(stage.kinds().filter((kind) => kind === 'apply').length > 2, true, 'it has not tried to claim')
  probe(stage, 4, STRANGER)
  stage.refuse(null)
  probe(stage, 3, STRANGER)
  assert.ok(!claims(stage))
})

test('a claim that has not begun yet is off when somebody answers for the VIP, or runs', () => {
  for (const turn of ['nobody', 'a stranger', 'a MASTER'] as const) {
    const stage = boot(second)
    probe(stage, 4)
    stage.holdConfs()
    for (let i = 0; i < 6 && confs(stage).at(-1)?.claim !== true; i++) probe(stage, 1)
    const conf = confs(stage).at(-1)
    assert.ok(conf?.claim === true, 'it has not tried to claim')
    if (turn === 'a stranger') stage.happen({ kind: 'vipProbed', mac: STRANGER })
    if (turn === 'a MASTER') stage.hear({ id: 'z', phase: 'active', vrrpState: 'MASTER', founder: 'z' })
    stage.happen({ kind: 'applied', conf })
    assert.equal(claims(stage), turn === 'nobody', turn)
  }
})

test('silence from before somebody was MASTER gives no leave to claim when that one is lost a moment later', () => {
  const stage = boot(first)
  probe(stage, 10)
  stage.hear({ ...first, phase: 'active', vrrpState: 'MASTER', founder: 'a', lists: [] })
  stage.silence('a')
  stage.happen({ kind: 'unlinked', id: 'a' })
  stage.pass(1500)
  assert.equal(stage.core.status().members.find(({ id }) => id === 'a')?.state, 'lost')
  assert.ok(!claims(stage))
  probe(stage, 6)
  assert.ok(claims(stage))
})

test('who goes out of sight while it is about to begin may claim: silence from before says nothing, and the second of two waits for the first', () => {
  for (const [other, seconds] of [[{ ...second, id: 'y', lists: [] }, 5], [first, 7]] as const) {
    const stage = boot(other)
    probe(stage, 9)
    stage.happen({ kind: 'unlinked', id: other.id })
    stage.pass(900)
    assert.equal(stage.core.status().members.find(({ id }) => id === other.id)?.state, 'joining')
    stage.pass(200)
    assert.equal(stage.core.status().members.find(({ id }) => id === other.id)?.state, 'lost')
    stage.happen({ kind: 'vipProbed', mac: null })
    assert.ok(!claims(stage), 'that probe was under way')
    probe(stage, seconds - 1)
    assert.ok(!claims(stage), `beside ${other.id}, after ${seconds - 1}`)
    probe(stage, 1)
    assert.ok(claims(stage), `beside ${other.id}, after ${seconds}`)
  }
})

test('of two that stood by when all that ran were lost, one claims: the other waits for it', () => {
  for (const [id, isFirst] of [['a', false], ['z', true]] as const) {
    const stage = openStage()
    stage.happen({ kind: 'started', adopted: null })
    stage.hear({ id, address: '10.10.0.39', phase: 'standby', vrrpState: 'STOP' })
    stage.hear({ id: 'y', address: '10.10.0.38', phase: 'active', vrrpState: 'MASTER', number: 128, founder: 'y' })
    stage.answerFor(id)
    assert.equal(stage.core.status().phase, 'standby')
    stage.happen({ kind: 'unlinked', id: 'y' })
    for (let seconds = 0; seconds < 30; seconds++) {
      stage.pass(1000)
      stage.happen({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } }, { kind: 'vipProbed', mac: null })
    }
    assert.equal(claims(stage), isFirst, `beside ${id}`)
  }
})
