/** Steps that many scenarios share, and what they measure. */
import type { Host } from '../host.ts'
import type { Play } from '../scenario.ts'
import { masterDownMs } from '../vrrp.ts'

/** An election's time on top of the timer of the next in line: one advert's way. */
const ELECTION_MS = 200

/** A group as it was formed: the MASTER, the next in line, and the last in the order. */
export interface Formed {
  readonly first: Host
  readonly second: Host
  readonly last: Host
}

/** Boots the first hosts, two or more, and lets them form a group. */
export function form (play: Play, count = play.hosts.length): Formed {
  const hosts = play.hosts.slice(0, count)
  play.boot(...hosts)
  play.settle()
  const order = hosts.toSorted((a, b) => (b.daemon.running()?.priority ?? 0) - (a.daemon.running()?.priority ?? 0))
  const [first, second] = order
  const last = order.at(-1)
  if (first === undefined || second === undefined || last === undefined) throw new RangeError(`form: expected two hosts or more, received ${count}`)
  play.expect(first.daemon.holdsVip(), 'the first in the order holds the VIP')
  return { first, second, last }
}

/** @throws Violation if the VIP went up or down anywhere meanwhile. */
export function unmoved (play: Play, acts: () => void): void {
  let moves = 0
  let watching = true
  play.world.watch({ daemon: (_host, sight) => { if (watching && sight.kind === 'vip') moves++ } })
  acts()
  watching = false
  play.expect(moves === 0, `no VIP event, but there were ${moves}`)
}

/** Milliseconds, so far, in which nobody held the VIP. */
export function gapOf ({ world }: Play): () => number {
  let gapMs = 0
  let emptySinceMs: number | null = null
  world.watch({
    daemon (_host, sight) {
      if (sight.kind !== 'vip') return
      if (emptySinceMs !== null) gapMs += world.clock.nowMs() - emptySinceMs
      emptySinceMs = world.holders().length === 0 ? world.clock.nowMs() : null
    },
  })
  return () => Math.round(gapMs)
}

/** How long a client may wait when the MASTER falls silent and this host is next. */
export function electionMs (host: Host): number {
  const vrrp = host.daemon.vrrp()
  return vrrp === null ? 0 : masterDownMs(vrrp) + ELECTION_MS
}

/** Whether the conf on that host's disk sends to the other. */
export function listsAddressOf (host: Host, other: Host): boolean {
  return host.daemon.stored()?.peers.includes(other.address() ?? '') === true
}
