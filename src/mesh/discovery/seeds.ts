/**
 * Seeds of the configuration. A name is resolved anew on each try and all its addresses are found, since behind it may
 * be a headless Service or round-robin DNS whose answer grows as hosts come up. A name that does not resolve is
 * nothing unusual for a host that boots: it is told once, and tried again.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Logger } from 'pino'
import { canonicalAddressOf } from '../address.ts'
import { createRetry } from './retry.ts'
import type { Source, SourceDependencies } from './source.ts'

export interface Seed {
  /** An IP address in canonical form, or a host name to resolve. */
  readonly host: string
  /** Null: the group's port. */
  readonly port: number | null
}

/** All addresses of a host name. */
export type Resolve = (name: string) => Promise<readonly string[]>

/** As the system resolves: /etc/hosts, then DNS. */
export const resolveAsSystem: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

export interface SeedsDependencies extends SourceDependencies {
  readonly log: Logger
  /** @default {@link resolveAsSystem} */
  readonly resolve?: Resolve
}

export function createSeeds (options: { readonly seeds: readonly Seed[], readonly port: number }, dependencies: SeedsDependencies): Source {
  const { found, alone, log, resolve = resolveAsSystem } = dependencies
  /** Names that did not resolve at the last try. */
  const failing = new Set<string>()

  async function follow (seed: Seed): Promise<void> {
    const { host } = seed
    const port = seed.port ?? options.port
    if (isIP(host) !== 0) {
      found({ address: host, port })
      return
    }
    try {
      const addresses = await resolve(host)
      if (failing.delete(host)) log.info({ seed: host, addresses }, 'seed resolves again')
      for (const text of addresses) {
        const address = canonicalAddressOf(text)
        if (address !== null) found({ address, port })
      }
    } catch (error) {
      if (!failing.has(host)) log.warn({ seed: host, err: error }, 'seed does not resolve, tried again until it does')
      failing.add(host)
    }
  }

  const retry = createRetry(async () => { await Promise.all(options.seeds.map(follow)) }, { alone })
  return {
    start () { if (options.seeds.length > 0) retry.start() },
    setOwnAddress () {},
    stop: retry.stop
  }
}
