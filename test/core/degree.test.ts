/** Who is linked to whom among many, and how those know of each other that are not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distant, overseers } from '../../src/core/degree.ts'
import { isAlive, isLost } from '../../src/core/liveness.ts'
import type { Message } from '../../src/core/message.ts'
import { knowsNumber } from '../../src/core/questions.ts'
import { claimDigest } from '../../src/core/table.ts'
import { BEAT_GRACE_MS, FAR_BEAT_MS, UNMET_MS } from '../../src/core/timing.ts'
import { joining, running } from './group.ts'
import { record, seal } from './records.ts'
import { ownRecord, type Stage } from './stage.ts'

type Ask = Extract<Message, { kind: 'ask' }>

/** Twenty others besides `a`, the MASTER, and `b`; the first two stand above this host, so that it is no overseer. */
const CROWD = Array.from({ length: 20 }, (_, i) => `${i % 2 === 0 ? 'd' : 'x'}${String(i).padStart(2, '0')}`)

const addressOf = (id: string): string => `10.10.0.${100 + CROWD.indexOf(id)}`
const recordOf = (id: string): ReturnType<typeof record> => record({ id, address: addressOf(id), phase: 'active', vrrpState: 'BACKUP', number: (CROWD.indexOf(id) < 2 ? 254 : 200) - CROWD.indexOf(id), founder: 'a', lists: [] })

/** They are told of by gossip, and nobody of them was met. */
function toldOf (stage: Stage, ids = CROWD): void {
  stage.happen({ kind: 'claims', from: 'a', claims: ids.map((id) => seal(recordOf(id))) })
}

const dialled = ({ effects }: Stage): ReadonlySet<string> => new Set(effects.flatMap((effect) => effect.kind === 'dial' ? [effect.address] : []))
const asks = ({ effects }: Stage): ReadonlyArray<{ readonly to: string, readonly message: Ask }> =>
  effects.flatMap((effect) => effect.kind === 'send' && effect.message.kind === 'ask' ? [{ to: effect.to, message: effect.message }] : [])
const asksAbout = (stage: Stage, id: string): ReturnType<typeof asks> => asks(stage).filter(({ message }) => message.about === id)

/** One of those to whom no link is sought. */
function farFrom (stage: Stage): string {
  const far = CROWD.find((id) => distant(stage.facts).has(id))
  assert(far !== undefined)
  return far
}

/** Whoever was asked after others has answered for each of them by then. */
function passVouched (stage: Stage, ms: number, silent: readonly string[] = []): void {
  const answered = new Set<number>()
  for (let left = ms; left > 0; left -= 100) {
    for (const { to, message: { nonce, about } } of asks(stage)) {
      if (about === null || silent.includes(about) || answered.has(nonce)) continue
      answered.add(nonce)
      stage.happen({ kind: 'message', from: to, message: { kind: 'answer', nonce, about, alive: true, claim: seal(recordOf(about)) } })
    }
    stage.pass(Math.min(100, left))
  }
}

test('among few a link is sought to each; among many to those that are near in either ring and to the overseers', () => {
  const few = running()
  toldOf(few, CROWD.slice(0, 8))
  few.pass(400)
  assert.equal(dialled(few).size, 8)
  const many = running()
  toldOf(many)
  many.pass(400)
  const sought = CROWD.filter((id) => !distant(many.facts).has(id))
  assert.deepEqual([...dialled(many)].toSorted(), sought.map(addressOf).toSorted())
  assert(sought.length >= 4 && sought.length <= 12, `${sought.length} are sought`)
})

test('overseers are the MASTER and those that stand first of who runs, not who has just come and has a number in mind', () => {
  const stage = running()
  toldOf(stage)
  stage.hear({ id: 'z', address: '10.10.0.99', phase: 'discovering', vrrpState: 'STOP', number: 254, lists: [] })
  const seers = overseers(stage.facts)
  assert.deepEqual([...seers].toSorted(), ['a', 'd00', 'x01'])
})

test('whoever oversees the rest seeks a link to each', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  toldOf(stage)
  assert.equal(distant(stage.facts).size, 0)
  stage.pass(400)
  assert.equal(dialled(stage).size, CROWD.length)
})

test('a distant member is met by way of an overseer, which need not send what is known', () => {
  const stage = running()
  toldOf(stage)
  const far = farFrom(stage)
  stage.pass(100)
  const [first] = asksAbout(stage, far)
  assert(first !== undefined && overseers(stage.facts).has(first.to))
  assert.equal(first.message.known, claimDigest(seal(recordOf(far))))
  assert.equal(first.message.claim, undefined)
  assert(!isAlive(stage.facts, far))
  stage.happen({ kind: 'message', from: first.to, message: { kind: 'answer', nonce: first.message.nonce, about: far, alive: true, claim: null, known: first.message.known ?? '' } })
  assert(isAlive(stage.facts, far))
})

test('what is said to be known of a distant member counts only where it is what is known', () => {
  const stage = running()
  toldOf(stage)
  const far = farFrom(stage)
  stage.pass(100)
  const [first] = asksAbout(stage, far)
  assert(first !== undefined)
  stage.happen({ kind: 'message', from: first.to, message: { kind: 'answer', nonce: first.message.nonce, about: far, alive: true, claim: null, known: 'something else' } })
  assert(!isAlive(stage.facts, far))
})

test('a distant member is missed when neither it nor a MASTER was heard for long, and at once when a MASTER misses it', () => {
  for (const way of ['silence', 'masterSpeaks', 'masterTells'] as const) {
    const stage = running()
    stage.answerFor('a')
    toldOf(stage)
    const far = farFrom(stage)
    passVouched(stage, 1000)
    assert(isAlive(stage.facts, far))
    const before = asksAbout(stage, far).length
    if (way === 'silence') {
      stage.silence('a')
      stage.hear({ id: 'a', phase: 'active', vrrpState: 'BACKUP' })
    }
    for (let ms = 0; ms < FAR_BEAT_MS + BEAT_GRACE_MS + 3000; ms += 1000) {
      if (way !== 'silence') stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
      if (way === 'masterTells' && ms === 5000) stage.happen({ kind: 'message', from: 'a', message: { kind: 'doubt', about: far } })
      if (way === 'masterTells' && ms === 8000) assert(isLost(stage.facts, far))
      passVouched(stage, 1000, [far])
    }
    assert.equal(asksAbout(stage, far).length > before, way !== 'masterSpeaks', way)
  }
})

test('a distant member that is lost is dialled now and then, and kept when it answers', () => {
  const stage = running()
  stage.answerFor('a')
  toldOf(stage)
  const far = farFrom(stage)
  passVouched(stage, 4000)
  assert(!dialled(stage).has(addressOf(far)))
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'doubt', about: far } })
  passVouched(stage, 12_000, [far])
  assert(isLost(stage.facts, far) && dialled(stage).has(addressOf(far)))
  const dials = stage.effects.filter((effect) => effect.kind === 'dial' && effect.address === addressOf(far)).length
  assert(dials <= 2, `${dials} dials in twelve seconds`)
  stage.hear({ ...recordOf(far) })
  assert(!isLost(stage.facts, far) && !stage.kinds().includes('hangUp'))
})

test('a MASTER among many tells whoever links to it whom it misses', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  for (const id of CROWD) {
    stage.hear(recordOf(id))
    stage.answerFor(id)
  }
  stage.silence('d02')
  stage.happen({ kind: 'unlinked', id: 'd02' })
  stage.pass(2000)
  assert(isLost(stage.facts, 'd02'))
  stage.effects.length = 0
  stage.happen({ kind: 'linked', id: 'x03', address: addressOf('x03'), port: 1, dialled: false })
  assert(stage.effects.some((effect) => effect.kind === 'send' && effect.to === 'x03' && effect.message.kind === 'doubt' && effect.message.about === 'd02'))
})

test('a joiner lets a distant joiner know its number before that one answers, so that one answer is enough', () => {
  const stage = joining()
  const far = 'd02'
  const other = { ...recordOf(far), phase: 'joining', vrrpState: 'STOP', number: 20 } as const
  toldOf(stage, CROWD.filter((id) => id !== far))
  stage.pass(10)
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(other)] })
  assert(distant(stage.facts).has(far))
  stage.pass(100)
  const { to, message } = asksAbout(stage, far).at(-1) ?? assert.fail('nobody was asked')
  assert.deepEqual(message.claim?.statement, ownRecord(stage))
  stage.happen({ kind: 'message', from: to, message: { kind: 'answer', nonce: message.nonce, about: far, alive: true, claim: seal(other) } })
  assert(knowsNumber(stage.facts, other))
})

test('whoever asks for another passes on what that one said of itself, and hears it first', () => {
  const stage = running()
  stage.hear(recordOf('d02'))
  const asker = seal(record({ id: 'z', address: '10.10.0.99', phase: 'joining', vrrpState: 'STOP', number: 20, lists: [] }))
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'ask', nonce: 7, about: 'd02', known: 'what it knows', claim: asker } })
  assert.equal(stage.facts.table.members.get('z'), asker)
  const { to, message } = asks(stage).at(-1) ?? assert.fail('nobody was asked')
  assert.deepEqual([to, message.about, message.known, message.claim], ['d02', null, 'what it knows', asker])
  stage.happen({ kind: 'message', from: 'd02', message: { kind: 'answer', nonce: message.nonce, about: null, alive: true, claim: null, known: 'what it knows' } })
  const answered = stage.effects.findLast((effect) => effect.kind === 'send' && effect.message.kind === 'answer')
  assert.deepEqual(answered, { kind: 'send', to: 'a', message: { kind: 'answer', nonce: 7, about: 'd02', alive: true, claim: null, known: 'what it knows' } })
})

test('of many addresses that are found at once a dozen are dialled; the rest have time to tell of themselves, and what is not wanted any more is forgone', () => {
  const stage = joining()
  stage.effects.length = 0
  for (let i = 0; i < 30; i++) stage.happen({ kind: 'found', address: `10.10.0.${100 + i}`, port: 11_251, source: 'mdns' })
  stage.pass(1000)
  assert(dialled(stage).size <= 12, `${dialled(stage).size} were dialled`)
  toldOf(stage)
  stage.pass(100)
  const forgone = stage.effects.flatMap((effect) => effect.kind === 'forgo' ? [effect.address] : [])
  assert.deepEqual(forgone.toSorted(), [...dialled(stage)].filter((address) => CROWD.some((id) => addressOf(id) === address && distant(stage.facts).has(id))).toSorted())
  assert(forgone.length > 0)
  stage.pass(5000)
  assert(dialled(stage).has('10.10.0.129'), 'nobody has told of that one')
})

test('a distant member for which nobody vouches in time is dialled before it is lost', () => {
  const stage = running()
  stage.answerFor('a')
  toldOf(stage)
  const far = farFrom(stage)
  passVouched(stage, UNMET_MS - 100, [far])
  assert(!dialled(stage).has(addressOf(far)))
  passVouched(stage, 300, [far])
  assert(!isLost(stage.facts, far) && dialled(stage).has(addressOf(far)))
  stage.hear({ ...recordOf(far) })
  passVouched(stage, 5000, [far])
  assert(isAlive(stage.facts, far))
})

test('a distant member is asked after as soon as there is somebody to ask', () => {
  const stage = joining()
  for (const id of ['a', 'b']) stage.happen({ kind: 'unlinked', id })
  toldOf(stage)
  const far = farFrom(stage)
  stage.pass(100)
  assert.deepEqual(asksAbout(stage, far), [])
  stage.happen({ kind: 'linked', id: 'a', address: '10.10.0.31', port: 11_251, dialled: false })
  stage.pass(100)
  assert(asksAbout(stage, far).length > 0)
})

test('the time for which this host slept does not count against whom it is dialling for want of a voucher', () => {
  const stage = running()
  stage.answerFor('a')
  toldOf(stage)
  const far = farFrom(stage)
  passVouched(stage, UNMET_MS + 300, [far])
  assert.notEqual(stage.facts.neighbours.get(far)?.unvouchedAtMs, null)
  stage.pass(5000, { lagged: true })
  assert(!isLost(stage.facts, far))
})
