/** Scripts are data: drawn from a seed, cut down, shrunk, all without playing anything. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { array, assert as holds, integer, nat, property, record } from 'fast-check'
import { replayOf } from './swarm/outcome.ts'
import { ROLL_OUTS } from './swarm/faults.ts'
import { cutDown, drawScript, faultNamed, type Script } from './swarm/script.ts'
import { minimal, shrunk } from './swarm/shrink.ts'

const draws = record({ seed: integer({ min: 0, max: 100_000 }), hosts: integer({ min: 3, max: 15 }), minutes: integer({ min: 1, max: 20 }) })

function has ({ acts }: Script, number: number): boolean {
  return acts.some(act => act.number === number)
}

describe('a script', () => {
  test('is the same for the same seed, sorted, numbered, and within what its faults ask for', () => {
    holds(property(draws, (draw) => {
      const script = drawScript(draw)
      assert.deepEqual(script, drawScript(draw))
      assert.deepEqual(script.acts.map(({ number }) => number), script.acts.map((_, index) => index + 1))
      assert.equal(script.setting.bootAtMs.length, draw.hosts)
      for (const [index, { atMs, hosts, fault, forS }] of script.acts.entries()) {
        assert.ok(atMs < draw.minutes * 60_000 && atMs >= (script.acts[index - 1]?.atMs ?? 0))
        assert.equal(new Set(hosts).size, hosts.length)
        assert.ok(hosts.length >= faultNamed(fault).hosts[0] && hosts.every(host => host >= 0 && host < draw.hosts))
        assert.ok(forS >= faultNamed(fault).seconds[0] && forS <= faultNamed(fault).seconds[1])
      }
    }))
  })

  test('of fewer minutes is the beginning of a longer one', () => {
    const long = drawScript({ seed: 3, hosts: 9, minutes: 10 })
    const short = drawScript({ seed: 3, hosts: 9, minutes: 4.5 })
    assert.deepEqual(short.setting, long.setting)
    assert.deepEqual(short.acts, long.acts.filter(({ atMs }) => atMs < 4.5 * 60_000))
  })

  test('draws every fault sooner or later', () => {
    const drawn = new Set(Array.from({ length: 60 }, (_, seed) => drawScript({ seed, hosts: 9, minutes: 10 }).acts.map(({ fault }) => fault)).flat())
    assert.ok(drawn.size > 35, `received only ${[...drawn].join(', ')}`)
  })

  test('changes what all share in some seeds, in every way, with a secret and without', () => {
    const scripts = Array.from({ length: 200 }, (_, seed) => drawScript({ seed, hosts: 9, minutes: 8 }))
    const changing = scripts.filter(({ acts }) => acts.some(({ fault }) => fault in ROLL_OUTS))
    assert.ok(changing.length > 20 && changing.length < 80, `received ${changing.length}`)
    const drawn = new Set(changing.flatMap(({ acts }) => acts.map(({ fault }) => fault)))
    assert.deepEqual(Object.keys(ROLL_OUTS).filter(name => !drawn.has(name)), [])
    assert.deepEqual(new Set(changing.map(({ setting: { hasSecret } }) => hasSecret)), new Set([true, false]))
    assert.ok(scripts.every(script => changing.includes(script) || !script.setting.hasSecret), 'the others are as they were')
  })

  test('names what is left of it when it is played again', () => {
    const whole = drawScript({ seed: 3, hosts: 9, minutes: 10 })
    assert.equal(replayOf(whole), 'npm run sim -- --seed 3 --hosts 9 --minutes 10')
    assert.equal(replayOf(cutDown(whole, { only: [2, 5], without: [3] })), 'npm run sim -- --seed 3 --hosts 9 --minutes 10 --only 2,5 --without h4')
    assert.equal(replayOf(cutDown(whole, { only: [] })), 'npm run sim -- --seed 3 --hosts 9 --minutes 10 --only none')
  })
})

describe('minimal', () => {
  test('leaves exactly what is needed, in order, whatever that is', () => {
    holds(property(integer({ min: 1, max: 60 }), array(nat(59), { maxLength: 5 }), (count, picked) => {
      const items = Array.from({ length: count }, (_, index) => index)
      const needed = [...new Set(picked.filter(item => item < count))].toSorted((a, b) => a - b)
      assert.deepEqual(minimal(items, part => needed.every(item => part.includes(item))), needed)
    }))
  })

  test('keeps everything when nothing can go', () => {
    assert.deepEqual(minimal([1, 2, 3], part => part.length === 3), [1, 2, 3])
  })
})

describe('a failing script', () => {
  const whole = drawScript({ seed: 3, hosts: 9, minutes: 10 })

  test('shrinks to the acts, hosts and minutes that break the promise', () => {
    const atMs = whole.acts[11]?.atMs ?? 0
    const short = shrunk(whole, script => has(script, 5) && has(script, 12) && !script.without.includes(4) ? atMs + 500 : null)
    assert.deepEqual(short.acts.map(({ number }) => number), [5, 12])
    assert.deepEqual(short.without, [0, 1, 2, 3, 5, 6, 7, 8])
    assert.ok(short.minutes >= atMs / 60_000 && short.minutes < atMs / 60_000 + 0.2, `received ${short.minutes}`)
    // The command that it prints is enough to draw it again.
    assert.deepEqual(cutDown(drawScript({ seed: 3, hosts: 9, minutes: short.minutes }), { only: [5, 12], without: short.without }), short)
  })

  test('is given up after so many plays', () => {
    let plays = 0
    shrunk(whole, () => {
      plays++
      return 1e9
    }, 10)
    assert.ok(plays <= 11, `received ${plays}`)
  })

  test('that breaks nothing stays as it is', () => {
    assert.equal(shrunk(whole, () => null), whole)
  })
})
