/**
 * Agents of another major version of the schema. Their protocols have other names, so they could never be misread; but
 * nobody would know why hosts do not find each other. So those names are answered too: with a refusal, and a line that
 * names both versions. What may differ within one major, and what may not, is told in src/README.md.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Logger } from 'pino'
import type { Address } from '../core/record.ts'
import { addressIn } from './address.ts'
import { exchangeProtocolOf, linkProtocolOf, schemaMajor, type Group } from './group.ts'
import { createRecent } from './recent.ts'

/** Majors that are known by name: the last one, and those that may come while this agent still runs somewhere. */
export const otherMajors: readonly number[] = [schemaMajor - 1, 1, 2, 3, 4].map((step, i) => i === 0 ? step : schemaMajor + step)

/** Hosts that are told of. */
const toldMax = 64

export interface OtherSchemasDependencies {
  readonly handle: (protocol: string, handler: (stream: Stream, connection: Connection) => void) => Promise<void>
  readonly log: Logger
}

/** Refuses them by name from now on, and tells of each host once: of its address, since a key costs nothing. */
export async function refuseOtherSchemas (options: { readonly group: Group }, { handle, log }: OtherSchemasDependencies): Promise<void> {
  const told = createRecent<Address, true>(toldMax)

  const refuse = (major: number) => (stream: Stream, connection: Connection): void => {
    stream.abort(new Error(`schema version ${major}, expected ${schemaMajor}`))
    const address = addressIn(connection.remoteAddr) ?? ''
    if (told.get(address) !== undefined) return
    told.put(address, true)
    log.warn({ peer: connection.remotePeer.toString(), address, schema: major, expected: schemaMajor },
      'an agent with another schema version is refused: run versions on all hosts that speak the same one')
  }

  for (const major of otherMajors) {
    for (const protocolOf of [linkProtocolOf, exchangeProtocolOf]) await handle(protocolOf(options.group, major), refuse(major))
  }
}
