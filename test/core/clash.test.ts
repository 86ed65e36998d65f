import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, joining, master, running } from './group.ts'
import { record, seal } from './records.ts'
import { OWN_ADDRESS, openStage } from './stage.ts'

const OTHER = '10.10.0.99'

function starting (options: Parameters<typeof openStage>[0] = {}): ReturnType<typeof openStage> {
  const stage = openStage(options)
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: ['b'] })
  return stage
}

test('a joiner with the address of a member that lives stays out; one whose address was a dead one\'s does not', () => {
  for (const lives of [true, false]) {
    const stage = starting()
    const namesake = { ...backup, address: OWN_ADDRESS, lists: ['a'] }
    if (lives) stage.hear(namesake)
    else stage.happen({ kind: 'claims', from: 'a', claims: [seal(record(namesake))] })
    stage.pass(5000)
    const { phase, alarms } = stage.core.status()
    assert.equal(phase === 'blocked', lives)
    assert.equal(/10\.10\.0\.21 is the address of this host and of the member b: give one/.test(alarms.join()), lives)
  }
})

test('a VIP that is the address of a member, and an address that is the VIP of one: the joiner stays out', () => {
  const first = starting({ vips: ['10.10.0.2/24', `${backup.address}/24`] })
  first.hear(backup)
  assert.match(first.core.status().alarms.join(), /the VIP 10\.10\.0\.32 is the address of a member/)
  assert.equal(first.core.status().phase, 'blocked')
  const second = joining()
  second.hear({ id: 'b', vips: [`${OWN_ADDRESS}/32`] })
  assert.match(second.core.status().alarms.join(), /10\.10\.0\.21, the address of this host, is a VIP on 10\.10\.0\.32/)
  assert.equal(second.core.status().phase, 'blocked')
})

test('who runs already goes on, and says so as long as it lasts', () => {
  const stage = running()
  stage.hear({ id: 'x', address: OWN_ADDRESS, phase: 'joining', vrrpState: 'STOP' })
  assert.match(stage.core.status().alarms.join(), /is the address of this host and of the member x/)
  stage.hear({ id: 'x', address: OTHER })
  assert.deepEqual(stage.core.status().alarms, [])
  assert.ok(!stage.kinds().includes('stop'))
})

test('another host answers for the own address: whoever is about to join stays out until it is gone', () => {
  const stage = joining()
  assert.ok(stage.effects.some((effect) => effect.kind === 'probeAddress' && effect.address === OWN_ADDRESS))
  stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: OWN_ADDRESS, mac: '02:00:00:00:00:99' })
  assert.match(stage.core.status().alarms.join(), /10\.10\.0\.21 is the address of this host and of 02:00:00:00:00:99 as well/)
  assert.equal(stage.core.status().phase, 'blocked')
  stage.happen({ kind: 'addressProbed', askedAtMs: stage.nowMs(), address: OWN_ADDRESS, mac: null })
  stage.pass(31_000)
  assert.notEqual(stage.core.status().phase, 'blocked')
})
