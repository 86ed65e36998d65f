/** At which pace connections are taken, by a clock that stands still unless told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turnstile } from '../../src/mesh/turnstile.ts'

interface Gate {
  /** How many of so many that come at once from an address are taken. */
  readonly taken: (count: number, address: string) => number
  readonly pass: (ms: number) => void
  readonly know: (address: string) => void
  readonly refused: string[]
}

function openGate (): Gate {
  let now = 0
  const refused: string[] = []
  const turnstile = new Turnstile({ nowMs: () => now, onRefused: (address) => { refused.push(address) } })
  return {
    taken: (count, address) => Array.from({ length: count }, () => turnstile.check(address, 'ipv6')).filter(isRefused => !isRefused).length,
    pass (ms) { now += ms },
    know: (address) => { turnstile.know(address) },
    refused
  }
}

test('an address has a burst, and then a pace; what was refused is not owed', () => {
  const gate = openGate()
  assert.equal(gate.taken(5000, '10.10.0.66'), 128)
  assert.equal(gate.refused.length, 4872)
  gate.pass(1000)
  assert.equal(gate.taken(1000, '::ffff:10.10.0.66'), 16, 'the same address, as a socket of IPv6 sees it')
  gate.pass(60_000)
  assert.equal(gate.taken(1000, '10.10.0.66'), 128)
})

test('strangers share a pace, however many addresses they have, and whoever has been let in before does not wait for them', () => {
  const gate = openGate()
  gate.know('10.10.0.22')
  const taken = Array.from({ length: 100 }, (_, last) => gate.taken(20, `10.10.0.${100 + last}`)).reduce((sum, count) => sum + count)
  assert.equal(taken, 256)
  assert.equal(gate.taken(10, '10.10.0.22'), 10)
  assert.equal(gate.taken(1, '10.10.0.23'), 0)
  gate.pass(100)
  assert.equal(gate.taken(1, '10.10.0.23'), 1)
})

test('those that were let in share a pace as well, and each of them comes back all the same', () => {
  const gate = openGate()
  const insiders = Array.from({ length: 60 }, (_, last) => `10.10.0.${100 + last}`)
  for (const address of ['10.10.0.22', ...insiders]) gate.know(address)
  const flood = (): number => insiders.map((address) => gate.taken(100, address)).reduce((sum, count) => sum + count)
  assert.equal(flood(), 512 + 55 * 8, 'the first five take most of the common burst, the others have what each has')
  for (let minute = 0; minute < 3; minute++) {
    for (let second = 0; second < 60; second++) {
      gate.pass(1000)
      assert(flood() <= 48 + 15 + 60, 'a quarter of each')
    }
    assert.equal(gate.taken(8, '10.10.0.22'), 8)
  }
})
