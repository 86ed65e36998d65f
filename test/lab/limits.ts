/**
 * Room in the kernel for many hosts. Its table of neighbours is one for all network namespaces of a machine and holds 1,024 entries unless told otherwise (arp(7)),
 * where n hosts that all speak to each other need n². From 23 hosts on entries go and are asked for again; from 33 on, hosts no more find each other. And each agent watches files by one instance of inotify(7), of which one user has 128.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A lab with no more hosts does with what every machine has, other labs beside it included. */
export const FEW_HOSTS = 12

/** The hard limit first: no other may be above it. Enough for 250 hosts. */
const LIMITS = { gc_thresh3: 131_072, gc_thresh2: 65_536, gc_thresh1: 32_768 }

const WATCHERS = 1024

/** Raises what is lower; it stays so until the machine starts anew. @param root of the sysctls, for tests @throws where this process may not */
export function makeRoomForMany (root = '/proc/sys'): void {
  for (const family of ['ipv4', 'ipv6']) {
    for (const [name, entries] of Object.entries(LIMITS)) raise(join(root, 'net', family, 'neigh/default', name), entries)
  }
  raise(join(root, 'fs/inotify/max_user_instances'), WATCHERS)
}

function raise (file: string, limit: number): void {
  if (Number(readFileSync(file, 'utf8')) < limit) writeFileSync(file, `${limit}\n`)
}
