/**
 * Connections that came in and carry nothing of ours: a verification whose caller died before hanging up, or one that never
 * meant to speak. Each gets the time that any of our own uses takes, and is then cut. Gossip and identification go beside a
 * link, and are no use of their own.
 */
import type { Connection } from '@libp2p/interface'
import type { MeshNode } from './node.ts'

/** Above a handshake and a whole exchange (3 s). */
const idleMaxMs = 5000

/** @param options.protocols what a connection is for; @param options.idleMs @default 5000 */
export interface IdleOptions {
  readonly protocols: readonly string[]
  readonly idleMs?: number
}

/** Cuts incoming connections without a stream of those protocols, now and from now on. */
export function watchIdle (node: MeshNode, options: IdleOptions): void {
  node.addEventListener('connection:open', ({ detail: connection }) => {
    if (connection.direction === 'inbound') watch(connection, options)
  })
}

function watch (connection: Connection, { protocols, idleMs = idleMaxMs }: IdleOptions): void {
  const timer = setTimeout(() => {
    if (!connection.streams.some(({ protocol }) => protocols.includes(protocol))) connection.abort(new Error('idle'))
    else timer.refresh()
  }, idleMs)
  timer.unref()
  connection.addEventListener('close', () => { clearTimeout(timer) })
}
