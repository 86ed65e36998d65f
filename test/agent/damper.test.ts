/** A check that flaps: how long a host is held down, and what is said of it. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createDamper, holdMs, type Damper } from '../../src/agent/damper.ts'
import { createLog } from '../../src/log.ts'
import type { DaemonEvent } from '../../src/keepalived/daemon-event.ts'

for (const [failures, seconds] of [[0, 0], [1, 0], [2, 0], [3, 30], [4, 60], [5, 120], [6, 240], [7, 300], [50, 300]] as const) {
  test(`after ${failures} failures a host is held down for ${seconds} s`, () => {
    assert.equal(holdMs(failures), seconds * 1000)
  })
}

interface Held {
  readonly damper: Damper
  readonly lowered: readonly number[]
  readonly check: (healthy: boolean) => void
  readonly pass: (seconds: number) => void
}

const event = (healthy: boolean): DaemonEvent => ({ kind: 'check', script: 'chk', healthy, message: '' })

function held (t: TestContext, weight = -127): Held {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let nowMs = 0
  const lowered: number[] = []
  const damper = createDamper({ weight }, { lower: (by) => { lowered.push(by) }, nowMs: () => nowMs, log: createLog({ level: 'error', readable: false, colored: false }) })
  return {
    damper,
    lowered,
    check: (healthy) => { damper.note(event(healthy)) },
    pass (seconds) {
      nowMs += 1000 * seconds
      t.mock.timers.tick(1000 * seconds)
    }
  }
}

function flap ({ check, pass }: Held, times: number): void {
  for (let i = 0; i < times; i++) {
    check(false)
    pass(10)
    check(true)
    pass(10)
  }
}

test('two failures cost nothing; from the third on the host is held down, and let go after its time', (t) => {
  const its = held(t)
  flap(its, 2)
  assert.deepEqual(its.lowered, [])
  assert.equal(its.damper.alarm(), null)
  its.check(false)
  assert.deepEqual(its.lowered, [-127])
  its.pass(100)
  assert.deepEqual(its.lowered, [-127], 'while it fails nothing runs out')
  its.check(true)
  assert.match(its.damper.alarm() ?? '', /failed 3 times within 10 minutes.*30 s/)
  its.pass(29)
  assert.deepEqual(its.lowered, [-127])
  its.pass(1)
  assert.deepEqual(its.lowered, [-127, 0])
  assert.equal(its.damper.alarm(), null)
})

test('who fails again meanwhile is held down for longer, without a moment between', (t) => {
  const its = held(t)
  flap(its, 4)
  assert.deepEqual(its.lowered, [-127])
  its.pass(49)
  assert.deepEqual(its.lowered, [-127])
  its.pass(1)
  assert.deepEqual(its.lowered, [-127, 0])
})

test('failures of long ago do not count', (t) => {
  const its = held(t)
  flap(its, 2)
  its.pass(600)
  flap(its, 2)
  assert.deepEqual(its.lowered, [])
})

test('a hand-over counts for more, and nothing is let go after it', (t) => {
  const its = held(t)
  flap(its, 3)
  its.damper.lower(-253)
  its.pass(300)
  assert.deepEqual(its.lowered, [-127, -253])
})

test('a check that means FAULT, or raises the priority, is not damped', (t) => {
  for (const weight of [0, 50]) {
    const its = held(t, weight)
    flap(its, 5)
    assert.deepEqual(its.lowered, [])
    t.mock.timers.reset()
  }
})
