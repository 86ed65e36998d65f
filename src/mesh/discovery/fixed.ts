/**
 * Addresses that are known without asking: the static peers of the configuration (*static*), and the members of the
 * last view, from disk (*remembered*).
 */
import type { Address } from '../../core/record.ts'
import { createRetry } from './retry.ts'
import type { Lead, Source, SourceDependencies } from './source.ts'

/** `KEEPALIVED_UNICAST_PEER_###`, whose agents, if any, listen on the group's port. */
export function createStatic (options: { readonly peers: readonly Address[], readonly port: number }, dependencies: SourceDependencies): Source {
  return createFixed(options.peers.map(address => ({ address, port: options.port })), dependencies)
}

/** The members that were known when this host last ran. */
export function createRemembered (options: { readonly members: readonly Lead[] }, dependencies: SourceDependencies): Source {
  return createFixed(options.members.map(({ address, port }) => ({ address, port })), dependencies)
}

function createFixed (leads: readonly Lead[], { found, alone }: SourceDependencies): Source {
  const retry = createRetry(() => { for (const lead of leads) found(lead) }, { alone })
  return {
    start () { if (leads.length > 0) retry.start() },
    setOwnAddress () {},
    stop: retry.stop
  }
}
