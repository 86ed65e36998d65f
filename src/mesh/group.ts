/**
 * What makes a group: its name and its virtual router id. Everything that agents of one group say to each other
 * carries both, so that groups on one segment, or on one host, never meet: protocol names, the gossip topic, the mDNS
 * tag, and the context that signatures are made over. Each carries the schema's major version as well; agents of
 * different majors do not speak, those of one major ignore what they do not know.
 */
import { createHash } from 'node:crypto'

export interface Group {
  /** `KEEPALIVED_MESH_NAME`. */
  readonly name: string
  /** 1 … 255. */
  readonly virtualRouterId: number
}

/** Raised when statements, messages or frames change so that an older agent would misread them. */
export const schemaMajor = 1

const pathOf = ({ name, virtualRouterId }: Group): string => `keepalived-mesh/${encodeURIComponent(name)}/${virtualRouterId}`

/** The libp2p protocol of the one stream that two members keep open. */
export const linkProtocolOf = (group: Group, major = schemaMajor): string => `/${pathOf(group)}/link/${major}`

/** The libp2p protocol of a single swap of tables. */
export const exchangeProtocolOf = (group: Group, major = schemaMajor): string => `/${pathOf(group)}/exchange/${major}`

/** The gossip topic. */
export const topicOf = (group: Group): string => `${pathOf(group)}/${schemaMajor}`

/** What is signed ahead of each payload, so that no statement of one group counts in another. */
export const signingContextOf = (group: Group): string => `${pathOf(group)}/statement/${schemaMajor}\n`

/** The DNS name that members of this group ask for by mDNS. A name that is no DNS label is told by its hash. */
export function serviceTagOf ({ name, virtualRouterId }: Group): string {
  const label = /^[a-z0-9-]{1,40}$/.test(name) ? name : createHash('sha256').update(name).digest('hex').slice(0, 32)
  return `${label}.${virtualRouterId}._keepalived-mesh._tcp.local`
}
