/** What was measured of keepalived 2.2.7 on fail-over and priorities, row by row, held against the machine. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { A, B, C, HELD_BY_A, HELD_BY_B, confOf, createBench, near, reload, three } from './bench.ts'
import { effectivePriorityOf, masterDownMs } from './vrrp.ts'

describe('failing over', () => {
  test('a MASTER that stops sends priority 0: 0.26 s at 190, 13 ms at 253', () => {
    for (const [priority, min, max] of [[190, 250, 270], [253, 10, 14]] as const) {
      const bench = createBench()
      bench.start(confOf(A, 254, [B]))
      bench.start(confOf(B, priority, [A]))
      bench.run(8300)
      bench.gapMs()
      bench.give(A, { kind: 'stop' })
      bench.run(5000)
      near(bench.gapMs(), min, max)
    }
  })

  for (const [advertIntMs, min, max] of [[1000, 2200, 3300], [300, 680, 980], [200, 450, 650], [100, 225, 330]] as const) {
    test(`a MASTER that falls silent, at ${advertIntMs} ms: ${min} … ${max} ms`, () => {
      for (let phase = 0; phase < 10; phase++) {
        const bench = createBench()
        bench.start(confOf(A, 200, [B], { advertIntMs }))
        bench.start(confOf(B, 190, [A], { advertIntMs }))
        bench.run(10_000 + phase * advertIntMs / 10)
        bench.gapMs()
        bench.kill(A, 'goes')
        bench.run(5000)
        near(bench.gapMs(), min, max)
      }
    })
  }

  test('a vrrp child that comes back at its own priority takes the VIP back', () => {
    const bench = three()
    bench.kill(A, 'goes')
    bench.run(30)
    bench.start(confOf(A, 200, [B, C]))
    bench.run(3100)
    assert.deepEqual(bench.holders(), HELD_BY_B)
    bench.run(200)
    assert.deepEqual(bench.holders(), HELD_BY_A)
  })

  test('255 with state MASTER: MASTER at once, and a reload to 254 is no event', () => {
    const bench = createBench()
    bench.start(confOf(B, 190, [A]))
    bench.start(confOf(A, 255, [B], { claim: true }))
    bench.run(10)
    assert.deepEqual(bench.holders(), HELD_BY_A)
    const before = bench.moves().length
    reload(bench, confOf(A, 254, [B]))
    bench.run(10_000)
    assert.equal(bench.moves().length, before)
  })
})

describe('priority', () => {
  test('equal: the MASTER stays', () => {
    const bench = createBench()
    bench.start(confOf(A, 200, [B]))
    bench.run(5000)
    bench.start(confOf(B, 200, [A]))
    bench.run(20_000)
    assert.deepEqual(bench.holders(), HELD_BY_A)
  })

  test('two MASTERs of one priority: the higher address wins, and tells the switches', () => {
    const bench = createBench()
    bench.start(confOf(A, 200, ['192.0.2.1']))
    bench.start(confOf(B, 200, ['192.0.2.1']))
    bench.run(5000)
    assert.equal(bench.holders().length, 2)
    const before = bench.garps()
    reload(bench, confOf(A, 200, [B]))
    reload(bench, confOf(B, 200, [A]))
    bench.run(1100)
    assert.deepEqual(bench.holders(), HELD_BY_B)
    assert.ok(bench.garps() > before)
  })

  test('two MASTERs: the higher priority wins within an advert', () => {
    const bench = three()
    reload(bench, confOf(A, 200, [C]))
    bench.run(5000)
    reload(bench, confOf(A, 200, [B, C]))
    bench.run(1000)
    assert.deepEqual(bench.holders(), HELD_BY_A)
  })

  test('clamped to 1 … 254, but 255 ignores every weight', () => {
    assert.equal(effectivePriorityOf({ conf: confOf(A, 100, []), weight: -127 }), 1)
    assert.equal(effectivePriorityOf({ conf: confOf(A, 255, []), weight: -127 }), 255)
  })

  test('lowered on a MASTER by a track file: moved within 3.3 s, nothing lost', () => {
    const bench = three()
    bench.give(A, { kind: 'weight', weight: -50 })
    bench.run(3300)
    assert.deepEqual(bench.holders(), HELD_BY_B)
    assert.equal(bench.gapMs(), 0)
  })

  test('a running timer moves with the weight', () => {
    const bench = three()
    const before = bench.vrrp(B)
    bench.give(B, { kind: 'weight', weight: -127 })
    const after = bench.vrrp(B)
    assert.ok(before !== undefined && after !== undefined)
    assert.equal(after.timerAtMs - before.timerAtMs, masterDownMs(after) - masterDownMs(before))
  })

  test('a source address that the host lacks: FAULT, until a reload finds it', () => {
    const bench = three()
    bench.give(A, { kind: 'reload', conf: confOf(A, 200, [B, C]), hasSource: false })
    assert.equal(bench.vrrp(A)?.state, 'FAULT')
    bench.run(10_000)
    assert.deepEqual(bench.holders(), HELD_BY_B)
    reload(bench, confOf(A, 200, [B, C]))
    bench.run(4000)
    assert.deepEqual(bench.holders(), HELD_BY_A)
  })
})
