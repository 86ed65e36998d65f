/**
 * When VRRP started on a host, as the kernel knows it: the start time of the oldest keepalived process there.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from './host.ts'

/** USER_HZ: the unit of start times in /proc, fixed by the kernel's ABI. */
const TICKS_A_SECOND = 100
/** Field 22 of /proc/PID/stat, counted from the one after the command's closing parenthesis (field 3). */
const START_TIME = 22 - 3

/** Wall-clock milliseconds, to 10 ms. @throws when none runs */
export function keepalivedStartedAtMs (host: Host): number {
  const proc = `/proc/${host.pid}/root/proc`
  const starts = readdirSync(proc).flatMap(name => startOf(join(proc, name, 'stat')))
  if (starts.length === 0) throw new Error(`no keepalived runs on ${host.name}`)
  return Date.now() - uptimeMs() + Math.min(...starts)
}

/** Milliseconds after the machine's boot, if that is a keepalived. */
function startOf (path: string): number[] {
  const [, command, rest] = /\((.*)\) (.*)/s.exec(readIfThere(path)) ?? []
  if (command !== 'keepalived') return []
  return [Number(rest?.split(' ')[START_TIME]) * (1000 / TICKS_A_SECOND)]
}

function uptimeMs (): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000
}

function readIfThere (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
