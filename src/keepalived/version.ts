/** Which keepalived there is. Its first line names it: `Keepalived v2.2.7 (01/16,2022)`, on stderr. */
import { execa } from 'execa'

const TIMEOUT_MS = 5000

/** The oldest whose config test and notify fifo do what is built upon here. */
const OLDEST = [2, 2] as const

export type Version = readonly [major: number, minor: number, patch: number]

/** Asks the program; null when it cannot be run, or is no keepalived. */
export async function versionOf (program: string): Promise<Version | null> {
  const { stderr } = await execa(program, ['--version'], { reject: false, timeout: TIMEOUT_MS, stdin: 'ignore' })
  return parseVersion(stderr)
}

export function parseVersion (said: string): Version | null {
  const [, major, minor, patch = '0'] = /^Keepalived v(\d+)\.(\d+)(?:\.(\d+))?/m.exec(said) ?? []
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor), Number(patch)]
}

export function isTooOld ([major, minor]: Version): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}
