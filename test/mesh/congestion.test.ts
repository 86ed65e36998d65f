/** How many handshakes are under way at once, and how long whoever was late is let alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCongestion, pauseMs, type Congestion } from '../../src/mesh/congestion.ts'

type Outcome = 'done' | 'late' | 'moot' | Error

/** Acts that end when they are told to. */
function createActs (congestion: Congestion): { readonly begin: (count: number) => void, readonly end: (outcome: Outcome, count?: number) => Promise<void>, readonly underWay: () => number } {
  const ends: Array<(outcome: Outcome) => void> = []
  const act = async (): Promise<Outcome> => {
    const outcome = await new Promise<Outcome>((resolve) => { ends.push(resolve) })
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  return {
    begin (count) {
      for (let i = 0; i < count; i++) congestion.inTurn(act, (outcome) => outcome === 'moot' ? null : outcome === 'late').catch(() => 'failed')
    },
    async end (outcome, count = 1) {
      for (const end of ends.splice(0, count)) end(outcome)
      await new Promise(setImmediate)
    },
    underWay: () => ends.length
  }
}

async function begun (count: number): Promise<ReturnType<typeof createActs>> {
  const acts = createActs(createCongestion())
  acts.begin(count)
  await new Promise(setImmediate)
  return acts
}

test('three at first; whoever ends well lets two in, up to sixty-four', async () => {
  const acts = await begun(500)
  assert.equal(acts.underWay(), 3)
  await acts.end('done')
  assert.equal(acts.underWay(), 4)
  await acts.end('done', 4)
  assert.equal(acts.underWay(), 8)
  for (let round = 0; round < 4; round++) await acts.end('done', 18)
  assert.equal(acts.underWay(), 64)
})

test('what goes well with room to spare does not tell that more would', async () => {
  const acts = await begun(2)
  await acts.end('done', 2)
  acts.begin(500)
  await new Promise(setImmediate)
  assert.equal(acts.underWay(), 3)
})

test('as soon as one is late, half as many; those that were begun before and are late as well change nothing more', async () => {
  const acts = await begun(500)
  for (let round = 0; round < 2; round++) await acts.end('done', 4)
  const most = acts.underWay()
  await acts.end('late', most)
  assert.equal(acts.underWay(), Math.floor(most / 2))
  for (let round = 0; round < 5; round++) await acts.end('late', most)
  assert.equal(acts.underWay(), 1, 'one goes on for ever')
  await acts.end('done')
  assert.equal(acts.underWay(), 2)
})

test('one that fails is as good as done: what it cost is over; one that was not wanted any more says nothing', async () => {
  const acts = await begun(20)
  await acts.end(new Error('closed'))
  assert.equal(acts.underWay(), 4)
  await acts.end('moot', 4)
  assert.equal(acts.underWay(), 4)
})

test('whoever steps aside holds nobody up, and is counted once', async () => {
  const congestion = createCongestion()
  const acts = createActs(congestion)
  const asides: Array<() => void> = []
  for (let i = 0; i < 3; i++) {
    void congestion.inTurn(async (stepAside) => {
      asides.push(stepAside)
      await new Promise(() => {})
    }, () => false)
  }
  acts.begin(500)
  await new Promise(setImmediate)
  assert.equal(acts.underWay(), 0)
  for (const stepAside of [...asides, ...asides]) stepAside()
  await new Promise(setImmediate)
  assert.equal(acts.underWay(), 3)
})

test('whoever was late is let alone for up to half a second, then twice as long each time, up to eight', () => {
  const almostOne = 1 - Number.EPSILON
  assert.deepEqual([1, 2, 3, 4, 5, 6, 50].map((inARow) => Math.round(pauseMs(inARow, almostOne))), [500, 1000, 2000, 4000, 8000, 8000, 8000])
  assert.equal(pauseMs(3, 0), 0)
})
