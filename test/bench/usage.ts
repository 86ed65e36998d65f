/** What a process on a host of the lab uses: memory, processor time, and what its host sends. */
import { readFile } from 'node:fs/promises'
import type { Host } from '../lab/host.ts'

/** `USER_HZ`: proc(5). */
const TICKS_PER_SECOND = 100

export interface Reading {
  readonly atMs: number
  /** Of user and system time. */
  readonly ticks: number
  readonly sentBytes: number
  readonly sentFrames: number
}

/** Per second; the processor in percent of one core. */
export interface Rate {
  readonly cpu: number
  readonly bytes: number
  readonly frames: number
}

/** MiB, of `smaps_rollup` (proc(5)). */
export type Memory = Readonly<Record<'Rss' | 'Pss' | 'Anonymous', number>>

/** @param pid as seen from outside */
export async function read (host: Host, pid: number): Promise<Reading> {
  const [stat, dev] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${host.pid}/net/dev`, 'utf8')])
  // The 14th and 15th field, the name in parentheses being the second.
  const [utime = 0, stime = 0] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number)
  const counters = /^ *eth0:(.*)$/m.exec(dev)?.[1]?.trim().split(/ +/).map(Number) ?? []
  return { atMs: performance.now(), ticks: utime + stime, sentBytes: counters[8] ?? Number.NaN, sentFrames: counters[9] ?? Number.NaN }
}

export function rateBetween (before: Reading, after: Reading): Rate {
  const seconds = (after.atMs - before.atMs) / 1000
  return {
    cpu: 100 * (after.ticks - before.ticks) / TICKS_PER_SECOND / seconds,
    bytes: (after.sentBytes - before.sentBytes) / seconds,
    frames: (after.sentFrames - before.sentFrames) / seconds
  }
}

export async function memoryOf (pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mib = (key: string): number => Number(new RegExp(`^${key}: +([0-9]+) kB`, 'm').exec(text)?.[1]) / 1024
  return { Rss: mib('Rss'), Pss: mib('Pss'), Anonymous: mib('Anonymous') }
}
