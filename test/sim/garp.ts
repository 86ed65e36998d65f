/**
 * To whom a VIP leads while several hosts hold it. Each of them tells the segment that the VIP is his when he takes it, and
 * again every 10 s (`vrrp_garp_master_refresh`), and whoever was heard last is the one that is reached.
 */
import type { Host } from './host.ts'

export interface Garps {
  /** The VIP went up or down there. */
  readonly note: (host: Host, up: boolean) => void
  /** Of several holders the one that was heard last; undefined of none. */
  readonly lastOf: (holders: readonly Host[]) => Host | undefined
}

const REFRESH_MS = 10_000

export function createGarps (nowMs: () => number): Garps {
  const tookAtMs = new Map<Host, number>()
  const silentMs = (host: Host): number => (nowMs() - (tookAtMs.get(host) ?? 0)) % REFRESH_MS
  return {
    note (host, up) { if (up) tookAtMs.set(host, nowMs()) },
    lastOf: holders => holders.toSorted((a, b) => silentMs(a) - silentMs(b))[0]
  }
}
