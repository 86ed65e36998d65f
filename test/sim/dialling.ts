/**
 * Connections that begin: dials that stay, dials that only look whose key answers, and one exchange of tables through
 * the VIP, which leads to whichever host holds it at that moment. What a caller hears is what a kernel would say: a
 * host without an agent refuses at once, a host that is gone or a port that a firewall drops is only silent, and costs
 * the whole time-out.
 */
import type { Effect } from '../../src/core/effect.ts'
import type { Address, Claim } from '../../src/core/record.ts'
import type { Clock } from './clock.ts'
import type { Endpoint, Links } from './links.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'

/** Who answers at an address. */
export type Answer =
  /** The process that listens there. */
  | { readonly kind: 'agent', readonly endpoint: Endpoint }
  /** The host lives, its agent does not: a reset. */
  | { readonly kind: 'refused' }
  /** Nobody, or nobody who may answer. */
  | { readonly kind: 'silent' }

export interface Dialling {
  readonly perform: (from: Endpoint, effect: Extract<Effect, { kind: 'dial' | 'verify' | 'exchange' }>) => void
  /** A core answers the exchange of that number. */
  readonly reply: (from: Endpoint, exchange: number, claims: readonly Claim[]) => void
}

/** When a silent dial is given up: ARP gives up after 3 s, and the agent's own time-out is near it. */
export const DIAL_TIMEOUT_MS = 3000
/** TCP, noise, yamux and the first protocol, on a host with something else to do as well. */
const HANDSHAKE_MIN_MS = 8
const HANDSHAKE_MAX_MS = 60

export interface DiallingDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly network: Network
  readonly links: Links
  /** Who answers a caller from that host; a VIP is answered by a holder. */
  readonly answerAt: (address: Address, port: number, fromHost: number) => Answer
}

export function createDialling ({ clock, random, network, links, answerAt }: DiallingDependencies): Dialling {
  let exchanges = 0
  const pending = new Map<number, { readonly caller: Endpoint, readonly answerer: Endpoint }>()

  const connect = (from: Endpoint, address: Address, port: number, connected: (to: Endpoint) => void): void => {
    const startedMs = clock.nowMs()
    const fail = (failure: 'refused' | 'unreachable' | 'rejected' | 'twin', atMs: number): void => clock.at(atMs, () => {
      if (from.isAlive()) from.deliver({ kind: 'dialFailed', address, port, failure })
    })
    const answer = answerAt(address, port, from.host)
    if (answer.kind === 'refused') return fail('refused', startedMs + 2 * network.delayMs())
    if (answer.kind === 'silent') return fail('unreachable', startedMs + DIAL_TIMEOUT_MS)
    clock.at(startedMs + random.between(HANDSHAKE_MIN_MS, HANDSHAKE_MAX_MS) + 2 * network.segmentMs(), () => {
      const { endpoint } = answer
      if (!from.isAlive()) return
      if (!network.joins('mesh', from.host, endpoint.host)) return fail('unreachable', startedMs + DIAL_TIMEOUT_MS)
      if (!endpoint.isAlive()) return fail('refused', clock.nowMs())
      if (endpoint.id === from.id) return fail(endpoint === from ? 'rejected' : 'twin', clock.nowMs())
      connected(endpoint)
    })
  }

  const exchange = (caller: Endpoint, answerer: Endpoint, claims: readonly Claim[], address: Address, port: number): void => {
    const number = ++exchanges
    pending.set(number, { caller, answerer })
    answerer.deliver({ kind: 'exchange', exchange: number, from: caller.id, claims })
    clock.after(DIAL_TIMEOUT_MS, () => {
      if (!pending.delete(number) || !caller.isAlive()) return
      caller.deliver({ kind: 'dialFailed', address, port, failure: 'unreachable' })
    })
  }

  return {
    perform (from, effect) {
      const { address, port } = effect
      connect(from, address, port, (to) => {
        if (effect.kind === 'dial') links.open(from, to, address)
        else if (effect.kind === 'verify') from.deliver({ kind: 'verified', id: to.id, address, port })
        else if (![...links.linkedTo(from)].some(({ id }) => id === to.id)) exchange(from, to, effect.claims, address, port)
      })
    },
    reply (from, number, claims) {
      const asked = pending.get(number)
      if (asked?.answerer !== from) return
      clock.after(network.segmentMs(), () => {
        if (!asked.caller.isAlive() || !network.joins('mesh', from.host, asked.caller.host) || !pending.delete(number)) return
        asked.caller.deliver({ kind: 'claims', from: from.id, claims })
      })
    },
  }
}

export type GossipDependencies = Pick<DiallingDependencies, 'clock' | 'random' | 'network' | 'links'>

/** GossipSub as it looks from outside: each linked member gets it soon, mostly once, and passes it on to those that have not got it. What the weather loses on its way to one stays lost to that one. */
export function publish (from: Endpoint, claims: readonly Claim[], dependencies: GossipDependencies, told = new Set([from])): void {
  const { clock, random, network, links } = dependencies
  for (const to of [...links.linkedTo(from)].filter((each) => !told.has(each))) {
    if (!network.passes('mesh', from.host, to.host)) continue
    told.add(to)
    if (random.chance(network.weather.gossipLoss)) continue
    const copies = random.chance(network.weather.gossipTwice) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      clock.after(network.delayMs() + network.delayMs(), () => {
        if (!to.isAlive()) return
        to.deliver({ kind: 'claims', from: from.id, claims })
        if (copy === 0) publish(to, claims, dependencies, told)
      })
    }
  }
}
