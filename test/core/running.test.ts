import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, master, running } from './group.ts'
import { record, seal, spec, tombstone } from './records.ts'
import type { MemberRecord } from '../../src/core/record.ts'
import { LAGGARD_MS } from '../../src/core/timing.ts'
import { OWN_ADDRESS, SELF, openStage } from './stage.ts'
import type { Stage } from './stage.ts'

test('who finds itself buried while it runs stops VRRP and comes back as a later incarnation', () => {
  const stage = running()
  const { incarnation } = stage.core.status().self
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [seal(tombstone({ id: SELF, incarnation, departure: 'removed', issuer: 'a' }))], spread: false } })
  assert.ok(stage.kinds().includes('stop'))
  assert.equal(stage.core.status().self.incarnation, incarnation + 1)
})

test('a MASTER that is told to stop makes way first, and stops when a successor has taken over', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.happen({ kind: 'command', command: { kind: 'stop' } })
  assert.deepEqual(stage.effects.find(({ kind }) => kind === 'lower'), { kind: 'lower', by: -253 })
  assert.ok(!stage.kinds().includes('stop'))
  stage.happen({ kind: 'vrrpState', state: 'BACKUP' })
  assert.ok(stage.kinds().includes('stop'))
  stage.pass(1000)
  assert.equal(stage.kinds().filter((kind) => kind === 'exit').length, 1)
})

test('a BACKUP whose conf is refused for 10 s leaves VRRP to the others; a MASTER keeps the VIP', () => {
  for (const [state, stops] of [['BACKUP', true], ['MASTER', false]] as const) {
    const stage = running()
    stage.happen({ kind: 'vrrpState', state })
    if (state === 'MASTER') stage.hear({ id: 'a', vrrpState: 'BACKUP' })
    stage.refuse('disk full')
    stage.hear({ id: 'c', address: '10.10.0.33', founder: 'a', number: 212, phase: 'joining', vrrpState: 'STOP' })
    stage.pass(12_000)
    assert.equal(stage.kinds().includes('stop'), stops, state)
    assert.match(stage.core.status().alarms.join(), /disk full/)
  }
})

test('silence while this process did not run is not held against the others', () => {
  const stage = running()
  stage.pass(10_000, { lagged: true })
  assert.deepEqual(stage.core.status().members.map(({ state }) => state), ['active', 'active', 'active'])
})

test('a running BACKUP reloads only after an answer of a MASTER', () => {
  const silent = openStage()
  silent.happen({ kind: 'started', adopted: { conf: { priority: 230, claim: false, source: OWN_ADDRESS, peers: ['10.10.0.31'], lists: ['a'], spec, vips: [] }, number: 230, founder: 'a', vrrpState: 'BACKUP' } })
  silent.hear({ ...master, lists: ['b', SELF] })
  silent.hear({ ...backup, lists: ['a', SELF] })
  silent.pass(1500)
  assert.ok(!silent.kinds().includes('apply'))
  silent.answerFor('a')
  silent.pass(1000)
  assert.ok(silent.kinds().includes('apply'))
})

test('an agent that adopted a keepalived and remembers nobody writes no conf until it knows all that are listed', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: { conf: { priority: 254, claim: false, source: OWN_ADDRESS, peers: ['10.10.0.31', '10.10.0.32'], lists: ['a', 'b'], spec, vips: [] }, number: 254, founder: SELF, vrrpState: 'MASTER' } })
  stage.hear({ ...master, vrrpState: 'BACKUP', founder: SELF, number: 230 })
  stage.pass(5000)
  assert.ok(!stage.kinds().includes('apply'))
})

test('one that nobody else knows either keeps it from writing confs no longer than the others may take to come, and its address stays listed', () => {
  for (const isKnown of [false, true]) {
    const stage = openStage()
    const peers = ['10.10.0.31', '10.10.0.32']
    stage.happen({ kind: 'started', adopted: { conf: { priority: 254, claim: false, source: OWN_ADDRESS, peers, lists: ['a', 'b'], spec, vips: [] }, number: 254, founder: SELF, vrrpState: 'MASTER' } })
    stage.hear({ ...master, vrrpState: 'BACKUP', founder: SELF, number: 230, lists: [SELF] })
    stage.hear({ ...backup, id: 'c', address: '10.10.0.33', founder: SELF, number: 212, phase: 'joining', vrrpState: 'STOP', lists: ['a', SELF] })
    stage.pass(14_000)
    assert.ok(!stage.kinds().includes('apply'))
    if (isKnown) stage.hear({ ...backup, founder: SELF })
    stage.pass(4000)
    const conf = stage.effects.flatMap((effect) => effect.kind === 'apply' ? [effect.conf] : []).at(-1)
    assert.deepEqual(conf?.lists, isKnown ? ['a', 'b', 'c'] : ['a', 'c'])
    assert.deepEqual(conf?.peers, [...peers, '10.10.0.33'])
  }
})

test('an address that an adopted keepalived lists, and behind which nobody is known, stays listed until somebody is; and goes with the run', () => {
  const stage = openStage()
  const peers = ['10.10.0.31', '10.10.0.32', '10.10.0.66']
  stage.happen({ kind: 'started', adopted: { conf: { priority: 254, claim: false, source: OWN_ADDRESS, peers, lists: [], spec, vips: [] }, number: 254, founder: 'a', vrrpState: 'MASTER' } })
  for (const member of [{ ...master, vrrpState: 'BACKUP' as const, number: 240 }, backup]) stage.hear(member)
  stage.pass(5000)
  const confs = stage.effects.flatMap((effect) => effect.kind === 'apply' ? [effect.conf] : [])
  assert.deepEqual(confs.at(-1)?.lists, ['a', 'b'])
  for (const conf of confs) assert.deepEqual(conf.peers, peers)
  assert.deepEqual(stage.facts.keepalived.strangers, ['10.10.0.66'])

  stage.hear({ ...backup, id: 'c', address: '10.10.0.66', number: 210 })
  stage.pass(5000)
  assert.deepEqual(stage.facts.keepalived.strangers, [])

  const other = openStage()
  other.happen({ kind: 'started', adopted: { conf: { priority: 254, claim: false, source: OWN_ADDRESS, peers, lists: [], spec, vips: [] }, number: 254, founder: 'a', vrrpState: 'MASTER' } })
  other.happen({ kind: 'keepalivedStopped', asked: false, reason: 'killed' })
  assert.deepEqual(other.facts.keepalived.strangers, [])
})

test('the address of a member that does not answer may pass to another key, and never leaves the list', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' }, { kind: 'unlinked', id: 'b' })
  stage.pass(3000)
  stage.hear({ id: 'c', address: backup.address, phase: 'joining', vrrpState: 'STOP', number: 212, lists: [], founder: 'a' })
  stage.pass(1000)
  const states = Object.fromEntries(stage.core.status().members.map(({ id, state }) => [id, state]))
  assert.equal(states['b'], undefined)
  for (const effect of stage.effects) if (effect.kind === 'apply') assert.ok(effect.conf.peers.includes(backup.address))
})

test('an address that nobody was found at is not listed', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ id: 'x', address: '10.10.0.99', phase: 'joining', number: 128, vrrpState: 'STOP' }))] })
  stage.pass(3000)
  for (const effect of stage.effects) if (effect.kind === 'apply') assert.ok(!effect.conf.peers.includes('10.10.0.99'))
})

test('a MASTER that sees a stranger hold the VIP too says so, and the first BACKUP asks through the VIP more often', () => {
  const stranger = '02:00:00:00:00:99'
  const stage = running()
  const exchanges = (): number => stage.kinds().filter((kind) => kind === 'exchange').length
  stage.hear({ id: 'b', vrrpState: 'FAULT' })
  stage.pass(30_000)
  assert.ok(exchanges() <= 4)
  stage.hear({ id: 'a', rival: stranger })
  stage.effects.length = 0
  stage.pass(30_000)
  assert.ok(exchanges() >= 14, `${exchanges()} exchanges`)
  assert.match(stage.core.status().alarms.join(), new RegExp(stranger))

  stage.hear({ id: 'a', vrrpState: 'BACKUP', rival: null })
  stage.happen({ kind: 'vrrpState', state: 'MASTER' }, { kind: 'vipProbed', mac: stranger })
  assert.match(stage.core.status().alarms.join(), new RegExp(`${stranger}.*stop keepalived there`))
  const said = stage.effects.findLast((effect) => effect.kind === 'publish')
  assert.equal(said?.kind === 'publish' && said.claims[0]?.statement.kind === 'member' && said.claims[0].statement.rival, stranger)
  stage.happen({ kind: 'vipProbed', mac: null })
  assert.deepEqual(stage.core.status().alarms, [])
})

test('the first BACKUP of a group whose MASTER does not answer asks through the VIP more often', () => {
  const stage = running()
  stage.hear({ id: 'b', vrrpState: 'FAULT' })
  stage.happen({ kind: 'unlinked', id: 'a' })
  stage.pass(2000)
  stage.effects.length = 0
  stage.pass(30_000)
  const exchanges = stage.kinds().filter((kind) => kind === 'exchange').length
  assert.ok(exchanges >= 14, `${exchanges} exchanges`)
})

test('a BACKUP that cannot list a joiner stops before that passes it over', () => {
  const stage = running()
  stage.refuse('the disk is full')
  stage.hear({ id: 'c', address: '10.10.0.33', founder: 'a', number: 210, phase: 'joining', vrrpState: 'STOP', lists: ['a', 'b', SELF] })
  const beat = (): void => {
    stage.pass(100)
    stage.happen({ kind: 'message', from: 'b', message: { kind: 'beat', digest: '' } })
  }
  for (let waitedMs = 0; waitedMs < 7500; waitedMs += 100) beat()
  assert.ok(!stage.kinds().includes('stop'))
  for (let waitedMs = 7500; waitedMs < LAGGARD_MS - 500; waitedMs += 100) beat()
  assert.ok(stage.kinds().includes('stop'))
})

test('a joiner lists who died while it joined, on the word of those that list it', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: ['b', 'x'], peers: [backup.address, '10.10.0.99'] })
  stage.hear(backup)
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ id: 'x', address: '10.10.0.99', phase: 'joining', number: 230, vrrpState: 'STOP' }))] })
  const applied = stage.effects.findLast((effect) => effect.kind === 'apply')
  assert.ok(applied?.kind === 'apply' && applied.conf.lists.includes('x'))
})

test('a MASTER stops for a senior one only when that says now, when asked, that it is one', () => {
  for (const [answers, stops] of [[true, true], [false, false]] as const) {
    const stage = openStage()
    stage.happen({ kind: 'started', adopted: { conf: { priority: 230, claim: false, source: OWN_ADDRESS, peers: [master.address], lists: ['a'], spec, vips: [] }, number: 230, founder: 'a', vrrpState: 'MASTER' } })
    stage.hear({ ...master, lists: [SELF] })
    if (answers) stage.answerFor('a')
    for (let i = 0; i < 10; i++) {
      stage.pass(500)
      stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
    }
    assert.equal(stage.kinds().includes('stop'), stops)
  }
})

test('who comes back as a later run, known by way of others first, is not held for gone because its earlier run was', () => {
  const stage = running()
  stage.happen({ kind: 'unlinked', id: 'b' })
  for (let second = 0; second < 90; second++) {
    stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } }, { kind: 'addressProbed', askedAtMs: stage.nowMs(), address: backup.address, mac: null })
    stage.pass(1000)
  }
  assert.deepEqual(recordOfSelf(stage).gone, ['b'])
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(record({ ...backup, incarnation: 2, phase: 'joining', vrrpState: 'STOP' }))] })
  assert.deepEqual(recordOfSelf(stage).gone, [])
})

test('whom the conf drops that keepalived is being given is listed no more, be it not done yet', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.pass(1000)
  stage.holdConfs()
  stage.happen({ kind: 'claims', from: 'a', claims: [seal(tombstone({ id: 'b' }))] })
  stage.pass(1000)
  assert.deepEqual(recordOfSelf(stage).lists, ['a'])
  assert.deepEqual(recordOfSelf(stage).peers, [master.address])
})

function recordOfSelf ({ effects }: Stage): MemberRecord {
  const published = effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : [])
  const own = published.map(({ statement }) => statement).findLast((statement) => statement.kind === 'member' && statement.id === SELF)
  assert.ok(own?.kind === 'member')
  return own
}

test('whoever has most of its group out of sight unlists nobody, not even who said farewell', () => {
  for (const [seen, listed] of [[true, false], [false, true]] as const) {
    const stage = running()
    stage.answerFor('a')
    stage.happen({ kind: 'vrrpState', state: 'MASTER' })
    stage.hear({ id: 'a', vrrpState: 'BACKUP' })
    if (!seen) {
      stage.hear({ id: 'x', address: '10.10.0.41', number: 230, vrrpState: 'BACKUP', founder: 'a', lists: [] })
      stage.happen({ kind: 'unlinked', id: 'a' }, { kind: 'unlinked', id: 'x' })
    }
    stage.pass(3000)
    stage.happen({ kind: 'claims', from: 'b', claims: [seal(tombstone({ id: 'b' }))] })
    for (let second = 0; second < 10; second++) {
      if (seen) stage.happen({ kind: 'message', from: 'a', message: { kind: 'beat', digest: '' } })
      stage.pass(1000)
    }
    const applied = stage.effects.findLast((effect) => effect.kind === 'apply')
    assert.equal(applied?.kind === 'apply' && applied.conf.lists.includes('b'), listed)
  }
})

test('whoever claimed, was MASTER for a moment and lost joins anew at once: at 255 it would take the VIP back, at its number perhaps too', () => {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: { conf: { priority: 255, claim: true, source: OWN_ADDRESS, peers: [master.address], lists: ['a'], spec, vips: [] }, number: 230, founder: SELF, vrrpState: 'MASTER' } })
  assert.ok(!stage.kinds().includes('stop'))
  stage.happen({ kind: 'vrrpState', state: 'BACKUP' })
  assert.ok(stage.kinds().includes('stop'))
})

test('a MASTER that is told to stop just after a BACKUP reloaded sends one more advert at its full priority', () => {
  const stage = running()
  stage.happen({ kind: 'vrrpState', state: 'MASTER' })
  stage.hear({ id: 'a', vrrpState: 'BACKUP' })
  stage.pass(5000)
  stage.hear({ id: 'b', lists: ['a', SELF, 'x'] })
  stage.pass(300)
  stage.happen({ kind: 'command', command: { kind: 'stop' } })
  stage.pass(700)
  assert.ok(!stage.kinds().includes('lower'))
  stage.pass(200)
  assert.ok(stage.kinds().includes('lower'))
})

test('a BACKUP does not reload while the MASTER makes way', () => {
  const stage = running()
  stage.hear({ id: 'a', phase: 'leaving' })
  stage.hear({ id: 'x', address: '10.10.0.33', founder: 'a', number: 200, phase: 'joining', vrrpState: 'STOP' })
  stage.pass(3000)
  assert.ok(!stage.kinds().includes('apply'))
  stage.hear({ id: 'a', phase: 'active' })
  stage.pass(1000)
  assert.ok(stage.kinds().includes('apply'))
})
