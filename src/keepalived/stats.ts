/**
 * keepalived's counters. SIGUSR2 makes its vrrp child write them to `$TMPDIR/keepalived.stats`; the JSON dump would be
 * easier to read, but holds the password in clear. The old file is removed before each request, so what appears is
 * the answer; an answer that is still being written lacks its last section and does not parse.
 */
import { rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { readPlainSync } from '../host/plain-file.ts'

/** Counted from the start of the vrrp child; a reload does not reset them. */
export interface Stats {
  readonly instance: string
  readonly received: number
  readonly sent: number
  readonly becameMaster: number
  readonly releasedMaster: number
}

/** `keepalived.stats`, one section an instance; every field is present from the first version with JSON (1.3) on. */
const SECTION = /VRRP Instance: (.+)\n\s+Advertisements:\n\s+Received: (\d{1,15})\n\s+Sent: (\d{1,15})\n\s+Became master: (\d{1,15})\n\s+Released master: (\d{1,15})\n[^]*?Priority Zero:\n\s+Received: \d+\n\s+Sent: \d+\n/g

/** The counters of each instance, in the order of the conf; empty while the text is incomplete. */
export function parseStats (text: string): readonly Stats[] {
  return [...text.matchAll(SECTION)].map(([, instance = '', ...counts]) => {
    const [received = 0, sent = 0, becameMaster = 0, releasedMaster = 0] = counts.map(Number)
    return { instance, received, sent, becameMaster, releasedMaster }
  })
}

/**
 * Asks and waits for the answer.
 * @param ask sends SIGUSR2 to keepalived
 * @returns null when there was no answer in `ceilingMs`
 */
export async function requestStats (tmpDir: string, ask: () => void, ceilingMs: number): Promise<readonly Stats[] | null> {
  const path = join(tmpDir, 'keepalived.stats')
  rmSync(path, { force: true })
  const { promise, resolve } = Promise.withResolvers<readonly Stats[] | null>()
  const watcher = watch(tmpDir, () => {
    const stats = parseStats(textOf(path))
    if (stats.length > 0) resolve(stats)
  })
  const timer = setTimeout(() => { resolve(null) }, ceilingMs)
  try {
    ask()
    return await promise
  } finally {
    clearTimeout(timer)
    watcher.close()
  }
}

function textOf (path: string): string {
  try {
    return readPlainSync(path)
  } catch {
    return '' // removed by us a moment ago
  }
}
