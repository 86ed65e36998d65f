/** Reads an environment in a test, and gives the part that the test is about. */
import assert from 'node:assert/strict'
import { readConfig } from '../../src/config/read-config.ts'
import type { Config } from '../../src/config/config.ts'
import type { Fault, Warning } from '../../src/config/fault.ts'

export type Files = Readonly<Record<string, string>>

/** One VIP, and what else is given; an empty text takes a variable away. */
export function environmentOf (rest: Record<string, string>): Record<string, string> {
  return { KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24', ...rest }
}

export function readingOf (rest: Record<string, string>, files: Files = {}): ReturnType<typeof readConfig> {
  return readConfig(environmentOf(rest), path => {
    const text = files[path]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  })
}

export function configOf (rest: Record<string, string>, files: Files = {}): Config {
  const read = readingOf(rest, files)
  assert('config' in read, JSON.stringify(read))
  return read.config
}

export function faultsOf (rest: Record<string, string>, files: Files = {}): readonly Fault[] {
  const read = readingOf(rest, files)
  return 'faults' in read ? read.faults : []
}

export function warningsOf (rest: Record<string, string>, files: Files = {}): readonly Warning[] {
  return readingOf(rest, files).warnings
}
