/**
 * Where addresses come from: questions by multicast, which every agent on the segment answers, and seeds that are
 * read anew now and then. What the VIP and the memory know, the core asks for by itself.
 */
import type { Address } from '../../src/core/record.ts'
import type { Agent } from './agent.ts'
import type { Clock } from './clock.ts'
import type { Host } from './host.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import { MESH_PORT } from './segment.ts'

export interface DiscoveryOptions {
  /** Whether mDNS finds anybody. */
  readonly multicast: boolean
  /** `KEEPALIVED_MESH_SEEDS`, on every host. */
  readonly seeds: readonly Address[]
}

const ASK_EVERY_MS = 10_000
const ANSWER_MIN_MS = 20
const ANSWER_MAX_MS = 120

export function createDiscovery (
  { multicast, seeds }: DiscoveryOptions,
  { clock, random, network, hosts }: {
    readonly clock: Clock
    readonly random: Random
    readonly network: Network
    readonly hosts: readonly Host[]
  },
): { readonly agentStarted: (host: Host, agent: Agent) => void } {
  /** `to` hears that somebody is at the address of `at`. */
  const find = (to: Host, at: Host): void => {
    clock.after(random.between(ANSWER_MIN_MS, ANSWER_MAX_MS), () => {
      const address = at.address()
      if (at.agent() === null || address === null || !network.joins('arp', to.index, at.index)) return
      to.agent()?.deliver({ kind: 'found', address, port: MESH_PORT, source: 'mdns' })
    })
  }
  const ask = (host: Host, agent: Agent): void => {
    if (!agent.isAlive()) return
    for (const other of multicast ? hosts : []) {
      if (other === host || !other.isUp()) continue
      find(host, other)
      find(other, host)
    }
    for (const address of seeds) {
      if (address !== host.address()) agent.deliver({ kind: 'found', address, port: MESH_PORT, source: 'seeds' })
    }
    clock.after(ASK_EVERY_MS, () => ask(host, agent))
  }
  return {
    agentStarted: (host, agent) => clock.after(random.between(1, ANSWER_MIN_MS), () => ask(host, agent)),
  }
}
