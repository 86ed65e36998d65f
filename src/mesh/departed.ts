/**
 * libp2p remembers every peer that it ever met for hours: its key, its addresses, what it speaks. Nothing here asks for
 * that, since whom to dial is the core's to say, and whoever makes up keys could fill the memory with them. So a peer is
 * forgotten once its last connection is closed.
 */
import type { PeerId } from '@libp2p/interface'
import type { MeshNode } from './node.ts'

/** Whatever still wants to write down what it learnt of the peer has done so by then. */
const forgottenAfterMs = 5000

/** Forgets peers that have gone, from now on. */
export function forgetDeparted (node: MeshNode, afterMs = forgottenAfterMs): void {
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    setTimeout(() => { void forget(node, peer) }, afterMs).unref()
  })
}

async function forget (node: MeshNode, peer: PeerId): Promise<void> {
  if (node.status !== 'started' || node.getConnections(peer).length > 0) return
  await node.peerStore.delete(peer).catch(() => {}) // the node has just stopped
}
