/**
 * Connections that came in and carry nothing: a verification whose caller died before hanging up, or one that never
 * meant to speak. Each gets the time that any of our own uses takes, and is then cut.
 */
import type { Connection } from '@libp2p/interface'
import type { MeshNode } from './node.ts'

/** Above a handshake and a whole exchange (3 s). */
const idleMaxMs = 5000

/** Cuts incoming connections without a stream, now and from now on. */
export function watchIdle (node: MeshNode): void {
  node.addEventListener('connection:open', ({ detail: connection }) => {
    if (connection.direction === 'inbound') watch(connection)
  })
}

function watch (connection: Connection): void {
  const timer = setTimeout(() => {
    if (connection.streams.length === 0) connection.abort(new Error('idle'))
    else timer.refresh()
  }, idleMaxMs)
  timer.unref()
  connection.addEventListener('close', () => { clearTimeout(timer) })
}
