/**
 * Clients send to whoever said last that the VIP is his. Where two held it, knew of each other, and one has let go, the other must
 * say so again at once (I11); keepalived alone would say it when its next refresh is due, up to 10 s later.
 */
import type { Host } from './host.ts'
import { Violation } from './violation.ts'
import type { Watcher, World } from './world.ts'

/** So long must two have held it and reached each other, until each knows of the other. */
const KNOWN_MS = 1500
/** A record's way to the holder, and the reload. */
const TOLD_MS = 1000

export function watchClients (world: World): Watcher {
  const { clock, network } = world
  /** Since when both hold it and know of each other, by pair: of the first, the other. */
  const pairs = new Map<Host, Map<Host, number>>()
  let due: { readonly holder: Host, readonly other: Host, readonly atMs: number } | null = null

  const reach = (a: Host, b: Host): boolean => speaks(a) && speaks(b) && network.joins('mesh', a.index, b.index)

  const note = (holder: Host): void => {
    const known = pairs.get(holder) ?? new Map<Host, number>()
    pairs.set(holder, known)
    for (const other of world.hosts) {
      if (other === holder) continue
      const sinceMs = known.get(other)
      if (holds(holder) && holds(other) && reach(holder, other)) known.set(other, sinceMs ?? clock.nowMs())
      else {
        known.delete(other)
        if (sinceMs !== undefined && clock.nowMs() - sinceMs >= KNOWN_MS && holds(holder) && reach(holder, other)) due = { holder, other, atMs: clock.nowMs() }
      }
    }
  }
  return {
    tick () {
      const holders = world.hosts.filter(holds)
      if (holders.length > 1 || pairs.size > 0) for (const host of world.hosts) note(host)
      if (holders.length < 2) pairs.clear()
      if (due === null) return
      const { holder, other, atMs } = due
      if (holders.length !== 1 || holders[0] !== holder || !reach(holder, other) || world.believed() === holder) due = null
      else if (clock.nowMs() > atMs + TOLD_MS) throw new Violation('I11', `${other.name} let go of the VIP ${Math.round(clock.nowMs() - atMs)} ms ago, and nobody tells the clients that ${holder.name} has it`)
    },
  }
}

function holds (host: Host): boolean {
  return host.isUp() && !host.isPaused() && host.daemon.holdsVip()
}

/** Who stands still has let go of nothing, as far as others can tell. */
function speaks (host: Host): boolean {
  return host.agent() !== null && !host.isPaused()
}
