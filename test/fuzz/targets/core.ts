/**
 * A member among others that say whatever the grammar lets them say, in any order: each line of the input is one event.
 * Nothing of it may end the agent, be told on in a form that others refuse, have a peer listed out of reach, or keep the
 * core busy: there is one timer, always armed, and never for now.
 */
import assert from 'node:assert/strict'
import { coreOn } from '../../../src/core/core.ts'
import type { Effect } from '../../../src/core/effect.ts'
import type { Conf, Happening } from '../../../src/core/event.ts'
import { createFacts } from '../../../src/core/facts.ts'
import type { Claim, Statement } from '../../../src/core/record.ts'
import { MEMBERS_MAX } from '../../../src/core/room.ts'
import { defectOf, statementIn } from '../../../src/mesh/statement.ts'
import { jsonIn } from '../../../src/mesh/sealing.ts'
import { recordOf } from '../../mesh/host.ts'
import { ids } from '../signed.ts'
import type { Target } from '../target.ts'

const [self = '', a = '', b = '', c = ''] = ids
const envelope = { payload: '', signature: '' }
const base = recordOf('', '10.10.0.31')
const spec = base.spec === null ? null : { ...base.spec, virtualIpaddress: '10.10.0.2/24', authPass: 'pwd51' }
const master = { ...base, id: a, founder: a, number: 254, vrrpState: 'MASTER', phase: 'active', lists: [b, self], peers: ['10.10.0.21', '10.10.0.32'], appliedPriority: 254, spec, proposed: spec }
const backup = { ...master, id: b, address: '10.10.0.32', number: 252, vrrpState: 'BACKUP', lists: [a, self], peers: ['10.10.0.21', '10.10.0.31'] }
const buried = { kind: 'tombstone', id: self, incarnation: 1, departure: 'removed', issuer: a, serial: 1 }
const story = (...lines: readonly unknown[]): string => lines.map((line) => JSON.stringify(line)).join('\n')

export const core: Target = {
  name: 'core',
  isStory: true,
  batch: 16,
  alike: [
    ids.slice(0, 5),
    ['10.10.0.21', '10.10.0.31', '10.10.0.32', '10.10.0.33', '10.10.0.2', '192.0.2.1', 'fd00::7'],
    ['discovering', 'joining', 'active', 'leaving', 'standby', 'blocked'],
    ['MASTER', 'BACKUP', 'FAULT', 'STOP'],
    ['left', 'removed', 'forgotten', 'superseded'],
    ['linked', 'unlinked', 'beat', 'inventory', 'doubt', 'ask', 'answer', 'vip', 'state', 'stop', 'wait', 'died', 'refuse', 'address', 'forget', 'adverts', 'priority', 'exchange', 'gossip', 'foreign', 'probed']
  ],
  words: ['\n', ...ids.slice(0, 4), '"linked"', '"unlinked"', '"beat"', '"ask"', '"dial"', '"vip"', '"wait"', '10.10.0.2', '10.10.0.21', '192.0.2.1', '127.0.0.1', '"MASTER"', '"leaving"', '"blocked"', '281474976710656', JSON.stringify(master), JSON.stringify(backup), JSON.stringify(buried)],
  seeds: [
    story(['linked', a], master, ['linked', b], backup, ['wait', 500], ['answer', a], ['answer', b], ['wait', 1000], master, ['wait', 3000]),
    story(['linked', a], master, buried, ['wait', 500], ['unlinked', a], ['wait', 70_000]),
    story(['vip', null], ['wait', 12_000], ['state', 'MASTER'], ['linked', c], { ...backup, id: c, founder: c, number: 254, vrrpState: 'MASTER' }, ['vip', '02:00:00:00:00:99'], ['wait', 20_000], ['stop']),
    story(['linked', a], master, ['linked', b], backup, ['answer', a], ['answer', b], ['refuse', true], ['wait', 12_000], ['refuse', false], ['died', null], ['address', null], ['wait', 4000], ['address', a], ['gossip', { ...backup, id: c, address: '10.10.0.33' }], ['adverts', 3], ['forget', c]),
    story(['linked', a], { ...master, spec: { ...spec, advertInt: 2, epoch: 7 }, proposed: null, vips: ['10.10.0.3/32'] }, ['wait', 5000], { ...master, id: self, incarnation: 9, address: '10.10.0.77' }, ['wait', 500])
  ],
  run (input) {
    const play = createPlay()
    for (const line of input.toString().split('\n').slice(0, 24)) play(jsonIn(line))
  }
}

const held = [{ address: '10.10.0.21', prefixLength: 24, link: 'eth0 2' }] as const

/** Timers that fall due in one wait; the rest is slept through. */
const timersMax = 40

/** One core, and a keepalived that does what it is told, or refuses each conf. */
function createPlay (): (line: unknown) => void {
  const facts = createFacts({
    id: self, address: '10.10.0.21', mac: null, link: 'eth0 2', held, port: 11251, pinned: null, software: '0',
    spec, vips: ['10.10.0.2/24'], isAuthPassSet: true, passwords: new Map([['ab12', 'pwd51']]), hasSecret: true, asksVip: true, staticPeers: [], incarnation: 1, memory: null, unlistMs: 60_000
  }, {
    seal: <S extends Statement>(statement: S) => {
      assert.equal(defectOf(statement), null, 'this host says what others refuse')
      return { statement, envelope }
    },
    random: () => 0
  })
  const subject = coreOn(facts)
  let nowMs = 1000
  let timerAtMs = Number.POSITIVE_INFINITY
  let asked = 0
  let refuses = false

  function happen (happening: Happening): void {
    const effects = subject.step({ ...happening, atMs: nowMs })
    const timers = effects.filter((effect) => effect.kind === 'timer')
    assert(timers.length <= 1, 'two timers of one step')
    timerAtMs = timers[0]?.atMs ?? timerAtMs
    assert(timers.every(({ atMs }) => atMs > nowMs) && timerAtMs < Number.POSITIVE_INFINITY, 'no timer is armed, or one for now')
    for (const effect of effects) perform(effect)
    assert(facts.table.members.size <= MEMBERS_MAX, 'a table beyond its bound')
  }

  function perform (effect: Effect): void {
    if (effect.kind === 'send' && effect.message.kind === 'ask') asked = effect.message.nonce
    if (effect.kind === 'apply' || effect.kind === 'prepare') assertPeers(effect.conf)
    const answer = answerTo(effect, refuses)
    if (answer !== null) happen(answer)
  }

  /** A machine that is busy may let some of them go by. */
  function wait (ms: number): void {
    const untilMs = nowMs + ms
    for (let times = 0; timerAtMs <= untilMs && times < timersMax; times++) {
      nowMs = Math.max(nowMs, timerAtMs)
      timerAtMs = Number.POSITIVE_INFINITY
      happen({ kind: 'timer' })
    }
    nowMs = untilMs
  }

  happen({ kind: 'started', adopted: null })
  return (line) => {
    const claim = claimIn(line)
    if (claim !== null) return happen({ kind: 'message', from: a, message: { kind: 'table', claims: [claim], spread: true } })
    if (!Array.isArray(line)) return
    const [word, about]: readonly unknown[] = line
    const id = ids.find((known) => known === about) ?? a
    const address = about === b ? '10.10.0.32' : '10.10.0.31'
    switch (word) {
      case 'linked': return happen({ kind: 'linked', id, address, port: 11251, dialled: true })
      case 'unlinked': return happen({ kind: 'unlinked', id })
      case 'beat': return happen({ kind: 'message', from: id, message: { kind: 'beat', digest: '' } })
      case 'inventory': return happen({ kind: 'message', from: id, message: { kind: 'inventory', digests: ['0123456789abcd'], reply: about === b } })
      case 'doubt': return happen({ kind: 'message', from: id, message: { kind: 'doubt', about: b } })
      case 'ask': return happen({ kind: 'message', from: id, message: { kind: 'ask', nonce: 1, about: b } })
      case 'answer': return happen({ kind: 'message', from: id, message: { kind: 'answer', nonce: asked, about: null, alive: true, claim: null } })
      case 'exchange': return happen({ kind: 'exchange', exchange: 1, from: id, claims: [] })
      case 'gossip': return happen({ kind: 'claims', from: id, claims: [claimIn(about)].filter((told) => told !== null) })
      case 'refuse': refuses = about !== false; return
      case 'died': return happen({ kind: 'keepalivedStopped', asked: false, reason: 'killed' })
      case 'address': return happen({ kind: 'address', address: about === null ? null : '10.10.0.21', mac: null, link: about === null ? null : 'eth0 2', held: about === null ? [] : held })
      case 'forget': return happen({ kind: 'command', command: { kind: 'forget', id } })
      case 'adverts': return happen({ kind: 'adverts', received: wholeIn(about, 2 ** 32) })
      case 'priority': return happen({ kind: 'effectivePriority', priority: wholeIn(about, 255) })
      case 'foreign': return happen({ kind: 'foreignAdvert', difference: null, from: address })
      case 'probed': return happen({ kind: 'addressProbed', address, askedAtMs: nowMs, mac: about === null ? null : '02:00:00:00:00:98' })
      case 'vip': return happen({ kind: 'vipProbed', mac: about === null ? null : '02:00:00:00:00:99' })
      case 'state': return happen({ kind: 'vrrpState', state: about === 'MASTER' ? 'MASTER' : 'BACKUP' })
      case 'stop': return happen({ kind: 'command', command: { kind: 'stop' } })
      case 'wait': return wait(typeof about === 'number' ? Math.min(100_000, Math.max(0, about)) : 100)
      default:
    }
  }
}

/** As the readers of the fifo and of the statistics let it through. */
function wholeIn (about: unknown, max: number): number {
  return typeof about === 'number' ? Math.max(0, Math.min(max, Math.trunc(about))) : 1
}

/** A world in which all that is asked for is done at once, and nobody is where he says. */
function answerTo (effect: Effect, refuses: boolean): Happening | null {
  if (effect.kind === 'apply') return refuses ? { kind: 'applyFailed', conf: effect.conf, reason: 'the disk is full' } : { kind: 'applied', conf: effect.conf }
  if (effect.kind === 'prepare') return refuses ? { kind: 'prepareFailed', conf: effect.conf, reason: 'the disk is full' } : { kind: 'prepared', conf: effect.conf }
  if (effect.kind === 'start') return { kind: 'keepalivedStarted' }
  if (effect.kind === 'stop') return { kind: 'keepalivedStopped', asked: true, reason: '' }
  if (effect.kind === 'probeVip') return { kind: 'vipProbed', mac: null }
  if (effect.kind === 'verify' || effect.kind === 'dial') return { kind: 'dialFailed', address: effect.address, port: effect.port, failure: 'unreachable' }
  return null
}

function assertPeers ({ peers }: Conf): void {
  for (const peer of peers) assert(/^10\.10\.0\.\d+$/.test(peer) && peer !== '10.10.0.2' && peer !== '10.10.0.21', `${peer} is no peer of this host`)
}

function claimIn (line: unknown): Claim | null {
  const statement = statementIn(line)
  return statement === null ? null : { statement, envelope }
}
