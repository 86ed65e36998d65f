import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Blow, type Excuse, excusesOf, type Sort } from './excuses.ts'
import { explain, type Incident, isExplained } from './explain.ts'

function incident (sort: Sort, fromMs: number, untilMs = fromMs): Incident {
  return { sort, fromMs, untilMs, count: 1, hosts: [] }
}

function excuse (fromMs: number, untilMs: number, rest: Partial<Excuse> = {}): Excuse {
  return { sort: 'overlap', cause: 'a', fromMs, untilMs, longestMs: null, ...rest }
}

const table: ReadonlyArray<readonly [what: string, incident: Incident, excuses: readonly Excuse[], cause: string | null, restMs: number | null]> = [
  ['nothing was done', incident('overlap', 0, 50), [], null, 50],
  ['covered', incident('overlap', 10, 50), [excuse(0, 60)], 'a', 0],
  ['sticks out at both ends', incident('overlap', 0, 100), [excuse(20, 90)], 'a', 20],
  ['within the tolerance', incident('overlap', 15, 65), [excuse(20, 60)], 'a', 0],
  ['two causes, one after the other', incident('overlap', 0, 100), [excuse(0, 60), excuse(60, 100, { cause: 'b' })], 'a', 0],
  ['between two causes', incident('overlap', 0, 100), [excuse(0, 20), excuse(85, 100, { cause: 'b' })], 'a', 55],
  ['the wrong sort', incident('vacancy', 10, 50), [excuse(0, 60)], null, 40],
  ['too long for its kind', incident('overlap', 10, 50), [excuse(0, 60, { longestMs: 20 })], null, 40],
  ['a move at the right time', incident('move', 30), [excuse(0, 60, { sort: 'move' })], 'a', 0],
  ['a move at another time', incident('move', 90), [excuse(0, 60, { sort: 'move' })], null, null],
  ['the cause that explains the most', incident('overlap', 0, 100), [excuse(0, 100), excuse(90, 200, { cause: 'b' })], 'a', 0]
]

for (const [what, given, excuses, cause, restMs] of table) {
  test(`explained or not: ${what}`, () => {
    const [finding] = explain([given], excuses, { toleranceMs: () => 5, lagMs: () => 0 })
    assert.deepEqual([finding?.cause, finding?.restMs], [cause, restMs])
  })
}

test('what is bounded in length may be longer by as much as the machine was late', () => {
  const bounded = [excuse(0, 60, { longestMs: 20 })]
  for (const lag of [19, 20]) {
    assert.equal(explain([incident('overlap', 10, 50)], bounded, { toleranceMs: () => 0, lagMs: () => lag }).every(isExplained), lag === 20)
  }
})

function blow (kind: Blow['kind'], role: 'MASTER' | 'BACKUP', rest: Partial<Blow> = {}): Blow {
  return { cause: kind, kind, master: role === 'MASTER', backup: role === 'BACKUP', fromMs: 0, undoneMs: 10_000, electionMs: 3500, ...rest }
}

function allows (given: Blow, happened: Incident): boolean {
  return explain([happened], excusesOf(given), { toleranceMs: () => 0, lagMs: () => 0 }).every(isExplained)
}

test('what strikes no MASTER and parts nobody costs nothing', () => {
  for (const kind of ['join', 'leave', 'power loss', 'agent killed', 'agent stopped', 'keepalived killed', 'vrrp child killed', 'mesh blocked', 'mute', 'check fails'] as const) {
    assert.deepEqual(excusesOf(blow(kind, 'BACKUP')), [], kind)
  }
  for (const kind of ['agent killed', 'agent stopped', 'mesh blocked', 'deaf'] as const) assert.deepEqual(excusesOf(blow(kind, 'MASTER')), [], kind)
})

test('a MASTER that loses its power costs one election, and never two holders', () => {
  assert.equal(allows(blow('power loss', 'MASTER'), incident('loss', 0, 3500)), true)
  assert.equal(allows(blow('power loss', 'MASTER'), incident('loss', 0, 3600)), false)
  assert.equal(allows(blow('power loss', 'MASTER'), incident('overlap', 100, 200)), false)
  assert.equal(allows(blow('power loss', 'MASTER'), incident('move', 10_100)), false, 'taking the VIP back')
})

test('a MASTER that is stopped hands over: no more is lost than where two packets cross', () => {
  assert.equal(allows(blow('leave', 'MASTER'), incident('move', 3000)), true)
  assert.equal(allows(blow('leave', 'MASTER'), incident('loss', 3000, 3040)), false)
  assert.equal(allows(blow('leave', 'MASTER'), incident('overlap', 3000, 3900)), true)
  assert.equal(allows(blow('leave', 'MASTER'), incident('overlap', 3000, 4100)), false)
})

test('a partition has two holders for its length and 5 s', () => {
  for (const role of ['MASTER', 'BACKUP'] as const) {
    assert.equal(allows(blow('cut off', role), incident('overlap', 3000, 15_000)), true)
    assert.equal(allows(blow('cut off', role), incident('overlap', 3000, 15_100)), false)
    assert.equal(allows(blow('cut off', role), incident('loss', 5000, 6000)), false, 'in the middle of it')
  }
})

test('where two faults overlap, whoever was a BACKUP may be the MASTER', () => {
  assert.equal(allows(blow('power loss', 'BACKUP', { master: true }), incident('loss', 0, 3500)), true)
})
