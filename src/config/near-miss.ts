/**
 * Variables that were surely meant for us but are none of ours: the seed's own README says
 * `KEEPALVED_TRACK_INTERFACE_2`, and nobody notices that the interface is not tracked. A name within a few edits
 * (Levenshtein) of one of ours is told with the right one; so is an index that is none.
 */
import { distance } from 'fastest-levenshtein'
import { isServiceLink } from './environment.ts'
import { indexedName, indexMark } from './variable.ts'
import { variables } from './variables/all.ts'
import type { Environment } from './environment.ts'
import type { Warning } from './fault.ts'

/** Edits that still make it likely that one was meant: a letter or two, or two letters swapped. */
const distanceMax = 2

const names = new Set(variables.map(({ name }) => name))

/** One warning a name, in the order of the environment. */
export function nearMisses (environment: Environment): Warning[] {
  return Object.entries(environment)
    .filter(([name, text = '']) => text !== '' && !isServiceLink(name, text))
    .flatMap(([name]) => nearMiss(name) ?? [])
}

function nearMiss (name: string): Warning | null {
  const indexed = indexedName(name)
  const marked = indexed === null ? name : `${indexed.stem}${indexMark}`
  if (names.has(name) || names.has(marked)) return null
  const badIndex = /^(.*?_?)_*\d*$/.exec(name)?.[1] ?? name
  if (names.has(`${badIndex}${indexMark}`) || names.has(`${badIndex}_${indexMark}`)) {
    const right = names.has(`${badIndex}${indexMark}`) ? badIndex : `${badIndex}_`
    return { variable: name, message: `Not used: an index is missing or none. ${right}0 to ${right}999 are.` }
  }
  const meant = closest(marked)
  return meant === null ? null : { variable: name, message: `Not used. ${meant.replace(indexMark, String(indexed?.index ?? indexMark))} is probably meant.` }
}

function closest (name: string): string | null {
  // As many edits as the lengths differ by it takes at least, and to compare all with all would take a while at each start.
  const [best] = [...names].filter(({ length }) => Math.abs(length - name.length) <= distanceMax)
    .map(candidate => ({ candidate, edits: distance(name, candidate) }))
    .filter(({ edits, candidate }) => edits <= distanceMax && edits < candidate.length / 4)
    .toSorted((a, b) => a.edits - b.edits)
  return best?.candidate ?? null
}
