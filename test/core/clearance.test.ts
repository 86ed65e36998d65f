/** What leave to start VRRP stands on: answers of now, to a host that has the number with which it starts, for one run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joining, running } from './group.ts'
import { SELF, confs, ownRecord, type Stage } from './stage.ts'

const starts = (stage: Stage): boolean => stage.kinds().includes('start')

/** Another joiner, which takes the number that this one has when it is told so. */
const other = { id: 'c', address: '10.10.0.33', founder: 'a', number: 212, phase: 'joining', vrrpState: 'STOP', lists: ['a', 'b', SELF] } as const

test('answers from before it took another number give no leave to start', () => {
  const stage = joining()
  for (const id of ['a', 'b', 'c']) stage.answerFor(id)
  stage.hear(other)
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(1000)
  assert.equal(ownRecord(stage).number, 230)
  for (const id of ['a', 'b', 'c']) stage.silence(id)
  stage.hear({ id: 'c', number: 230 })
  assert.equal(ownRecord(stage).number, 212, 'the lower id keeps it')
  stage.hear({ id: 'a', lists: ['b', 'c', SELF] })
  stage.pass(300)
  assert.ok(!starts(stage), 'it starts although nobody has answered since, so that another may have this number as well')
  assert.equal(stage.core.status().waitingFor, 'fresh acknowledgements')
  for (const id of ['a', 'b', 'c']) stage.answerFor(id)
  stage.pass(700)
  assert.ok(starts(stage))
})

test('leave to join is over when the conf could not be written in time', () => {
  for (const [lateMs, isLate] of [[1000, false], [2500, true]] as const) {
    const stage = joining()
    for (const id of ['a', 'b', 'c']) stage.answerFor(id)
    stage.hear({ id: 'b', lists: ['a', SELF] })
    stage.pass(1000)
    stage.holdConfs()
    stage.hear(other)
    stage.hear({ id: 'a', lists: ['b', SELF] })
    stage.pass(300)
    assert.equal(stage.facts.keepalived.clearance, 'join')
    for (const id of ['a', 'b', 'c']) stage.silence(id)
    stage.pass(lateMs)
    const conf = confs(stage).at(-1)
    assert.ok(conf !== undefined && conf.lists.includes('c') && !starts(stage))
    stage.happen({ kind: 'applied', conf })
    assert.equal(starts(stage), !isLate)
  }
})

test('who had to stop holds no number while it stays out, and so no place in anybody\'s list', () => {
  const stage = running()
  stage.happen({ kind: 'address', address: null, mac: null, link: null, held: [] })
  stage.pass(5000)
  assert.deepEqual([stage.facts.keepalived.run, stage.facts.self.number], ['stopped', null])
})
