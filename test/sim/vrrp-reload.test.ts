/** What was measured of keepalived 2.2.7 on reloads and joins, row by row, held against the machine. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { A, B, C, HELD_BY_A, HELD_BY_B, confOf, createBench, near, reload, three } from './bench.ts'
import type { VrrpConf } from './vrrp.ts'

describe('a change on the MASTER alone', () => {
  const harmless: ReadonlyArray<readonly [what: string, conf: VrrpConf]> = [
    ['nothing', confOf(A, 200, [B, C])],
    ['one more peer', confOf(A, 200, [B, C, '10.10.0.24'])],
    ['higher priority', confOf(A, 220, [B, C])],
    ['lower priority, still the highest', confOf(A, 195, [B, C])],
  ]
  for (const [what, conf] of harmless) {
    test(`${what}: nothing at all`, () => {
      const bench = three()
      const before = bench.moves().length
      reload(bench, conf)
      bench.run(10_000)
      assert.equal(bench.moves().length, before)
    })
  }

  test('a living peer dropped: it is MASTER too after 3.3 s, until listed', () => {
    const bench = three()
    reload(bench, confOf(A, 200, [C]))
    bench.run(2100)
    assert.deepEqual(bench.holders(), HELD_BY_A)
    bench.run(1200)
    assert.deepEqual(bench.holders(), [...HELD_BY_A, ...HELD_BY_B])
    bench.run(60_000)
    assert.deepEqual(bench.holders(), [...HELD_BY_A, ...HELD_BY_B], 'without end')
    reload(bench, confOf(A, 200, [B, C]))
    bench.run(10)
    assert.deepEqual(bench.holders(), HELD_BY_A)
  })

  test('priority below a BACKUP\'s: moved within 3.3 s, nothing lost', () => {
    const bench = three()
    reload(bench, confOf(A, 185, [B, C]))
    bench.run(3300)
    assert.deepEqual(bench.holders(), HELD_BY_B)
    assert.equal(bench.gapMs(), 0)
  })

  test('another password: a BACKUP is MASTER too within 3.3 s, for good', () => {
    const bench = three()
    reload(bench, confOf(A, 200, [B, C], { spec: 'other' }))
    bench.run(60_000)
    assert.deepEqual(bench.holders(), [...HELD_BY_A, ...HELD_BY_B])
  })

  test('another password on all hosts within 3 s: nothing', () => {
    const bench = three()
    const before = bench.moves().length
    reload(bench, confOf(B, 190, [A, C], { spec: 'other' }))
    bench.run(1000)
    reload(bench, confOf(C, 180, [A, B], { spec: 'other' }))
    bench.run(1000)
    reload(bench, confOf(A, 200, [B, C], { spec: 'other' }))
    bench.run(60_000)
    assert.equal(bench.moves().length, before)
  })

  test('VIP replaced: the old one is gone for up to 3.3 s', () => {
    const bench = three()
    reload(bench, confOf(A, 200, [B, C], { vip: '10.10.0.3' }))
    bench.run(60_000)
    near(bench.gapMs('10.10.0.2'), 2200, 3300)
  })

  test('no peers (multicast), then peers: gone for 3.2 s; from a placeholder: nothing', () => {
    const bench = createBench()
    bench.start(confOf(A, 200, []))
    bench.run(5000)
    bench.gapMs()
    reload(bench, confOf(A, 200, [B]))
    bench.run(5000)
    near(bench.gapMs(), 3200, 3250)
    reload(bench, confOf(A, 200, ['192.0.2.1']))
    reload(bench, confOf(A, 200, [B]))
    bench.run(5000)
    assert.equal(bench.gapMs(), 0)
  })

  test('another source address: two moves', () => {
    const bench = three()
    const before = bench.moves().length
    bench.give(A, { kind: 'reload', conf: confOf('10.10.0.99', 200, [B, C]), hasSource: true })
    bench.run(10_000)
    assert.deepEqual(bench.moves().slice(before).map(move => move.split(' ').slice(1).join(' ')), [`- ${A}`, `+ ${B}`, `+ ${A}`, `- ${B}`])
  })
})

describe('a reload on a BACKUP', () => {
  test('is not seen', () => {
    const bench = three()
    const before = bench.moves().length
    reload(bench, confOf(B, 195, [A]))
    bench.run(10_000)
    assert.equal(bench.moves().length, before)
  })

  test('above the MASTER\'s priority: preempts after 3.2 s, nothing lost', () => {
    const bench = three()
    reload(bench, confOf(B, 210, [A, C]))
    bench.run(3100)
    assert.deepEqual(bench.holders(), HELD_BY_A)
    bench.run(100)
    assert.deepEqual(bench.holders(), HELD_BY_B)
    assert.equal(bench.gapMs(), 0)
  })

  test('each second keeps a dead MASTER\'s VIP down for as long as it goes on', () => {
    const bench = three()
    bench.kill(A, 'goes')
    for (let second = 0; second < 9; second++) {
      reload(bench, confOf(B, 190, [A, C]))
      reload(bench, confOf(C, 180, [A, B]))
      bench.run(1000)
    }
    assert.deepEqual(bench.holders(), [])
    bench.run(3300)
    assert.deepEqual(bench.holders(), HELD_BY_B)
  })
})

describe('joining', () => {
  test('a host that the MASTER does not list makes itself MASTER, until a reload lists it', () => {
    const bench = createBench()
    bench.start(confOf(A, 200, ['192.0.2.1']))
    bench.run(5000)
    bench.start(confOf(B, 170, [A]))
    bench.run(3300)
    assert.deepEqual(bench.holders(), HELD_BY_A)
    bench.run(60)
    assert.deepEqual(bench.holders(), [...HELD_BY_A, ...HELD_BY_B])
    bench.run(60_000)
    assert.deepEqual(bench.holders(), [...HELD_BY_A, ...HELD_BY_B])
    reload(bench, confOf(A, 200, [B]))
    bench.run(10)
    assert.deepEqual(bench.holders(), HELD_BY_A)
  })

  test('with a higher priority it takes over', () => {
    const bench = createBench()
    bench.start(confOf(A, 200, ['192.0.2.1']))
    bench.run(5000)
    bench.start(confOf(B, 250, [A]))
    bench.run(3100)
    assert.deepEqual(bench.holders(), HELD_BY_B)
  })

  test('listed everywhere first: no event', () => {
    const bench = three()
    const before = bench.moves().length
    reload(bench, confOf(A, 200, [B, C, '10.10.0.24']))
    reload(bench, confOf(B, 190, [A, C, '10.10.0.24']))
    reload(bench, confOf(C, 180, [A, B, '10.10.0.24']))
    bench.start(confOf('10.10.0.24', 170, [A, B, C]))
    bench.run(30_000)
    assert.equal(bench.moves().length, before)
  })

  test('if B lacks C, both become MASTER when A stops', () => {
    const bench = three()
    reload(bench, confOf(B, 190, [A]))
    bench.give(A, { kind: 'stop' })
    bench.run(5000)
    assert.deepEqual(bench.holders(), [...HELD_BY_B, `${C}=10.10.0.2`])
  })
})
