/**
 * One core on a stage: the test plays everybody else. What the core asks of keepalived is done at once; what it asks of
 * others is kept for the test to answer, or not.
 */
import { coreOn } from '../../src/core/core.ts'
import type { Core, CoreOptions } from '../../src/core/core.ts'
import type { Effect } from '../../src/core/effect.ts'
import type { Conf, Happening } from '../../src/core/event.ts'
import { createFacts } from '../../src/core/facts.ts'
import type { Facts } from '../../src/core/facts.ts'
import type { Message } from '../../src/core/message.ts'
import type { MemberRecord } from '../../src/core/record.ts'
import { record, seal, spec } from './records.ts'

export const SELF = 'm'
export const OWN_ADDRESS = '10.10.0.21'

export interface Stage {
  readonly core: Core
  /** All that it knows; to look at. */
  readonly facts: Facts
  /** Everything asked for so far, timers apart. */
  readonly effects: Effect[]
  readonly happen: (...happenings: Happening[]) => void
  /** Lets time pass, with every timer that falls due; `lagged`: this process did not run meanwhile. */
  readonly pass: (ms: number, options?: { readonly lagged?: boolean }) => void
  /** A member says this of itself, over a stream of its own. */
  readonly hear: (about: Partial<MemberRecord> & Pick<MemberRecord, 'id'>) => void
  /** Answers every open question to that member, and keeps doing so. */
  readonly answerFor: (id: string) => void
  /** Whoever answers for itself passes questions about that one on, with what comes back. */
  readonly vouchFor: (id: string) => void
  /** It answers no more. */
  readonly silence: (id: string) => void
  /** keepalived does not stop from now on. */
  readonly hang: () => void
  /** Each conf is refused from now on; null: no longer. */
  readonly refuse: (reason: string | null) => void
  readonly nowMs: () => number
  /** From now on a conf that is to be applied takes for ever. */
  readonly holdConfs: () => void
  readonly kinds: () => string[]
  /** How many timers have fallen due so far. */
  readonly timers: () => number
}

export function openStage (options: Partial<CoreOptions> = {}): Stage {
  const facts = createFacts({
    id: SELF, address: OWN_ADDRESS, mac: '02:00:00:00:00:10', link: 'eth0 2', held: [{ address: OWN_ADDRESS, prefixLength: 24, link: 'eth0 2' }], port: 11251, pinned: null, software: '0', spec, vips: ['10.10.0.2/24'], isAuthPassSet: true, passwords: new Map([['a', 'pwd51']]), hasSecret: false, asksVip: true,
    staticPeers: [], incarnation: 1, memory: null, unlistMs: 60_000, ...options
  }, { seal, random: () => 0 })
  const core = coreOn(facts)
  const effects: Effect[] = []
  const records = new Map<string, MemberRecord>()
  const talkative = new Set<string>()
  const vouched = new Set<string>()
  let nowMs = 1000
  let holdsConfs = false
  let refusal: string | null = null
  let timerAtMs = Number.POSITIVE_INFINITY
  let timers = 0
  let isHung = false

  function happen (...happenings: Happening[]): void {
    for (const happening of happenings) for (const effect of core.step({ ...happening, atMs: nowMs })) perform(effect)
  }

  function perform (effect: Effect): void {
    if (effect.kind === 'timer') {
      timerAtMs = effect.atMs
      return
    }
    effects.push(effect)
    if (effect.kind === 'apply' && !holdsConfs) happen(refusal === null ? { kind: 'applied', conf: effect.conf } : { kind: 'applyFailed', conf: effect.conf, reason: refusal })
    if (effect.kind === 'prepare') happen(refusal === null ? { kind: 'prepared', conf: effect.conf } : { kind: 'prepareFailed', conf: effect.conf, reason: refusal })
    if (effect.kind === 'start') happen({ kind: 'keepalivedStarted' })
    if (effect.kind === 'stop' && !isHung) happen({ kind: 'keepalivedStopped', asked: true, reason: '' })
    if (effect.kind === 'verify') verify(effect.address)
    if (effect.kind === 'send' && effect.message.kind === 'ask' && talkative.has(effect.to)) answer(effect.to, effect.message)
  }

  function verify (address: string): void {
    const found = [...records.values()].find((one) => one.address === address)
    if (found !== undefined) happen({ kind: 'verified', id: found.id, address, port: found.port })
  }

  function answer (from: string, { nonce, about }: Extract<Message, { kind: 'ask' }>): void {
    const said = about === null || vouched.has(about) ? records.get(about ?? from) : undefined
    if (said === undefined) return
    nowMs += 1
    happen({ kind: 'message', from, message: { kind: 'answer', nonce, about, alive: true, claim: seal(said) } })
  }

  return {
    core,
    facts,
    effects,
    happen,
    pass (ms, { lagged = false } = {}) {
      const untilMs = nowMs + ms
      if (lagged) {
        nowMs = untilMs
        return happen({ kind: 'timer' })
      }
      for (let dueAtMs = timerAtMs; dueAtMs <= untilMs; dueAtMs = timerAtMs) {
        nowMs = Math.max(nowMs, dueAtMs)
        timerAtMs = Number.POSITIVE_INFINITY
        timers++
        happen({ kind: 'timer' })
      }
      nowMs = Math.max(nowMs, untilMs)
    },
    hear (about) {
      const before = records.get(about.id)
      const peers = about.lists?.map((id) => id === SELF ? OWN_ADDRESS : records.get(id)?.address ?? 'unknown').toSorted()
      const said = { ...record(before ?? about), ...peers !== undefined && { peers }, ...about, sequence: (before?.sequence ?? 0) + 1 }
      records.set(about.id, said)
      if (before === undefined) happen({ kind: 'linked', id: about.id, address: said.address, port: said.port, dialled: true })
      happen({ kind: 'message', from: about.id, message: { kind: 'table', claims: [seal(said)], spread: false } })
    },
    refuse (reason) { refusal = reason },
    nowMs: () => nowMs,
    holdConfs () { holdsConfs = true },
    answerFor (id) { talkative.add(id) },
    vouchFor (id) { vouched.add(id) },
    silence (id) { talkative.delete(id) },
    hang () { isHung = true },
    kinds: () => effects.map(({ kind }) => kind),
    timers: () => timers
  }
}

/** What it last told of itself. */
export function ownRecord ({ effects }: Stage): MemberRecord {
  const told = effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : []).map(({ statement }) => statement)
  const own = told.findLast((statement) => statement.kind === 'member' && statement.id === SELF)
  if (own?.kind !== 'member') throw new Error('it has told nothing of itself')
  return own
}

/** Every conf that it has asked for. */
export function confs ({ effects }: Stage): readonly Conf[] {
  return effects.flatMap((effect) => effect.kind === 'apply' ? [effect.conf] : [])
}
