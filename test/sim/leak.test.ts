// What stays of those who come and go: whatever the core keeps of others has a bound, however long it runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TOMBSTONES_MAX } from '../../src/core/table.ts'
import { running } from '../core/group.ts'
import { seal, tombstone } from '../core/records.ts'
import { SELF, type Stage } from '../core/stage.ts'

const JOINS = 10_000

/** Five hosts a second, each of whom is remembered for two minutes in three places: far more than any pool brings. */
const BUSY_ENTRIES_MAX = 3000
/** The three of the group, with all that is kept of each. */
const QUIET_ENTRIES_MAX = 100

/** Entries of every map, set and list in there, however deep. */
function entriesIn (value: unknown, seen = new Set<unknown>()): number {
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0
  seen.add(value)
  const inner = value instanceof Map ? [...value.values()] : value instanceof Set ? [...value] : Object.values(value)
  const own = value instanceof Map || value instanceof Set ? value.size : Array.isArray(value) ? value.length : 0
  return inner.reduce((sum: number, one) => sum + entriesIn(one, seen), own)
}

function beatOfTheOthers (stage: Stage): void {
  for (const from of ['a', 'b']) stage.happen({ kind: 'message', from, message: { kind: 'beat', digest: '' } })
}

/** A host that was never seen before joins, and is gone again a moment later. */
function comeAndGo (stage: Stage, i: number): void {
  const [id, address] = [`x${i}`, `10.10.${1 + Math.floor(i / 250) % 250}.${1 + i % 250}`]
  stage.happen({ kind: 'found', address, port: 11251, source: 'mdns' })
  stage.hear({ id, address, founder: 'a', number: 180, phase: 'active', vrrpState: 'BACKUP', lists: ['a', 'b', SELF] })
  stage.pass(200)
  stage.happen({ kind: 'message', from: id, message: { kind: 'table', claims: [seal(tombstone({ id, serial: i + 1 }))], spread: false } })
  stage.happen({ kind: 'unlinked', id })
  if (i % 4 === 0) beatOfTheOthers(stage)
  stage.effects.length = 0
}

/** Besides the tombstones, whose bound is their own. */
function entriesOf ({ facts }: Stage): number {
  return entriesIn({ ...facts, options: null, table: facts.table.members })
}

test(`${JOINS} hosts that join and leave: what stays of them is bounded`, (t) => {
  const stage = running()
  stage.answerFor('a')
  let most = 0
  for (let i = 0; i < JOINS; i++) {
    comeAndGo(stage, i)
    if (i % 100 === 0) most = Math.max(most, entriesOf(stage))
  }
  const { tombstones } = stage.facts.table
  assert.equal(tombstones.size, TOMBSTONES_MAX)
  assert.ok(tombstones.has(`x${JOINS - 1}`), 'the newest stay')
  assert.ok(most <= BUSY_ENTRIES_MAX, `${most} entries`)
  for (let second = 0; second < 150; second++) {
    beatOfTheOthers(stage)
    stage.pass(1000)
  }
  const left = entriesOf(stage)
  assert.ok(left <= QUIET_ENTRIES_MAX, `${left} entries`)
  assert.equal(stage.core.status().members.length, 3)
  t.diagnostic(`${most} entries at most, ${left} in the end`)
})
