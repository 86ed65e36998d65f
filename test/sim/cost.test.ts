/**
 * What a group costs, in counts. A bound that is passed is a regression,
 * whatever the machine; each is what was measured when it was set, and a fifth; of few things, exactly that.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REST_SECONDS, costsOf, type Cost } from './cost.ts'

/**
 * By how many hosts there are. `characters` are those of messages and claims, ahead of encryption. In a story of this seed whoever joins hears of all
 * through the VIP, from the MASTER; where it is linked before that answer comes, one BACKUP tells it the whole table instead.
 */
const BOUNDS: ReadonlyMap<number, { readonly seed: number, readonly rest: Cost, readonly join: Cost }> = new Map([
  [3, { seed: 1, rest: { messages: 96, characters: 3940, published: 0, reloads: 0, wakes: 106 }, join: { messages: 42, characters: 5310, published: 1, reloads: 1, wakes: 24 } }],
  [10, { seed: 1, rest: { messages: 341, characters: 13_980, published: 0, reloads: 0, wakes: 114 }, join: { messages: 96, characters: 14_410, published: 3, reloads: 1, wakes: 33 } }],
  [30, { seed: 6, rest: { messages: 389, characters: 15_950, published: 0, reloads: 0, wakes: 120 }, join: { messages: 125, characters: 30_240, published: 1, reloads: 1, wakes: 30 } }]
])

for (const [hosts, bounds] of BOUNDS) {
  test(`what a BACKUP of ${hosts} spends at rest in ${REST_SECONDS} s, and on a host that joins`, () => {
    const costs = costsOf(hosts, bounds.seed)
    for (const when of ['rest', 'join'] as const) {
      for (const [what, bound] of Object.entries(bounds[when])) {
        const spent = Object.entries(costs[when]).find(([name]) => name === what)?.[1]
        assert(spent !== undefined && spent <= bound, `${when}: ${spent} ${what}, expected at most ${bound}`)
      }
    }
  })
}
