/** Who watches whom in a large group, and how those come to know of a crash that do not watch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { near } from '../../src/core/ring.ts'
import { isLost } from '../../src/core/liveness.ts'
import { running } from './group.ts'
import { SELF, type Stage } from './stage.ts'

/** In the order of the ring, SELF being `m`; `a` is the MASTER. */
const EVERYBODY = Array.from('abcdefghijklmnop')
/** As many as all watch each other. */
const SEVEN = Array.from('abcdefm')
const WATCHED = ['a', 'j', 'k', 'l', 'n', 'o', 'p']
const FAR = EVERYBODY.filter((id) => id !== SELF && !WATCHED.includes(id))

/** This member, a MASTER and a BACKUP that run, and others that stand by. */
function groupOf (ids: readonly string[]): Stage {
  const stage = running()
  for (const [i, id] of ids.entries()) {
    if ([SELF, 'a', 'b'].includes(id)) continue
    stage.hear({ id, address: `10.10.0.${50 + i}`, phase: 'standby', vrrpState: 'STOP', number: null })
    stage.answerFor(id)
  }
  stage.effects.length = 0
  return stage
}

function beats (stage: Stage, from: readonly string[]): void {
  for (const id of from) stage.happen({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } })
}

/** So many seconds in which all of these send beats. */
function passWithBeats (stage: Stage, seconds: number, from: readonly string[]): void {
  for (let second = 0; second < seconds; second += 2) {
    beats(stage, from)
    stage.pass(2000)
  }
}

const sent = (stage: Stage, kind: string, to?: string): readonly unknown[] =>
  stage.effects.filter((effect) => effect.kind === 'send' && effect.message.kind === kind && (to === undefined || effect.to === to))

test('seven members are all near each other; of more, three on either side and the MASTER', () => {
  assert.deepEqual([...near(groupOf(SEVEN).facts)].toSorted(), SEVEN.filter((id) => id !== SELF))
  assert.deepEqual([...near(groupOf(EVERYBODY).facts)].toSorted(), WATCHED)
})

test('the MASTER is near to all', () => {
  const stage = groupOf(EVERYBODY)
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  assert.equal(near(stage.facts).size, EVERYBODY.length - 1)
})

test('beats go to those that are near each two seconds, to the rest each forty', () => {
  const stage = groupOf(EVERYBODY)
  const others = EVERYBODY.filter((id) => id !== SELF)
  passWithBeats(stage, 200, others)
  for (const id of WATCHED) assert(sent(stage, 'beat', id).length >= 99, id)
  for (const id of FAR) assert([5, 6].includes(sent(stage, 'beat', id).length), `${id} ${sent(stage, 'beat', id).length}`)
})

test('who is far is not missed for forty seconds, and then asked', () => {
  const stage = groupOf(EVERYBODY)
  passWithBeats(stage, 38, WATCHED)
  assert.deepEqual(sent(stage, 'ask'), [])
  passWithBeats(stage, 4, WATCHED)
  for (const id of FAR) assert(sent(stage, 'ask', id).length > 0, id)
  assert.deepEqual(FAR.filter((id) => isLost(stage.facts, id)), [], 'it answers')
})

test('whoever watches a member that does not answer tells all others, once, before it is lost', () => {
  const stage = groupOf(EVERYBODY)
  stage.silence('k')
  const rest = EVERYBODY.filter((id) => id !== SELF && id !== 'k')
  passWithBeats(stage, 2, rest)
  stage.pass(1100)
  assert(!isLost(stage.facts, 'k'))
  for (const id of rest) assert.equal(sent(stage, 'doubt', id).length, 1, id)
  stage.pass(1000)
  assert(isLost(stage.facts, 'k'))
  passWithBeats(stage, 20, rest)
  assert.equal(sent(stage, 'doubt').length, rest.length)
})

test('in a group in which all watch each other nobody is told', () => {
  const stage = groupOf(SEVEN)
  stage.silence('c')
  passWithBeats(stage, 20, SEVEN.filter((id) => id !== SELF && id !== 'c'))
  assert(isLost(stage.facts, 'c'))
  assert.deepEqual(sent(stage, 'doubt'), [])
})

test('told of a member that it does not watch, this one asks it: silent it is lost within the second, and nobody is told again', () => {
  for (const answers of [false, true]) {
    const stage = groupOf(EVERYBODY)
    if (!answers) stage.silence('d')
    passWithBeats(stage, 10, WATCHED)
    stage.happen({ kind: 'message', from: 'c', message: { kind: 'doubt', about: 'd' } })
    stage.pass(200)
    assert.deepEqual([sent(stage, 'ask', 'd').length, isLost(stage.facts, 'd')], [1, false])
    stage.pass(800)
    assert.equal(isLost(stage.facts, 'd'), !answers)
    assert.deepEqual(sent(stage, 'doubt'), [])
  }
})

test('a doubt about who was heard just now, who is watched here, who is not known, or this very member, changes nothing', () => {
  const stage = groupOf(EVERYBODY)
  passWithBeats(stage, 10, WATCHED)
  beats(stage, [...WATCHED, 'd'])
  for (const about of ['d', 'k', 'nobody', SELF]) stage.happen({ kind: 'message', from: 'c', message: { kind: 'doubt', about } })
  stage.pass(1000)
  assert.deepEqual(sent(stage, 'ask'), [])
  assert(!stage.facts.neighbours.has('nobody'))
})

test('the ring closes over who is lost; who has become near by that has time to find out', () => {
  const stage = groupOf(EVERYBODY)
  stage.silence('k')
  const rest = WATCHED.filter((id) => id !== 'k')
  passWithBeats(stage, 6, rest)
  assert(isLost(stage.facts, 'k'))
  assert(near(stage.facts).has('i'))
  assert.deepEqual(sent(stage, 'ask', 'i'), [], 'its last beat came long ago, as it should')
  passWithBeats(stage, 20, [...rest, 'i'])
  assert.deepEqual(sent(stage, 'ask', 'i'), [])
  passWithBeats(stage, 4, rest)
  assert(sent(stage, 'ask', 'i').length > 0)
})
