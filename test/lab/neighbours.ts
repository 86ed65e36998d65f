/**
 * Room in the kernel's table of neighbours. It is one for all network namespaces of a machine and holds 1,024 entries unless told otherwise (arp(7)),
 * where n hosts that all speak to each other need n². From 23 hosts on entries go and are asked for again; from 33 on, hosts no more find each other.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A lab with no more hosts does with what every machine has, other labs beside it included. */
export const FEW_HOSTS = 12

/** The hard limit first: no other may be above it. Enough for 250 hosts. */
const LIMITS = { gc_thresh3: 131_072, gc_thresh2: 65_536, gc_thresh1: 32_768 }

/** Raises what is lower; it stays so until the machine starts anew. @param root of the sysctls, for tests @throws where this process may not */
export function makeRoomForNeighbours (root = '/proc/sys'): void {
  for (const family of ['ipv4', 'ipv6']) {
    for (const [name, entries] of Object.entries(LIMITS)) {
      const file = join(root, 'net', family, 'neigh/default', name)
      if (Number(readFileSync(file, 'utf8')) < entries) writeFileSync(file, `${entries}\n`)
    }
  }
}
