/**
 * To whom a VIP leads. Whoever takes it tells the segment that it is his, and again every 10 s (`vrrp_garp_master_refresh`), or
 * when keepalived has another reason; and whoever was heard last is the one that clients send to, though he may have let go since.
 */
import type { Host } from './host.ts'

export interface Garps {
  readonly told: (host: Host) => void
  /** The VIP went down there. */
  readonly letGo: (host: Host) => void
  /** Of several holders the one that was heard last; undefined of none. */
  readonly lastOf: (holders: readonly Host[]) => Host | undefined
  /** The host that was heard last, be it a holder or not; null: nobody was heard yet. */
  readonly believed: () => Host | null
}

const REFRESH_MS = 10_000

export function createGarps (nowMs: () => number): Garps {
  const toldAtMs = new Map<Host, number>()
  /** The last refresh of those that have let go. */
  const lastAtMs = new Map<Host, number>()
  const refreshedAtMs = (host: Host): number => {
    const atMs = toldAtMs.get(host) ?? 0
    return lastAtMs.get(host) ?? nowMs() - (nowMs() - atMs) % REFRESH_MS
  }
  return {
    told (host) {
      toldAtMs.set(host, nowMs())
      lastAtMs.delete(host)
    },
    letGo (host) { if (toldAtMs.has(host) && !lastAtMs.has(host)) lastAtMs.set(host, refreshedAtMs(host)) },
    lastOf: holders => holders.toSorted((a, b) => refreshedAtMs(b) - refreshedAtMs(a))[0],
    believed: () => [...toldAtMs.keys()].toSorted((a, b) => refreshedAtMs(b) - refreshedAtMs(a))[0] ?? null
  }
}
