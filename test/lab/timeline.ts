/**
 * The addresses of every host over time, told by the kernel (`ip monitor address`, netlink events) and never by looking
 * now and then, which would miss what lasts a few milliseconds. A host that is switched off loses all its addresses.
 *
 * The instants are those at which `ip` read the event: late by the time that it waited for a processor.
 */
import type { Changes } from './changes.ts'
import { type AddressChange, holdersOf, overlapsOf, type Stretch, vacanciesOf } from './holders.ts'
import { execIn, spawnIn } from './program.ts'

export interface Timeline {
  /** All changes so far, oldest first. */
  readonly changes: readonly AddressChange[]
  /** Those of one address, from an instant on. */
  readonly of: (vip: string, sinceMs?: number) => AddressChange[]
  readonly holders: (vip: string) => string[]
  readonly overlaps: (vip: string) => Stretch[]
  readonly vacancies: (vip: string) => Stretch[]
  /** Follows a host whose init is process `pid`; resolves when no later change can be missed. */
  readonly follow: (host: string, pid: number) => Promise<void>
  /** The host was switched off at that instant. */
  readonly lose: (host: string, atMs: number) => void
}

/** Added to the loopback, and removed, until the monitor tells of it: from then on it misses nothing. */
const SENTINEL = '127.0.0.99'
const LINE = /^\[(?<stamp>[^\]]+)\]\s*(?<deleted>Deleted )?.*?\sinet6?\s(?<address>[^\s/]+)/

export function createTimeline (watch: Changes): Timeline {
  const changes: AddressChange[] = []
  const dead = new Set<string>()
  const followed = new Set<string>()
  return {
    changes,
    of: (vip, sinceMs = 0) => changes.filter(({ address, atMs }) => address === vip && atMs >= sinceMs),
    holders: vip => holdersOf(changes, vip),
    overlaps: vip => overlapsOf(changes, vip, Date.now()),
    vacancies: vip => vacanciesOf(changes, vip, Date.now()),
    follow,
    lose
  }

  async function follow (host: string, pid: number): Promise<void> {
    dead.delete(host)
    followed.delete(host)
    await spawnIn(pid, ['ip', '-o', '-ts', 'monitor', 'address'], {
      env: { TZ: 'UTC' },
      onLine: ({ text }) => { note(host, text) }
    })
    while (!followed.has(host)) {
      for (const action of ['add', 'del']) await execIn(pid, ['ip', 'address', action, `${SENTINEL}/32`, 'dev', 'lo'])
    }
  }

  function note (host: string, text: string): void {
    const change = changeOf(host, text)
    if (change === null || dead.has(host)) return
    if (change.address === SENTINEL) followed.add(host)
    else changes.push(change)
    watch.notify()
  }

  function lose (host: string, atMs: number): void {
    dead.add(host)
    for (const address of new Set(changes.filter(change => change.host === host).map(change => change.address))) {
      if (holdersOf(changes, address).includes(host)) changes.push({ atMs, host, address, event: 'removed' })
    }
    watch.notify()
  }
}

/** What one line of `ip -o -ts monitor address` (in UTC) says; null for a line of another kind. */
export function changeOf (host: string, text: string): AddressChange | null {
  const { stamp, deleted, address } = LINE.exec(text)?.groups ?? {}
  if (stamp === undefined || address === undefined) return null
  return { atMs: Date.parse(`${stamp}Z`), host, address, event: deleted === undefined ? 'added' : 'removed' }
}
