/** How two tables become one: each says what it knows by digests, and only what is missing is sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../src/core/message.ts'
import { inventoryOf } from '../../src/core/table.ts'
import { backup, running } from './group.ts'
import { record, seal, tombstone } from './records.ts'
import { SELF, type Stage } from './stage.ts'

const sentTo = (stage: Stage, to: string): readonly Message[] => stage.effects.flatMap((effect) => effect.kind === 'send' && effect.to === to && effect.message.kind !== 'ask' ? [effect.message] : [])
const idsIn = (message: Message | undefined): readonly string[] => message?.kind === 'table' ? message.claims.map(({ statement }) => statement.id).toSorted() : []
const digests = (stage: Stage): readonly string[] => [...inventoryOf(stage.facts.table).keys()]

function compared (digestsOfB: (stage: Stage) => readonly string[], reply = true): readonly Message[] {
  const stage = running()
  stage.happen({ kind: 'message', from: 'b', message: { kind: 'inventory', digests: digestsOfB(stage), reply } })
  return sentTo(stage, 'b')
}

test('who knows all is sent this member\'s own word, which tells that it still holds, and nothing else', () => {
  const [table, ...rest] = compared(digests)
  assert.deepEqual([idsIn(table), rest], [[SELF], []])
  assert.deepEqual(compared(digests, false), [], 'who did not begin is sent nothing for nothing')
})

test('who lacks something is sent that, and is not asked for what is known', () => {
  const stage = running()
  const known = [...inventoryOf(stage.facts.table)].filter(([, { statement }]) => statement.id !== 'a').map(([digest]) => digest)
  const [table, ...rest] = compared(() => known)
  assert.deepEqual([idsIn(table), rest], [['a', SELF], []])
  assert.deepEqual(idsIn(compared(() => known, false)[0]), ['a'])
})

test('who knows what is not known here is asked for it, once, and what it is sent then may be news to all', () => {
  const sent = compared((stage) => [...digests(stage), '00000000000000'])
  assert.deepEqual(sent.map(({ kind }) => kind), ['table', 'inventory'])
  assert.equal(sent.find((message) => message.kind === 'inventory')?.reply, false)
  assert.deepEqual(compared((stage) => [...digests(stage), '00000000000000'], false), [], 'a reply never asks again')
  const [table] = compared(() => [], false)
  assert(table?.kind === 'table' && table.spread)
})

test('to a stream that was just opened this member says its own word at once, and what it knows', () => {
  const stage = running()
  stage.happen({ kind: 'linked', id: 'c', address: '10.10.0.33', port: 11251, dialled: true })
  const [table, inventory] = sentTo(stage, 'c')
  assert.deepEqual(idsIn(table), [SELF])
  assert(table?.kind === 'table' && table.spread)
  assert(inventory?.kind === 'inventory' && inventory.reply)
  assert.deepEqual(inventory.digests, digests(stage))
})

test('a beat with another digest has tables compared, at most once a second', () => {
  const stage = running()
  for (let i = 0; i < 5; i++) stage.happen({ kind: 'message', from: 'b', message: { kind: 'beat', digest: 'other' } })
  assert.equal(sentTo(stage, 'b').filter(({ kind }) => kind === 'inventory').length, 1)
})

/** What each is known by, alone in a table. */
function digestsOf (...claims: ReadonlyArray<ReturnType<typeof seal>>): readonly string[] {
  return claims.map((claim) => {
    const table = running().facts.table
    table.members.clear()
    table.tombstones.clear()
    if (claim.statement.kind === 'member') table.members.set(claim.statement.id, { ...claim, statement: claim.statement })
    else table.tombstones.set(claim.statement.id, { ...claim, statement: claim.statement })
    table.version++
    return [...inventoryOf(table).keys()].join()
  })
}

test('two records of one run, two runs, and a tombstone differ; the same said anew does not', () => {
  const one = record({ ...backup, incarnation: 1, sequence: 1 })
  const all = digestsOf(seal(one), seal({ ...one, sequence: 2 }), seal({ ...one, incarnation: 2 }), seal(tombstone({ id: one.id, serial: 1 })), seal({ ...one }))
  assert.equal(new Set(all).size, 4)
  assert.equal(all[0], all[4])
})
