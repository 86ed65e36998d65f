/**
 * What a host's keepalived.conf listed as peers over time, from file events (inotify sees through the host's mount
 * namespace). The agent replaces the file by renaming, so every version that is seen is a whole one.
 */
import { readFileSync, watch as watchFiles } from 'node:fs'
import type { Changes } from './changes.ts'
import type { Host } from './host.ts'

export interface Listing {
  readonly atMs: number
  /** Addresses in `unicast_peer`, in the order of the file. */
  readonly peers: readonly string[]
}

export interface Lists {
  /** Each version of the list, oldest first. */
  readonly history: readonly Listing[]
  /** The list as it stands; empty while there is no conf. */
  readonly now: () => readonly string[]
  /** When `address` was first listed; null: never so far. */
  readonly listedAtMs: (address: string) => number | null
  /** When the list became one without `address`, as it still is; null: it is listed, or never was. */
  readonly unlistedAtMs: (address: string) => number | null
}

const FOLDER = '/etc/keepalived'

/** Follows a host's conf until the host is gone. */
export function followLists (host: Host, changes: Changes): Lists {
  const history: Listing[] = []
  const folder = `/proc/${host.pid}/root${FOLDER}`
  note()
  watchFiles(folder, { persistent: false }, note).on('error', () => undefined)
  return {
    history,
    now: () => history.at(-1)?.peers ?? [],
    listedAtMs: address => history.find(({ peers }) => peers.includes(address))?.atMs ?? null,
    unlistedAtMs: address => {
      const last = history.findLastIndex(({ peers }) => peers.includes(address))
      return last === -1 ? null : history[last + 1]?.atMs ?? null
    }
  }

  function note (): void {
    const peers = peersIn(readIfThere(`${folder}/keepalived.conf`))
    if (peers.join() === (history.at(-1)?.peers ?? []).join()) return
    history.push({ atMs: Date.now(), peers })
    changes.notify()
  }
}

/** The addresses in the `unicast_peer` block of a conf. */
export function peersIn (conf: string): string[] {
  const block = /unicast_peer\s*\{(?<peers>[^}]*)\}/.exec(conf)?.groups?.['peers'] ?? ''
  return block.split('\n').map(line => line.replace(/[#!].*/, '').trim()).filter(line => line !== '')
}

function readIfThere (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
