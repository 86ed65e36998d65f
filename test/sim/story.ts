/**
 * What happened, for people: one line each with time and host. Lines are kept as they are told and made into text only when
 * somebody reads them; ids are shown as the names of their hosts.
 */
import type { MemberId } from '../../src/core/record.ts'

export interface Story {
  /** `what` is asked for its text when the story is read, so it must not change meanwhile. */
  readonly tell: (host: string, what: string | (() => string)) => void
  /** This id is shown as that name from now on. */
  readonly name: (id: MemberId, name: string) => void
  readonly lines: () => readonly string[]
}

interface Line {
  readonly atMs: number
  readonly host: string
  readonly what: string | (() => string)
}

/** Older lines are forgotten: a failure is explained by what came shortly before. */
const LINES_MAX = 20_000

export function createStory (nowMs: () => number): Story {
  let lines: Line[] = []
  const names = new Map<MemberId, string>()
  const textOf = ({ atMs, host, what }: Line): string => {
    let text = typeof what === 'string' ? what : what()
    for (const [id, name] of names) text = text.replaceAll(id, name)
    return `${(atMs / 1000).toFixed(3).padStart(9)} ${host.padEnd(4)} ${text}`
  }
  return {
    tell (host, what) {
      lines.push({ atMs: nowMs(), host, what })
      if (lines.length > 2 * LINES_MAX) lines = lines.slice(-LINES_MAX)
    },
    name: (id, name) => { names.set(id, name) },
    lines: () => lines.map(textOf),
  }
}
