import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Happening } from '../../src/core/event.ts'
import { joining, running } from './group.ts'
import { OWN_ADDRESS, SELF } from './stage.ts'
import type { Stage } from './stage.ts'

const OTHER = '10.10.0.121'
const LINK = 'eth0 2'

function seat (address: string | null, { link = LINK, old = false } = {}): Happening {
  const held = [...(address === null ? [] : [{ address, prefixLength: 24, link }]), ...(old ? [{ address: OWN_ADDRESS, prefixLength: 24, link: LINK }] : [])]
  return { kind: 'address', address, mac: '02:00:00:00:00:10', link: address === null ? null : link, held }
}

const stops = (stage: Stage): boolean => stage.kinds().includes('stop')

function asMaster (): Stage {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  return stage
}

test('an address that is back at once costs nothing', () => {
  const stage = running()
  stage.happen(seat(null))
  stage.pass(900)
  stage.happen(seat(OWN_ADDRESS))
  stage.pass(5000)
  assert.ok(!stage.kinds().some((kind) => kind === 'stop' || kind === 'hangUp' || kind === 'apply'))
})

test('no conf is loaded while it is away: keepalived would be in FAULT until the next one', () => {
  const stage = asMaster()
  stage.happen(seat(null))
  stage.effects.length = 0
  stage.hear({ id: 'b', vips: ['10.10.0.9/24'], address: '10.10.0.132' })
  stage.pass(900)
  assert.ok(!stage.kinds().includes('apply'))
  stage.happen(seat(OWN_ADDRESS))
  stage.pass(2000)
  assert.ok(stage.kinds().includes('apply'))
  assert.ok(!stops(stage))
})

test('who is in FAULT when it is back joins anew: a reload would bring it back above whoever took the VIP', () => {
  const stage = running()
  stage.happen(seat(null))
  stage.happen({ kind: 'vrrpState', state: 'FAULT' })
  stage.pass(900)
  stage.happen(seat(OWN_ADDRESS))
  assert.ok(stops(stage))
})

test('one that stays away stops VRRP, before a deaf BACKUP could make itself MASTER', () => {
  const stage = running()
  stage.happen(seat(null))
  stage.pass(1300)
  assert.ok(stops(stage))
})

test('a BACKUP follows to another address at once, and tells it when VRRP has stopped', () => {
  const stage = running()
  stage.happen(seat(OTHER, { old: true }))
  assert.ok(stops(stage))
  const told = stage.effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : []).map(({ statement }) => statement)
  assert.ok(told.length > 0)
  for (const statement of told) if (statement.kind === 'member') assert.equal(statement.address, statement.vrrpState === 'STOP' ? OTHER : OWN_ADDRESS)
})

test('a BACKUP whose MASTER is lost follows to another address all the same: that one may live, and lists it at the old one', () => {
  const stage = running()
  for (const id of ['a', 'b']) stage.silence(id)
  stage.happen({ kind: 'unlinked', id: 'a' }, { kind: 'unlinked', id: 'b' })
  stage.pass(5000)
  stage.happen(seat(OTHER))
  assert.ok(stops(stage))
})

test('who is listed by its id at its old address only does not start', () => {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF], peers: ['10.10.0.32', OTHER] })
  stage.hear({ id: 'b', lists: ['a', SELF], peers: ['10.10.0.31', OWN_ADDRESS] })
  stage.pass(5000)
  assert.ok(!stage.kinds().includes('start'))
  stage.hear({ id: 'a', lists: ['b', SELF], peers: [OWN_ADDRESS, '10.10.0.32'] })
  stage.pass(1000)
  assert.ok(stage.kinds().includes('start'))
})

test('a MASTER whose old address is still there goes last: when nobody else has moved for a while', () => {
  const stage = asMaster()
  stage.happen(seat(OTHER, { old: true }))
  stage.pass(8000)
  stage.hear({ id: 'b', address: '10.10.0.132' })
  stage.pass(8000)
  assert.ok(!stops(stage))
  stage.pass(5000)
  assert.ok(stops(stage))
})

test('without its old address, or on another link, it goes at once', () => {
  for (const happening of [seat(OTHER), seat(OWN_ADDRESS, { link: 'br0 3' }), seat(OWN_ADDRESS, { link: 'eth0 7' })]) {
    const stage = asMaster()
    stage.happen(happening)
    assert.ok(stops(stage))
  }
})

test('on another link the conf is written anew, even if the core finds nothing new in it', () => {
  const stage = running()
  stage.happen(seat(OWN_ADDRESS, { link: 'br0 3' }))
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.pass(3000)
  const kinds = stage.kinds()
  assert.ok(kinds.includes('start'))
  assert.ok(kinds.slice(kinds.indexOf('stop'), kinds.indexOf('start')).includes('apply'))
})

test('the stream to where a member was is dead: it is closed, so that another one takes its place', () => {
  const stage = running()
  stage.hear({ id: 'b', address: '10.10.0.132' })
  assert.deepEqual(stage.effects.filter(({ kind }) => kind === 'hangUp'), [{ kind: 'hangUp', id: 'b' }])
  stage.happen({ kind: 'unlinked', id: 'b' }, { kind: 'linked', id: 'b', address: '10.10.0.132', port: 11251, dialled: false })
  stage.effects.length = 0
  stage.hear({ id: 'b', number: 240 })
  assert.ok(!stage.kinds().includes('hangUp'))
})
