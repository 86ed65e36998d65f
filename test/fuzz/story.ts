/**
 * One story from another. A story is some lines of JSON, each of which is an event: what finds something is a line that is
 * still understood, at a moment at which nobody expects it. So lines are changed within, or doubled, moved, dropped, swapped,
 * or taken from another story, and one name stands where another of its kind did.
 */
import type { Random } from '../sim/random.ts'
import type { Json, Mutate } from './mutate.ts'

export interface StoryOptions {
  readonly random: Random
  readonly alike: ReadonlyArray<readonly string[]>
  /** Another value for the same place. */
  readonly changed: (value: Json) => Json
}

/** More than a story is read to the end of. */
const linesMax = 32

type Change = (lines: readonly string[], at: number, others: readonly Buffer[]) => readonly string[]

export function createStoryMutate ({ random, alike, changed }: StoryOptions): Mutate {
  const kindsOf = alike.map((names) => names.map((name) => JSON.stringify(name)))
  const changedLine = (line: string): string => {
    try {
      return JSON.stringify(changed(JSON.parse(line)))
    } catch {
      return line
    }
  }
  /** One of them for another of its kind, everywhere in the line. */
  const renamed = (line: string): string => {
    const kinds = kindsOf.filter((kind) => kind.some((name) => line.includes(name)))
    if (kinds.length === 0) return line
    const kind = random.pick(kinds)
    const there = random.pick(kind.filter((name) => line.includes(name)))
    return line.replaceAll(there, random.pick(kind))
  }
  const somewhere = (lines: readonly string[]): number => random.whole(0, lines.length)
  const changes: readonly Change[] = [
    (lines, at) => lines.with(at, changedLine(lines[at] ?? '')),
    (lines, at) => lines.with(at, renamed(lines[at] ?? '')),
    (lines, at) => lines.toSpliced(somewhere(lines), 0, changedLine(lines[at] ?? '')),
    (lines, at) => lines.toSpliced(somewhere(lines), 0, renamed(lines[at] ?? '')),
    (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
    (lines, at) => lines.toSpliced(at, 1).toSpliced(somewhere(lines.slice(1)), 0, lines[at] ?? ''),
    (lines, at) => lines.toSpliced(at, 1),
    (lines, at, others) => lines.toSpliced(at, 0, random.pick(linesOf(random.pick(others)))),
    (lines, at, others) => [...lines.slice(0, at), ...linesOf(random.pick(others)).slice(random.whole(0, 4))]
  ]
  return (input, others) => {
    let lines = linesOf(input)
    for (let times = random.whole(1, 4); times > 0; times--) {
      if (lines.length > 0) lines = random.pick(changes)(lines, random.whole(0, lines.length - 1), others).slice(0, linesMax)
    }
    return Buffer.from(lines.join('\n'))
  }
}

function linesOf (input: Buffer): readonly string[] {
  return input.toString().split('\n')
}
