import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrivals, type Fault, scriptOf } from './script.ts'

const SIZE = { seed: 7, minutes: 10, hosts: 5 }

function faultsOf (seeds: number): Fault[] {
  return Array.from({ length: seeds }, (_, seed) => scriptOf({ ...SIZE, seed })).flat().flatMap(({ faults }) => faults)
}

test('a script is a pure function of seed and size', () => {
  assert.deepEqual(scriptOf(SIZE), scriptOf({ ...SIZE }))
  assert.notDeepEqual(scriptOf(SIZE), scriptOf({ ...SIZE, seed: 8 }))
})

test('a longer soak begins as a shorter one', () => {
  const short = scriptOf(SIZE)
  assert.deepEqual(scriptOf({ ...SIZE, minutes: 20 }).slice(0, short.length), short)
})

test('every kind of fault comes up, on MASTER and BACKUP, alone and in pairs', () => {
  const kinds = Map.groupBy(faultsOf(20), ({ kind }) => kind)
  assert.equal(kinds.size, 15)
  for (const [kind, faults] of kinds) {
    assert.deepEqual(new Set(faults.map(({ role }) => role)), new Set(kind === 'join' ? [null] : ['BACKUP', 'MASTER']), kind)
  }
  assert.deepEqual(new Set(scriptOf(SIZE).map(({ faults }) => faults.length)), new Set([1, 2]))
})

for (const hosts of [3, 5, 8]) {
  test(`${hosts} hosts: there is always somebody to leave, and room for whoever joins`, () => {
    for (let seed = 0; seed < 20; seed++) {
      let running = hosts
      for (const fault of scriptOf({ seed, hosts, minutes: 10 }).flatMap(({ faults }) => faults)) {
        running += arrivals(fault)
        assert.ok(running >= Math.max(3, hosts - 1) && running <= Math.min(8, hosts + 2), `${running} after ${fault.kind}`)
      }
    }
  })
}
