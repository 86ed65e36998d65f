/**
 * One process of this machine, as /proc shows it (proc(5)). A pid alone proves nothing: it may be a zombie, or have
 * been given to somebody else since a pid file was written. Name, conf path and start time together do.
 */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { confOf } from '../config/keepalived-argv.ts'

export interface Process {
  readonly pid: number
  /** At most 15 characters. */
  readonly comm: string
  /** One letter: R, S, D, T, Z, … */
  readonly state: string
  readonly parent: number
  /** Kept by children whose parent died, so it tells whose they were. */
  readonly session: number
  /** Clock ticks from boot to its start: tells two owners of one pid apart. */
  readonly startedAt: string
  /** Empty for a zombie. */
  readonly argv: readonly string[]
}

/** The process `pid`; null when there is none, or only its zombie. */
export function processOf (pid: number): Process | null {
  const process = entryOf(pid)
  return process === null || process.state === 'Z' || process.state === 'X' ? null : process
}

/** What /proc has under `pid`, zombies too; null when there is nothing. */
export function entryOf (pid: number): Process | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'), readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return null // it ended while we read
  }
}

/** Parses `/proc/PID/stat` (`PID (COMM) STATE PPID PGRP SESSION …`; COMM may hold spaces and parentheses) and `cmdline`. */
export function parseStat (stat: string, cmdline: string): Process | null {
  const match = /^(\d+) \((.*)\) (\S) (\d+) \d+ (\d+) (.*)$/s.exec(stat)
  if (match === null) return null
  const [, pid = '', comm = '', state = '', parent = '', session = '', rest = ''] = match
  const startedAt = rest.split(' ')[15] // field 22; `rest` begins with field 7
  if (startedAt === undefined) return null
  return { pid: Number(pid), comm, state, parent: Number(parent), session: Number(session), startedAt, argv: cmdline.split('\0').filter(word => word !== '') }
}

/** Whether it is still the same process that it was: alive, no zombie, and the pid not given to another. */
export function isSame (process: Process): boolean {
  return processOf(process.pid)?.startedAt === process.startedAt
}

/** The keepalived that a pid file names, if it lives, whoever started it. */
export function ownerOf (pidFile: string): Process | null {
  const pid = pidIn(pidFile)
  const process = pid === null ? null : processOf(pid)
  return process !== null && isKeepalived(process) ? process : null
}

/** By either name: the operator's `process_names` change the one, a wrapper that execs it may change the other. */
export function isKeepalived ({ comm, argv }: Pick<Process, 'comm' | 'argv'>): boolean {
  return comm.startsWith('keepalived') || basename(argv[0] ?? '') === 'keepalived'
}

/** The keepalived that a pid file names, if it lives and runs on `conf` (null: on any); null in every other case. */
export function keepalivedOf (pidFile: string, conf: string | null): Process | null {
  const process = ownerOf(pidFile)
  return process !== null && (conf === null || confOf(process.argv) === conf) ? process : null
}

/** The number in a pid file; null when it is missing, holds anything else, or is no file (a fifo would never end). */
export function pidIn (pidFile: string): number | null {
  try {
    if (!statSync(pidFile).isFile()) return null
    const text = readFileSync(pidFile, 'latin1').trim()
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
  } catch {
    return null
  }
}
