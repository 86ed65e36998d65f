/** The loop between the core and the world: what comes in one turn is one step, and nothing enters the core while it acts. */
import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'node:test'
import { createLoop, type Loop } from '../../src/agent/loop.ts'
import { coreOn, type Core } from '../../src/core/core.ts'
import type { Effect } from '../../src/core/effect.ts'
import type { Event } from '../../src/core/event.ts'
import { openStage } from '../core/stage.ts'

const found = (address: string): Extract<Event, { kind: 'found' }> => ({ kind: 'found', address, port: 11251, source: 'seeds', atMs: 0 })

const dial = (address: string): Effect => ({ kind: 'dial', address, port: 11251 })

interface OnAct {
  run: (effect: Effect) => void
}

/** A loop around a core that writes down what each step brings, and asks for whatever `answer` says. */
function open (answer: (events: readonly Event[]) => readonly Effect[]): { readonly loop: Loop, readonly steps: string[][], readonly acts: Effect[], readonly onAct: OnAct } {
  const steps: string[][] = []
  const acts: Effect[] = []
  const onAct: OnAct = { run: () => {} }
  const { status } = coreOn(openStage().facts)
  const core: Core = {
    status,
    step (...events) {
      steps.push(events.map((event) => event.kind === 'found' ? event.address : event.kind))
      return answer(events)
    }
  }
  const loop = createLoop(core, {
    nowMs: () => performance.now(),
    perform (effect) {
      acts.push(effect)
      onAct.run(effect)
    },
    stirred: () => {},
    onDefect: (error) => { throw error }
  })
  return { loop, steps, acts, onAct }
}

test('what happens before the beginning comes after it, and all of one turn comes at once, in its order', async () => {
  const { loop, steps } = open(() => [])
  loop.happen(found('1'))
  loop.happen(found('2'))
  loop.begin({ kind: 'started', adopted: null })
  loop.happen(found('3'))
  loop.happen(found('4'))
  assert.deepEqual(steps, [['started', '1', '2']])
  await nextTurn()
  assert.deepEqual(steps, [['started', '1', '2'], ['3', '4']])
})

test('what happens while effects are performed waits until all of them are', async () => {
  const { loop, steps, acts, onAct } = open((events) => events.some(({ kind }) => kind === 'started') ? [dial('1'), dial('2')] : [])
  onAct.run = (effect) => { if (effect.kind === 'dial') loop.happen(found(effect.address)) }
  loop.begin({ kind: 'started', adopted: null })
  assert.deepEqual([acts.length, steps.length], [2, 1])
  await nextTurn()
  assert.deepEqual(steps.slice(1), [['1', '2']])
})

test('nothing comes after the end, not even what had happened before it', async () => {
  const { loop, steps } = open(() => [{ kind: 'timer', atMs: performance.now() }])
  loop.begin({ kind: 'started', adopted: null })
  loop.happen(found('1'))
  loop.stop()
  loop.happen(found('2'))
  await nextTurn()
  await nextTurn()
  assert.deepEqual(steps, [['started']])
})
