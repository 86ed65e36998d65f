import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCore } from '../../src/core/core.ts'
import type { CoreOptions } from '../../src/core/core.ts'
import type { Effect } from '../../src/core/effect.ts'
import { joining } from './group.ts'
import { seal, spec } from './records.ts'

const options: CoreOptions = {
  id: 'a', address: '10.10.0.21', mac: '02:00:00:00:00:01', link: 'eth0 2', held: [{ address: '10.10.0.21', prefixLength: 24, link: 'eth0 2' }], port: 11251, pinned: null, software: '0', spec, vips: ['10.10.0.2/24'],
  isAuthPassSet: true, passwords: new Map([['a', 'pwd51']]), hasSecret: false, asksVip: true,
  staticPeers: [], incarnation: 1, memory: null, unlistMs: 60_000
}

const timersIn = (effects: readonly Effect[]): number[] => effects.flatMap((effect) => effect.kind === 'timer' ? [effect.atMs] : [])

const dialled = (effects: readonly Effect[]): readonly string[] => effects.flatMap((effect) => effect.kind === 'dial' ? [effect.address] : [])

const toldIn = (effects: readonly Effect[]): Array<number | null> => effects.flatMap((effect) => effect.kind === 'publish' ? effect.claims : [])
  .flatMap(({ statement }) => statement.kind === 'member' ? [statement.effectivePriority] : [])

test('a timer that goes off a fraction early is asked for again', () => {
  const core = createCore(options, { seal, random: () => 0 })
  const [firstAtMs = Number.NaN] = timersIn(core.step({ kind: 'started', adopted: null, atMs: 0 }))
  const [secondAtMs = Number.NaN] = timersIn(core.step({ kind: 'timer', atMs: firstAtMs - 0.4 }))
  assert.ok(secondAtMs >= firstAtMs - 0.4 && secondAtMs <= firstAtMs + 1, `${secondAtMs} for ${firstAtMs}`)
})

test('there is always a next timer', () => {
  const core = createCore(options, { seal, random: () => 0 })
  let [nextAtMs] = timersIn(core.step({ kind: 'started', adopted: null, atMs: 0 }))
  for (let i = 0; i < 200; i++) {
    assert.ok(nextAtMs !== undefined && Number.isFinite(nextAtMs))
    ;[nextAtMs] = timersIn(core.step({ kind: 'timer', atMs: nextAtMs }))
  }
})

test('what has come at one instant is taken in event by event, and judged once', () => {
  const stepwise = createCore(options, { seal, random: () => 0 })
  const atOnce = createCore(options, { seal, random: () => 0 })
  for (const core of [stepwise, atOnce]) core.step({ kind: 'started', adopted: null, atMs: 0 })
  const found = ['10.10.0.31', '10.10.0.32'].map((address) => ({ kind: 'found', address, port: 11251, source: 'mdns', atMs: 10 } as const))
  const changed = [100, 90, 80].map((priority) => ({ kind: 'effectivePriority', priority, atMs: 10 } as const))
  const [first, ...rest] = [...found, ...changed]
  assert(first !== undefined)
  const one = [first, ...rest].flatMap((event) => stepwise.step(event))
  const all = atOnce.step(first, ...rest)
  assert.deepEqual(dialled(all), dialled(one))
  assert.equal(dialled(all).length, 2)
  assert.deepEqual([toldIn(one), toldIn(all)], [[100, 90, 80], [80]])
})

test('a host without an address says what it waits for', () => {
  const core = createCore(options, { seal, random: () => 0 })
  core.step({ kind: 'started', adopted: null, atMs: 0 })
  core.step({ kind: 'address', address: null, mac: null, link: null, held: [], atMs: 1 })
  assert.equal(core.status().waitingFor, 'a source address')
})

test('the VIP is asked for the group only where that way of finding it is wanted', () => {
  for (const asksVip of [true, false]) {
    const core = createCore({ ...options, asksVip }, { seal, random: () => 0 })
    const effects = core.step({ kind: 'started', adopted: null, atMs: 0 })
    assert.equal(effects.some(({ kind }) => kind === 'exchange'), asksVip)
  }
})

test('a member that stays lost beyond the time for its removal costs a timer now and then, not one each millisecond', () => {
  const stage = joining()
  // Who says nothing more is lost; nobody answers at its address, and no majority says that it is gone.
  stage.pass(120_000)
  assert.ok(stage.core.status().members.some(({ state }) => state === 'lost'))
  const before = stage.timers()
  stage.pass(60_000)
  assert.ok(stage.timers() - before < 600, `${stage.timers() - before} timers in a minute`)
})
