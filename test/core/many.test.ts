/** What a member spares the others where they are many, and what it spares them always. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distrust, isLost } from '../../src/core/liveness.ts'
import type { Effect } from '../../src/core/effect.ts'
import type { Claim } from '../../src/core/record.ts'
import type { Message } from '../../src/core/message.ts'
import { claimDigest } from '../../src/core/table.ts'
import { near } from '../../src/core/ring.ts'
import { BEAT_GRACE_MS, BEAT_MS, DOUBT_MS } from '../../src/core/timing.ts'
import { joining, running } from './group.ts'
import { record, seal, tombstone } from './records.ts'
import { OWN_ADDRESS, SELF, confs, openStage, ownRecord, type Stage } from './stage.ts'

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

/** Others that run, and a MASTER and a BACKUP that list them. */
function crew (stage: Stage, ids: readonly string[]): void {
  for (const [i, id] of ids.entries()) stage.hear({ id, address: addressOf(id), phase: 'active', vrrpState: 'BACKUP', number: 200 - i, founder: 'a', lists: ['a', 'b', ...ids.slice(0, i)] })
  stage.hear({ id: 'a', lists: ['b', ...ids] })
  stage.hear({ id: 'b', lists: ['a', ...ids] })
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

test('while many gather a conf that is not run yet is written once in three seconds; among few with each who comes', () => {
  for (const [ids, isSpaced] of [[FEW, false], [MANY, true]] as const) {
    const stage = cold(ids)
    stage.pass(6500)
    const before = confs(stage).length
    for (const [i, id] of ['r', 's', 't'].entries()) stage.hear({ id, address: addressOf(id), phase: 'joining', vrrpState: 'STOP', number: 150 - i, lists: [] })
    assert.equal(confs(stage).length - before, isSpaced ? 1 : 3)
    stage.pass(3000)
    assert.deepEqual(confs(stage).at(-1)?.lists, [...ids, 'r', 's', 't'].toSorted())
  }
})

test('a joiner among many writes no conf before the MASTER lists it; among few at once', () => {
  for (const [ids, isMany] of [[FEW, false], [MANY, true]] as const) {
    const stage = joining()
    crew(stage, ids)
    const before = confs(stage).length
    stage.hear({ id: 'z', address: addressOf('z'), phase: 'joining', vrrpState: 'STOP', number: 20, lists: [] })
    stage.pass(1500)
    assert.equal(confs(stage).length > before, !isMany)
    stage.hear({ id: 'a', lists: ['b', SELF, ...ids, 'z'] })
    stage.pass(1000)
    assert.deepEqual(confs(stage).at(-1)?.lists, ['a', 'b', ...ids, 'z'].toSorted())
  }
})

test('where many gather, whoever is first claims the VIP after eight seconds, however many come yet', () => {
  for (const [ids, everyMs, claimsAtMs] of [[['n', 'o'], 2000, 15_000], [MANY.map((id) => `n${id}`), 500, 8000]] as const) {
    const stage = openStage()
    stage.happen({ kind: 'started', adopted: null })
    gather(stage, ids)
    const sinceMs = stage.nowMs()
    for (let come = 0; come < 40 && !stage.kinds().includes('start'); come++) {
      stage.hear({ id: `x${come}`, address: `10.10.0.${30 + come}`, phase: 'joining', vrrpState: 'STOP', number: 150 - come, lists: [] })
      stage.happen(...[...stage.facts.table.members.keys()].filter((id) => id !== SELF).map((id) => ({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } }) as const))
      for (let ms = 0; ms < everyMs; ms += 250) {
        stage.happen({ kind: 'vipProbed', mac: null })
        stage.pass(250)
      }
    }
    const afterMs = stage.nowMs() - sinceMs
    assert.ok(afterMs >= claimsAtMs && afterMs <= claimsAtMs + everyMs, `${afterMs} among ${ids.length}`)
  }
})

test('a joiner lets those go first that stand above it, while one of them starts every five seconds', () => {
  for (const ids of [FEW, MANY]) {
    const stage = joining()
    const others = ['a', 'b', ...ids]
    crew(stage, [...ids, 'x', 'y'])
    for (const id of [...others, 'x', 'y']) stage.answerFor(id)
    const { number } = ownRecord(stage)
    assert(number !== null)
    // Two that stand above it are about to begin as well.
    for (const [i, id] of ['x', 'y'].entries()) stage.hear({ id, phase: 'joining', vrrpState: 'STOP', number: number + 1 + i, lists: [] })
    for (const id of others) stage.hear({ id, lists: [...others, 'x', 'y', SELF].filter((other) => other !== id) })
    stage.pass(3000)
    assert(!stage.kinds().includes('start'))
    stage.hear({ id: 'y', phase: 'active', vrrpState: 'BACKUP', lists: [...others, 'x', SELF] })
    stage.pass(4500)
    assert.match(stage.core.status().waitingFor ?? '', /stands above it, to start first/)
    assert(!stage.kinds().includes('start'), 'y has started meanwhile')
    stage.pass(1000)
    assert(stage.kinds().includes('start'), 'x has had its time')
  }
})

/** What it has passed on of others. */
const news = (stage: Stage): readonly string[] => stage.effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : [])
  .flatMap(({ statement }) => statement.kind === 'member' && statement.id !== SELF ? [statement.id] : statement.kind === 'tombstone' ? [`${statement.id} is out`] : [])

test('among many news that came by a table wait a second for gossip to bring them; who is out is told at once', () => {
  for (const [ids, isHeld] of [[FEW, false], [MANY, true]] as const) {
    const stage = running()
    gather(stage, ids)
    stage.pass(2000)
    stage.effects.length = 0
    const claims: Claim[] = ['x', 'y', 'z'].map((id, i) => seal(record({ id, address: addressOf(id), phase: 'joining', vrrpState: 'STOP', number: 120 - i })))
    const [first] = claims
    assert(first !== undefined)
    stage.happen({ kind: 'message', from: 'c', message: { kind: 'table', claims: [...claims, seal(tombstone({ id: 'gone' }))], spread: true } })
    assert.deepEqual(news(stage), isHeld ? ['gone is out'] : ['x', 'y', 'z', 'gone is out'])
    stage.happen({ kind: 'claims', from: 'd', claims: [first] })
    stage.happen({ kind: 'claims', from: 'd', claims: [seal(record({ id: 'y', address: addressOf('y'), phase: 'joining', vrrpState: 'STOP', number: 119, sequence: 9 }))] })
    stage.pass(1000)
    assert.deepEqual(news(stage), isHeld ? ['gone is out', 'z'] : ['x', 'y', 'z', 'gone is out'])
  }
})

test('among many a suspect is asked itself, and others only where that brings no answer, by the MASTER too', () => {
  // Near in the ring, and far; whoever is MASTER watches all.
  for (const [ids, suspect, isMaster] of [[FEW, 'n', false], [MANY, 'n', false], [MANY, 'c', true]] as const) {
    const stage = running()
    gather(stage, ids)
    if (isMaster) {
      stage.hear({ id: 'a', vrrpState: 'BACKUP' })
      stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    }
    const beat = (of: readonly string[]): void => { stage.happen(...of.map((id) => ({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } }) as const)) }
    const witnessed = (): number => messages(stage).filter(({ message }) => message.kind === 'ask' && message.about === suspect).length
    stage.pass(BEAT_MS)
    beat(['a', 'b', ...ids])
    stage.effects.length = 0
    while (stage.facts.neighbours.get(suspect)?.suspectedAtMs === null) {
      stage.pass(100)
      beat(['a', 'b', ...ids].filter((id) => id !== suspect))
    }
    assert(asked(stage).includes(suspect))
    assert.equal(witnessed(), ids === MANY ? 0 : 2)
    stage.pass(DOUBT_MS)
    assert.equal(witnessed(), 2)
  }
})

test('among many, who was never met is asked after once, shortly before it would be lost', () => {
  for (const [ids, expected] of [[FEW, [1, 3]], [MANY, [0, 1]]] as const) {
    const stage = running()
    gather(stage, ids)
    for (const id of ids) stage.answerFor(id)
    stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ id: 'x', address: addressOf('x'), phase: 'joining', vrrpState: 'STOP', number: 120 }))] })
    const about = (): number => messages(stage).filter(({ message }) => message.kind === 'ask' && message.about === 'x').length
    stage.pass(1000)
    assert.equal(about(), expected[0])
    stage.pass(1900)
    assert(!isLost(stage.facts, 'x'))
    assert.equal(about(), expected[1])
    stage.pass(200)
    assert(isLost(stage.facts, 'x'))
  }
})

test('a joiner among many does not wait for who is first heard of once the MASTER lists it, only for who may have started before that', () => {
  const newcomer = seal(record({ id: 'x', address: addressOf('x'), phase: 'joining', vrrpState: 'STOP', number: 20 }))
  for (const { ids, isEarly, beside, starts } of [
    { ids: MANY, isEarly: false, beside: [], starts: true }, { ids: MANY, isEarly: true, beside: [], starts: false },
    { ids: MANY, isEarly: false, beside: ['x'], starts: false }, { ids: FEW, isEarly: false, beside: [], starts: false }
  ]) {
    const stage = joining()
    crew(stage, ids)
    for (const id of ['a', 'b', ...ids]) stage.answerFor(id)
    if (isEarly) stage.happen({ kind: 'claims', from: 'a', claims: [newcomer] })
    stage.pass(1)
    for (const id of ids.slice(1)) stage.hear({ id, lists: ['a', 'b', ...ids, SELF].filter((other) => other !== id) })
    stage.hear({ id: 'a', lists: ['b', ...ids, SELF, ...beside], peers: ['10.10.0.32', OWN_ADDRESS, ...[...ids, ...beside].map(addressOf)] })
    stage.hear({ id: 'b', lists: ['a', ...ids, SELF] })
    stage.pass(1)
    stage.happen({ kind: 'claims', from: 'a', claims: [newcomer] })
    stage.pass(1)
    stage.hear({ id: ids[0] ?? '', lists: ['a', 'b', ...ids.slice(1), SELF] })
    stage.pass(2500)
    assert.equal(stage.kinds().includes('start'), starts, `${ids.length} ${isEarly} ${beside.length}`)
    stage.pass(2000)
    assert(stage.kinds().includes('start'), 'by now it is lost')
  }
})

test('among many a member without a stream is asked after once nothing was heard of it for eight seconds; among few, for one', () => {
  for (const [ids, withinMs] of [[FEW, 1500], [MANY, 9000]] as const) {
    const stage = running()
    gather(stage, ids)
    for (const id of ids) stage.answerFor(id)
    const far = ids.find((id) => !near(stage.facts).has(id)) ?? 'n'
    stage.happen({ kind: 'message', from: far, message: { kind: 'beat', digest: '' } })
    stage.happen({ kind: 'unlinked', id: far })
    stage.happen({ kind: 'message', from: 'a', message: { kind: 'answer', nonce: stage.facts.questions.nextNonce - 1, about: far, alive: true, claim: null } })
    const neighbour = stage.facts.neighbours.get(far)
    assert(neighbour !== undefined)
    Object.assign(neighbour, { heardAtMs: stage.nowMs(), suspectedAtMs: null })
    const sinceMs = stage.nowMs()
    for (const id of ids.filter((other) => other !== far)) stage.silence(id)
    while (neighbour.suspectedAtMs === null) {
      stage.pass(100)
      for (const id of ['a', 'b', ...ids]) if (id !== far) stage.happen({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } })
    }
    const afterMs = stage.nowMs() - sinceMs
    assert.ok(afterMs >= withinMs - 1500 && afterMs <= withinMs, `${far} after ${afterMs}`)
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
  assert.deepEqual(asked(stage), [], 'gossip tells when they list it')
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
    distrust(stage.facts, 'b')
    stage.happen({ kind: 'message', from: 'b', message: { kind: 'answer', nonce: 12_345, about: null, alive: true, claim: null, known: isSame ? claimDigest(claim) : 'another' } })
    assert.equal(stage.facts.stale.has('b'), !isSame)
  }
})

test('the more there are the more rarely each reloads while others come: 60 ms for each', () => {
  for (const [size, most] of [[14, 13], [45, 5]] as const) {
    const stage = running()
    stage.answerFor('a')
    const crowd = Array.from({ length: size }, (_, i) => `c${i}`)
    for (const [i, id] of crowd.entries()) stage.hear({ id, address: `10.10.0.${100 + i}`, phase: 'standby', vrrpState: 'STOP', number: null, lists: [] })
    stage.pass(5000)
    const before = confs(stage).length
    for (let come = 0; come < 24; come++) {
      stage.hear({ id: `x${come}`, address: `10.10.0.${50 + come}`, phase: 'joining', vrrpState: 'STOP', number: 150 - come, lists: [] })
      stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
      stage.pass(500)
    }
    const reloads = confs(stage).length - before
    assert(reloads >= 3 && reloads <= most, `${reloads} reloads among ${size}`)
  }
})

test('while others elect a MASTER each of few joiners probes the VIP each second, each of many each ten', () => {
  for (const [ids, least, most] of [[FEW, 8, 11], [MANY, 1, 2]] as const) {
    const stage = joining()
    crew(stage, ids)
    stage.hear({ id: 'a', vrrpState: 'BACKUP' })
    for (const id of ['a', 'b', ...ids]) stage.answerFor(id)
    stage.effects.length = 0
    for (let second = 0; second < 10; second++) {
      stage.happen({ kind: 'vipProbed', mac: null })
      for (const id of ['a', 'b', ...ids]) stage.happen({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } })
      stage.pass(1000)
    }
    const probes = stage.kinds().filter((kind) => kind === 'probeVip').length
    assert(probes >= least && probes <= most, `${probes} probes among ${ids.length}`)
    assert(!stage.kinds().includes('start'))
  }
})
