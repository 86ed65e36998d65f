import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, running } from './group.ts'
import type { Stage } from './stage.ts'

const STRANGER = '10.10.0.77'

function hearAdverts (stage: Stage, seconds: number, advert: { readonly difference: string | null, readonly from: string | null }): void {
  for (let i = 0; i < seconds; i++) {
    stage.happen({ kind: 'foreignAdvert', ...advert })
    stage.pass(1000)
  }
}

test('adverts with other settings are told when they last, with what to do, until they end', () => {
  const stage = running()
  hearAdverts(stage, 4, { difference: 'another password', from: null })
  assert.deepEqual(stage.core.status().alarms, [])
  hearAdverts(stage, 4, { difference: 'another password', from: null })
  assert.match(stage.core.status().alarms.join(), /same virtual router id with another password: give one of the two groups another KEEPALIVED_VIRTUAL_ROUTER_ID/)
  stage.pass(11_000)
  assert.deepEqual(stage.core.status().alarms.filter((alarm) => alarm.includes('ROUTER_ID')), [])
})

test('adverts with our settings are told by the sender\'s address, unless it is a member', () => {
  const stage = running()
  hearAdverts(stage, 8, { difference: null, from: backup.address })
  assert.deepEqual(stage.core.status().alarms.filter((alarm) => alarm.includes('ROUTER_ID')), [])
  hearAdverts(stage, 8, { difference: null, from: STRANGER })
  assert.match(stage.core.status().alarms.join(), /10\.10\.0\.77, which is no member of the group/)
})
