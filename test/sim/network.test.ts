/** What the segment does to those on it: cuts that lie on one another, a process that hangs, a host without an address. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CALM, createNetwork, type Network } from './network.ts'
import { createRandom } from './random.ts'
import { perform, type Play } from './scenario.ts'

function open (): Network {
  return createNetwork({ hosts: 3, weather: CALM }, { random: createRandom(1), nowMs: () => 0, onHeal: () => undefined })
}

/** Plays that with two hosts that have formed a group. */
function withTwo (play: (play: Play) => void): void {
  const { failure } = perform({
    name: 'two',
    hosts: 2,
    play (each) {
      each.boot(...each.hosts)
      each.settle()
      play(each)
    },
  }, { seed: 1 })
  assert.equal(failure?.message, undefined)
}

test('a cut goes one way and through its layers only', () => {
  const network = open()
  network.cut(['mesh'], 0, 1)
  assert.deepEqual([network.passes('mesh', 0, 1), network.passes('mesh', 1, 0), network.passes('vrrp', 0, 1)], [false, true, true])
  assert.deepEqual([network.joins('mesh', 1, 0), network.isWhole('vrrp'), network.isWhole()], [false, true, false])
})

test('cuts that lie on one another are mended one by one, each once', () => {
  const network = open()
  const first = network.cut(['mesh', 'vrrp'], 0, 1)
  const second = network.cut(['mesh'], 0, 1)
  first()
  first()
  assert.deepEqual([network.passes('mesh', 0, 1), network.passes('vrrp', 0, 1)], [false, true])
  second()
  assert.ok(network.isWhole())
})

test('what healed with everything else is not mended again', () => {
  const network = open()
  const old = network.cut(['arp'], 0, 1)
  network.heal()
  network.cut(['arp'], 0, 1)
  old()
  assert.ok(!network.passes('arp', 0, 1))
})

test('an agent that hangs is lost to the others, its keepalived goes on, and it comes to everything later', () => {
  withTwo((play) => {
    const [first, second] = [play.host('h1'), play.host('h2')]
    const runs = second.daemon.run()
    play.slow(second, Infinity)
    play.run(10)
    assert.ok(second.hasAgent() && second.agent() === null)
    assert.ok(first.agent()?.status().members.some(({ id, state }) => id === second.id() && state === 'lost'))
    play.slow(second, 0)
    play.settle()
    assert.equal(second.daemon.run(), runs)
  })
})

test('an agent that is slow stays in the group', () => {
  withTwo((play) => {
    const [first, second] = [play.host('h1'), play.host('h2')]
    play.slow(second, 300)
    play.run(30)
    assert.ok(first.agent()?.status().members.every(({ state }) => state === 'active'))
    play.slow(second, 0)
    play.settle()
  })
})

test('a host without an address reaches nobody, and is reached by nobody', () => {
  withTwo((play) => {
    const [first, second] = [play.host('h1'), play.host('h2')]
    const address = second.address()
    play.setAddress(second, null)
    assert.ok(!play.world.network.joins('mesh', first.index, second.index))
    play.run(5)
    play.setAddress(second, address)
    assert.ok(play.world.network.isWhole())
    play.run(10)
    play.settle()
  })
})
