// A holder looks who else answers for the VIP, and what it does about that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { master, running } from './group.ts'
import { spec } from './records.ts'
import { OWN_ADDRESS, SELF, openStage, type Stage } from './stage.ts'

const HIGHER = '02:00:00:00:00:99'
const LOWER = '02:00:00:00:00:01'

function adopted (lists: readonly string[], peers: readonly string[], number = 254): Stage {
  const stage = openStage()
  const conf = { priority: number, claim: false, source: OWN_ADDRESS, peers, lists, spec, vips: [] }
  stage.happen({ kind: 'started', adopted: { conf, number, founder: 'a', vrrpState: 'MASTER' } })
  return stage
}

test('it asks soon after it took the VIP, then ever more rarely', () => {
  const stage = adopted([], [])
  const asksAt: number[] = []
  for (let second = 1; second < 60; second++) {
    stage.pass(1000)
    if (stage.kinds().includes('probeVip')) asksAt.push(second)
    stage.effects.length = 0
    stage.happen({ kind: 'vipProbed', mac: null })
  }
  assert.deepEqual(asksAt, [1, 2, 4, 8, 16, 26, 36, 46, 56])
})

test('as long as somebody else answers, be it a member that may be about to be lost, it asks each second', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP', mac: HIGHER })
  let asked = 0
  for (let second = 1; second <= 10; second++) {
    stage.pass(1000)
    asked += stage.kinds().filter((kind) => kind === 'probeVip').length
    stage.effects.length = 0
    stage.hear({ id: 'a' })
    stage.happen({ kind: 'vipProbed', mac: HIGHER })
  }
  assert.ok(asked >= 9, `${asked} probes in 10 s`)
})

test('of two that hold it alone the one with the lower MAC lets go at once, the other only when that was in vain', () => {
  const first = adopted([], [])
  first.pass(2000)
  first.happen({ kind: 'vipProbed', mac: HIGHER })
  assert.ok(first.kinds().includes('stop'))

  const second = adopted([], [])
  for (let waited = 0; waited < 14; waited++) {
    second.pass(1000)
    second.happen({ kind: 'vipProbed', mac: LOWER })
  }
  assert.ok(!second.kinds().includes('stop'))
  second.pass(3000)
  second.happen({ kind: 'vipProbed', mac: LOWER })
  assert.ok(second.kinds().includes('stop'))
})

test('the time that another holder has to let go does not pass while this process sleeps', () => {
  const stage = adopted([], [])
  stage.pass(2000)
  stage.happen({ kind: 'vipProbed', mac: LOWER })
  stage.pass(20_000, { lagged: true })
  stage.happen({ kind: 'vipProbed', mac: LOWER })
  assert.ok(!stage.kinds().includes('stop'))
  stage.pass(16_000)
  stage.happen({ kind: 'vipProbed', mac: LOWER })
  assert.ok(stage.kinds().includes('stop'))
})

test('a group keeps the VIP beside a stranger', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  for (let second = 0; second < 30; second++) {
    stage.pass(1000)
    stage.happen({ kind: 'vipProbed', mac: HIGHER })
  }
  assert.ok(!stage.kinds().includes('stop'))
})

test('who has held it for long gives a lost member that took it just now its time to hear this host', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.hear({ id: 'b', mac: HIGHER, lists: ['a'] })
  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.pass(15_000)
  stage.happen({ kind: 'vipProbed', mac: HIGHER })
  stage.pass(3000)
  stage.happen({ kind: 'vipProbed', mac: HIGHER })
  assert.ok(!stage.kinds().includes('stop'))
  stage.pass(2000)
  stage.happen({ kind: 'vipProbed', mac: HIGHER })
  assert.ok(stage.kinds().includes('stop'))
})

test('of two MASTERs the senior stays', () => {
  const stage = adopted(['a'], [master.address])
  stage.hear({ ...master, number: 230, lists: [SELF] })
  stage.answerFor('a')
  stage.pass(20_000)
  assert.ok(!stage.kinds().includes('stop'))
})

test('who becomes a third MASTER has its own time to give way', () => {
  const stage = running()
  stage.hear({ id: 'b', vrrpState: 'MASTER' })
  stage.pass(10_000)
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.pass(3500)
  assert.ok(!stage.kinds().includes('stop'))
  stage.pass(1000)
  assert.ok(stage.kinds().includes('stop'))
})
