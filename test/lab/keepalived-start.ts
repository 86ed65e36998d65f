/**
 * The processes of keepalived on a host, as the kernel knows them, and when VRRP started there: the start time of the
 * oldest one.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from './host.ts'

/** USER_HZ: the unit of start times in /proc, fixed by the kernel's ABI. */
const TICKS_A_SECOND = 100
/** Fields of /proc/PID/stat, counted from the one after the command's closing parenthesis (field 3). */
const PARENT = 4 - 3
const START_TIME = 22 - 3

export interface KeepalivedProcess {
  /** Both as seen on the host. */
  readonly pid: number
  readonly parent: number
  /** Milliseconds after the machine's boot. */
  readonly startedMs: number
}

/** Wall-clock milliseconds, to 10 ms. @throws when none runs */
export function keepalivedStartedAtMs (host: Host): number {
  const starts = keepalivedProcesses(host).map(({ startedMs }) => startedMs)
  if (starts.length === 0) throw new Error(`no keepalived runs on ${host.name}`)
  return Date.now() - uptimeMs() + Math.min(...starts)
}

export function keepalivedProcesses (host: Host): KeepalivedProcess[] {
  const proc = `/proc/${host.pid}/root/proc`
  return readdirSync(proc).flatMap(name => processOf(Number(name), join(proc, name, 'stat')))
}

function processOf (pid: number, path: string): KeepalivedProcess[] {
  const [, command, rest] = /\((.*)\) (.*)/s.exec(readIfThere(path)) ?? []
  if (command !== 'keepalived' || rest === undefined) return []
  const fields = rest.split(' ')
  return [{ pid, parent: Number(fields[PARENT]), startedMs: Number(fields[START_TIME]) * (1000 / TICKS_A_SECOND) }]
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
