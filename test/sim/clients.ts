/**
 * Clients send to whoever said last that the VIP is his. Where two held it, knew of each other, and one has let go, the other must
 * say so again at once (I11); keepalived alone would say it when its next refresh is due, up to 10 s later.
 */
import { HOLDER_PROBE_MAX_MS, HOLDER_PROBE_MIN_MS } from '../../src/core/timing.ts'
import type { Host } from './host.ts'
import { Violation } from './violation.ts'
import type { Watcher, World } from './world.ts'

/** How the holder knows of the other one, when it must at the latest, and when it must have told the clients that the other has let go. */
interface Way {
  readonly knownMs: number
  readonly toldMs: number
}
/** By its records: their way, and the reload. */
const LINKED: Way = { knownMs: 1500, toldMs: 1000 }
/** By looking at the wire: each 10 s at the latest, and each second while there is another answer; a look at nobody takes a second itself. */
const SEEN: Way = { knownMs: HOLDER_PROBE_MAX_MS + 1500, toldMs: HOLDER_PROBE_MIN_MS + 2000 }

/** Who knows of whom is asked no more often. */
const LOOK_MS = 20

export function watchClients (world: World): Watcher {
  const { clock, network } = world
  /** Since when both hold it and can know of each other in one way, by pair: of the first, the other. */
  const pairs = new Map<Host, Map<Host, { readonly way: Way, readonly sinceMs: number }>>()
  let nextAtMs = 0
  let due: { readonly holder: Host, readonly other: Host, readonly way: Way, readonly atMs: number } | null = null

  const wayBetween = (a: Host, b: Host): Way | null => {
    if (!speaks(a) || !speaks(b)) return null
    if (network.joins('mesh', a.index, b.index) && hasMet(a, b) && hasMet(b, a)) return LINKED
    return network.joins('arp', a.index, b.index) ? SEEN : null
  }

  const note = (holder: Host): void => {
    const known: NonNullable<ReturnType<typeof pairs.get>> = pairs.get(holder) ?? new Map()
    pairs.set(holder, known)
    for (const other of world.hosts) {
      if (other === holder) continue
      const before = known.get(other)
      const areTwo = holds(holder) && holds(other) && holder.daemon.heldVip() === other.daemon.heldVip()
      if (!areTwo && before === undefined) continue
      const way = wayBetween(holder, other)
      if (areTwo && way !== null) known.set(other, before?.way === way ? before : { way, sinceMs: clock.nowMs() })
      else {
        known.delete(other)
        if (before !== undefined && clock.nowMs() - before.sinceMs >= before.way.knownMs && holds(holder) && way !== null) due = { holder, other, way: before.way, atMs: clock.nowMs() }
      }
    }
  }
  return {
    tick () {
      if (clock.nowMs() < nextAtMs) return
      nextAtMs = clock.nowMs() + LOOK_MS
      const holders = world.hosts.filter(holds)
      if (holders.length > 1 || pairs.size > 0) for (const host of world.hosts) note(host)
      if (holders.length < 2) pairs.clear()
      if (due === null) return
      const { holder, other, way, atMs } = due
      if (holders.length !== 1 || holders[0] !== holder || wayBetween(holder, other) === null || world.believed() === holder) due = null
      else if (clock.nowMs() > atMs + way.toldMs) throw new Violation('I11', `${other.name} let go of the VIP ${Math.round(clock.nowMs() - atMs)} ms ago, and nobody tells the clients that ${holder.name} has it`)
    },
  }
}

function holds (host: Host): boolean {
  return host.isUp() && !host.isPaused() && host.daemon.holdsVip()
}

function hasMet (a: Host, b: Host): boolean {
  return a.agent()?.status().members.some(({ id, state }) => id === b.id() && state !== 'lost') === true
}

/** Who stands still has let go of nothing, as far as others can tell. */
function speaks (host: Host): boolean {
  return host.agent() !== null && !host.isPaused()
}
