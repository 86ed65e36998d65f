/** What a member spares the others where they are many, and what it spares them always. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLost } from '../../src/core/liveness.ts'
import type { Effect } from '../../src/core/effect.ts'
import type { Message } from '../../src/core/message.ts'
import { claimDigest } from '../../src/core/table.ts'
import { BEAT_GRACE_MS, BEAT_MS } from '../../src/core/timing.ts'
import { joining, running } from './group.ts'
import { SELF, confs, openStage, ownRecord, type Stage } from './stage.ts'

type Sent = Extract<Effect, { kind: 'send' }>

/** Ids before and after SELF, which is `m`: with it few, or many. */
const FEW = Array.from('cdefn')
const MANY = Array.from('cdefghijklnopq')

const addressOf = (id: string): string => `10.10.0.${100 + id.charCodeAt(0)}`

/** Others that are about to begin, each with a number of its own. */
function gather (stage: Stage, ids: readonly string[]): void {
  for (const [i, id] of ids.entries()) stage.hear({ id, address: addressOf(id), phase: 'joining', vrrpState: 'STOP', number: 200 - i, lists: [] })
}

function cold (ids: readonly string[]): Stage {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  gather(stage, ids)
  return stage
}

const messages = ({ effects }: Stage): readonly Sent[] => effects.flatMap((effect) => effect.kind === 'send' ? [effect] : [])
const answers = (stage: Stage): ReadonlyArray<Extract<Message, { kind: 'answer' }>> => messages(stage).flatMap(({ message }) => message.kind === 'answer' ? [message] : [])
const asked = (stage: Stage): readonly string[] => messages(stage).flatMap(({ to, message }) => message.kind === 'ask' ? [to] : [])

test('a host that comes moves nobody but the claimant whose place it takes', () => {
  const stage = cold(['n', 'o'])
  assert.equal(ownRecord(stage).number, 254)
  stage.hear({ id: 'a', address: addressOf('a'), phase: 'joining', vrrpState: 'STOP', number: 254, lists: [] })
  const { number } = ownRecord(stage)
  assert.ok(number !== null && ![254, 200, 199].includes(number), `${number}`)
  stage.hear({ id: 'b', address: addressOf('b'), phase: 'joining', vrrpState: 'STOP', number: 252, lists: [] })
  stage.hear({ id: 'c', address: addressOf('c'), phase: 'joining', vrrpState: 'STOP', number: 230, lists: [] })
  const others = new Set<number | null>([254, 252, 230, 200, 199])
  const now = ownRecord(stage).number
  assert.ok(now !== null && !others.has(now), `${now}`)
  assert.ok(others.has(number) || now === number, 'it had one that nobody else took')
})

test('while many gather a conf that is not run yet is written once a second; among few with each who comes', () => {
  for (const [ids, isSpaced] of [[FEW, false], [MANY, true]] as const) {
    const stage = cold(ids)
    stage.pass(2000)
    const before = confs(stage).length
    for (const [i, id] of ['r', 's', 't'].entries()) stage.hear({ id, address: addressOf(id), phase: 'joining', vrrpState: 'STOP', number: 150 - i, lists: [] })
    assert.equal(confs(stage).length - before, isSpaced ? 1 : 3)
    stage.pass(1000)
    assert.deepEqual(confs(stage).at(-1)?.lists, [...ids, 'r', 's', 't'].toSorted())
  }
})

test('while many gather only the first of them probes the VIP each second', () => {
  for (const [ids, probes] of [[['c', 'n'], 'often'], [MANY, 'seldom'], [MANY.filter((id) => id > SELF).concat(Array.from('rstuvwxyz')), 'often']] as const) {
    const stage = cold(ids)
    for (let second = 0; second < 10; second++) {
      stage.pass(1000)
      stage.happen(...ids.map((id) => ({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } }) as const), { kind: 'vipProbed', mac: null })
      if (stage.kinds().includes('start')) break
    }
    const count = stage.kinds().filter((kind) => kind === 'probeVip').length
    assert.ok(probes === 'often' ? count >= 4 : count <= 2, `${count} probes among ${ids.length}`)
  }
})

test('while news come all the time tables are compared with one each second, however many differ', () => {
  for (const [ids, isOne] of [[FEW, false], [MANY, true]] as const) {
    const stage = cold(ids)
    stage.pass(1500)
    stage.effects.length = 0
    stage.happen(...ids.map((id) => ({ kind: 'message', from: id, message: { kind: 'beat', digest: 'another' } }) as const))
    assert.equal(messages(stage).filter(({ message }) => message.kind === 'inventory').length, isOne ? 1 : ids.length)
  }
})

test('among many, who was late itself gives others longer', () => {
  for (const [ids, isPatient] of [[FEW, false], [MANY, true]] as const) {
    const stage = running()
    gather(stage, ids)
    stage.pass(3000, { lagged: true })
    stage.happen({ kind: 'unlinked', id: 'c' })
    stage.pass(2000)
    assert.equal(isLost(stage.facts, 'c'), !isPatient)
    stage.pass(2000)
    assert.ok(isLost(stage.facts, 'c'))
  }
})

test('among many, who was late itself misses a beat later', () => {
  for (const [ids, isPatient] of [[FEW, false], [MANY, true]] as const) {
    const stage = running()
    gather(stage, ids)
    stage.pass(3000)
    stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
    stage.silence('a')
    stage.pass(3000, { lagged: true })
    stage.pass(BEAT_MS)
    const isMissed = (): boolean => stage.facts.neighbours.get('a')?.suspectedAtMs !== null
    assert.equal(isMissed(), !isPatient)
    stage.pass(3 * BEAT_GRACE_MS)
    assert.ok(isMissed())
  }
})

test('a joiner among many asks for acknowledgements once all list it', () => {
  const stage = joining()
  const ids = MANY
  for (const id of ids) stage.hear({ id, address: addressOf(id), phase: 'active', vrrpState: 'BACKUP', number: 200 - ids.indexOf(id), founder: 'a', lists: ['a', 'b'] })
  stage.hear({ id: 'a', lists: ['b', SELF, ...ids] })
  stage.hear({ id: 'b', lists: ['a', SELF, ...ids] })
  stage.effects.length = 0
  stage.pass(1000)
  assert.deepEqual([...new Set(asked(stage))].toSorted(), ids.toSorted(), 'those that do not list it')
  for (const id of ids) stage.hear({ id, lists: ['a', 'b', SELF] })
  stage.effects.length = 0
  stage.pass(1000)
  assert.ok(asked(stage).includes('a'))
})

test('an answer repeats no record that whoever asks has, and stands for it', () => {
  const stage = running()
  const own = stage.facts.table.members.get(SELF)
  assert(own !== undefined)
  const { number } = own.statement
  const ask = (known?: string): void => { stage.happen({ kind: 'message', from: 'a', message: { kind: 'ask', nonce: 7, about: null, ...known === undefined ? {} : { known } } }) }
  stage.effects.length = 0
  for (const known of [undefined, 'older', claimDigest(own)]) ask(known)
  const claims = answers(stage).map(({ claim }) => claim?.statement)
  assert.deepEqual(claims.map((statement) => statement?.kind === 'member' ? statement.number : null), [number, number, null])
  assert.deepEqual(answers(stage).map(({ known }) => known), [undefined, undefined, claimDigest(own)])
})

test('a witness asks for the whole record, and passes it on: whoever asked it may not have it', () => {
  const stage = running()
  stage.effects.length = 0
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'ask', nonce: 7, about: 'b' } })
  const relayed = messages(stage).flatMap(({ to, message }) => message.kind === 'ask' ? [{ to, known: message.known }] : [])
  assert.deepEqual(relayed, [{ to: 'b', known: undefined }])
  assert.equal(answers(stage)[0]?.claim?.statement.id, 'b')
})

test('who answers that its record is still the one that is known has said it; who names another one has not', () => {
  for (const isSame of [true, false]) {
    const stage = running()
    const claim = stage.facts.table.members.get('b')
    assert(claim !== undefined)
    stage.facts.stale.add('b')
    stage.happen({ kind: 'message', from: 'b', message: { kind: 'answer', nonce: 12_345, about: null, alive: true, claim: null, known: isSame ? claimDigest(claim) : 'another' } })
    assert.equal(stage.facts.stale.has('b'), !isSame)
  }
})
