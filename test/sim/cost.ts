/**
 * What a group spends, in counts, as the simulator tells: messages and characters that a host sends, reloads, how often its core wakes.
 */
import assert from 'node:assert/strict'
import type { Effect } from '../../src/core/effect.ts'
import { encodeBags, encodeMessage } from '../../src/mesh/wire.ts'
import type { Host } from './host.ts'
import { perform, type Play } from './scenario.ts'
import { form } from './scenarios/steps.ts'

export const REST_SECONDS = 80
const APART_SECONDS = 2.1

/** Of one host, or the mean of several. */
export interface Cost {
  messages: number
  characters: number
  published: number
  reloads: number
  wakes: number
}

/** What each host spends from now on, or since that was last asked. */
export function count ({ world }: Pick<Play, 'world'>): () => ReadonlyMap<Host, Cost> {
  let costs = new Map<Host, Cost>(world.hosts.map((host) => [host, { messages: 0, characters: 0, published: 0, reloads: 0, wakes: 0 }]))
  world.watch({
    effect: (host, effect) => { spend(costs.get(host), effect) },
    event (host, { kind }) {
      const cost = costs.get(host)
      if (cost !== undefined && kind === 'timer') cost.wakes++
    }
  })
  return () => {
    const spent = costs
    costs = new Map()
    return spent
  }
}

function spend (cost: Cost | undefined, effect: Effect): void {
  if (cost === undefined) return
  if (effect.kind === 'send') {
    cost.messages++
    cost.characters += charactersIn(encodeMessage(effect.message))
  } else if (effect.kind === 'publish') {
    cost.published++
    cost.characters += charactersIn(encodeBags(effect.claims))
  } else if (effect.kind === 'apply') {
    cost.reloads++
  }
}

const charactersIn = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0)

/** The largest of the hosts but the MASTER, which is near to all. */
function mostOf (costs: ReadonlyMap<Host, Cost>): Cost {
  const backups = [...costs].flatMap(([host, cost]) => host.daemon.state() === 'MASTER' ? [] : [cost])
  const most = (key: keyof Cost): number => Math.max(...backups.map((cost) => cost[key]))
  return { messages: most('messages'), characters: most('characters'), published: most('published'), reloads: most('reloads'), wakes: most('wakes') }
}

/** What a BACKUP spends at rest, and on one that joins, in a group of so many. */
export function costsOf (hosts: number, seed = 1): { readonly rest: Cost, readonly join: Cost } {
  const found: Cost[] = []
  const { failure } = perform({
    name: 'cost',
    hosts: hosts + 1,
    play (play) {
      form(play, hosts)
      play.run(300)
      const rest = count(play)
      play.run(REST_SECONDS)
      found.push(mostOf(rest()))
      // The first BACKUP asks through the VIP each 10 s: not at the very moment at which somebody joins.
      play.run(APART_SECONDS)
      const join = count(play)
      const last = play.hosts[hosts]
      if (last !== undefined) play.boot(last)
      play.run(20)
      found.push(mostOf(new Map([...join()].filter(([host]) => host !== last))))
    }
  }, { seed })
  assert.equal(failure, null)
  const [rest, join] = found
  assert(rest !== undefined && join !== undefined)
  return { rest, join }
}
