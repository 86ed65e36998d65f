// Numbers of those that run: two that have the same, groups that meet, and moving up when all is quiet.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeBelow } from '../../src/core/number.ts'
import { backup, joining, master, running } from './group.ts'
import { OWN_ADDRESS, SELF, openStage, ownRecord, type Stage } from './stage.ts'

const joiner = { address: '10.10.0.33', phase: 'joining', vrrpState: 'STOP', founder: 'a' } as const

test('of two joiners that pick one number the higher id goes lower', () => {
  for (const [id, expected] of [['c', 212], ['z', 230]] as const) {
    const stage = joining()
    stage.hear({ ...joiner, id, number: 230 })
    assert.equal(ownRecord(stage).number, expected, id)
  }
})

test('joiners that need a number at the same time share out what is free, by id', () => {
  for (const [rivals, expected] of [[['c', 'd'], 180], [['c', 'z'], 182], [['y', 'z'], 185]] as const) {
    const stage = joining()
    rivals.forEach((id, i) => { stage.hear({ ...joiner, id, address: `10.10.0.4${i}`, number: 212 - 14 * i }) })
    assert.equal(ownRecord(stage).number, 230)
    stage.hear({ ...joiner, id: 'first', address: '10.10.0.39', number: 190, phase: 'active', vrrpState: 'BACKUP', appliedPriority: 190 })
    assert.equal(ownRecord(stage).number, expected, rivals.join())
  }
})

test('a joiner keeps what another, who begins first, has left above it', () => {
  const stage = joining()
  stage.hear({ ...joiner, id: 'c', number: 212 })
  stage.hear({ ...joiner, id: 'c', number: 212, phase: 'active', vrrpState: 'BACKUP', appliedPriority: 212 })
  assert.equal(ownRecord(stage).number, 198, 'below who runs')
  stage.hear({ ...joiner, id: 'd', address: '10.10.0.34', number: 176 })
  assert.equal(ownRecord(stage).number, 198, 'not below who does not run yet')
})

test('of two that run with one number the BACKUP with the higher id joins anew', () => {
  for (const [id, stops] of [['c', true], ['z', false]] as const) {
    const stage = running()
    stage.hear({ ...joiner, id, number: 230, phase: 'active', vrrpState: 'BACKUP', lists: ['a', 'b', SELF] })
    assert.equal(stage.kinds().includes('stop'), stops, id)
  }
})

test('who stands down before its start gives its number up', () => {
  const stage = joining()
  assert.equal(ownRecord(stage).number, 230)
  stage.hear({ ...joiner, id: 'c', address: OWN_ADDRESS, number: null })
  assert.equal(stage.core.status().phase, 'blocked')
  assert.equal(ownRecord(stage).number, null)
})

/** Of three that run, at 254, 230 and 212: there is room to move up. */
function spread (): Stage {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: ['b', SELF], appliedPriority: 254 })
  stage.hear({ ...backup, number: 230, lists: ['a', SELF], appliedPriority: 230 })
  stage.answerFor('a')
  stage.answerFor('b')
  stage.pass(1000)
  stage.happen({ kind: 'adverts', received: 3 })
  stage.pass(5000)
  assert.equal(ownRecord(stage).number, 212)
  return stage
}

test('they move up sooner while somebody waits for a number', () => {
  for (const [phase, expected] of [['standby', 230], ['blocked', 212]] as const) {
    const stage = spread()
    stage.hear({ id: 'w', address: '10.10.0.39', phase, number: null, vrrpState: 'STOP', founder: 'a' })
    stage.answerFor('w')
    stage.hear({ id: 'b', number: 252, appliedPriority: 252 })
    stage.pass(15_000)
    assert.equal(ownRecord(stage).number, expected, phase)
  }
})

test('in quiet times members move up, seniors first, each when its senior runs with its new number', () => {
  const stage = spread()
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 212, 'its senior is next')
  stage.hear({ id: 'b', number: 252 })
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 212, 'its senior does not run with that yet')
  stage.hear({ id: 'b', appliedPriority: 252 })
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 230)
})

test('nobody moves past one who is lost and has only told that it moves up', () => {
  for (const [appliedPriority, number] of [[230, 212], [252, 230], [255, 230]] as const) {
    const stage = spread()
    stage.hear({ id: 'b', number: 252, appliedPriority })
    stage.silence('b')
    stage.happen({ kind: 'unlinked', id: 'b' })
    stage.pass(90_000)
    assert.equal(ownRecord(stage).number, number)
  }
})

test('nobody moves up while the MASTER is somebody out of sight', () => {
  const stage = spread()
  stage.hear({ id: 'b', number: 252, appliedPriority: 252 })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 212)
  stage.hear({ id: 'a', vrrpState: 'MASTER' })
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 230)
})

test('nobody moves up while somebody joins', () => {
  const stage = spread()
  stage.hear({ id: 'b', number: 252, appliedPriority: 252 })
  stage.hear({ ...joiner, id: 'j', number: 190, appliedPriority: 190 })
  stage.answerFor('j')
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 212)
  stage.hear({ id: 'j', phase: 'active', vrrpState: 'BACKUP', lists: ['a', 'b', SELF] })
  stage.pass(90_000)
  assert.equal(ownRecord(stage).number, 230)
})

function meet (stage: Stage, numbers: readonly number[]): void {
  numbers.forEach((number, i) => {
    const id = `x${i}`
    stage.hear({ id, address: `10.10.0.5${i}`, founder: 'x', number, phase: 'active', vrrpState: i === 0 ? 'MASTER' : 'BACKUP', lists: [] })
    stage.answerFor(id)
  })
}

test('the smaller of two groups that meet goes below the other, seniors first', () => {
  const stage = running()
  meet(stage, [254, 252, 230, 212])
  stage.pass(500)
  assert.equal(ownRecord(stage).number, 230, 'its seniors have not gone yet')
  stage.hear({ id: 'a', founder: 'x', number: 194, vrrpState: 'BACKUP' })
  stage.hear({ id: 'b', founder: 'x', number: 180 })
  assert.equal(ownRecord(stage).founder, 'x')
  assert.equal(ownRecord(stage).number, placeBelow(180))
})

test('the larger of two groups that meet stays as it is', () => {
  const stage = running()
  meet(stage, [254, 252])
  stage.hear({ id: 'a', number: 254 })
  stage.pass(500)
  assert.equal(ownRecord(stage).founder, 'a')
  assert.equal(ownRecord(stage).number, 230)
})
