/**
 * Reads single variables out of the environment, and takes down what is wrong with them. An empty value counts as
 * unset, as in the seed; white space around a value means nothing. A control character in a value is refused before
 * any grammar sees it: a line feed is how a value would turn into directives.
 */
import { indexedName, indexMark } from './variable.ts'
import { masked } from './fault.ts'
import type { Fault, Warning } from './fault.ts'
import type { Variable } from './variable.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** One entry of a list, with the very name that it stood under. */
export interface Entry<Value> {
  readonly name: string
  readonly value: Value
}

export interface EnvironmentReader {
  /** The value; null when it is unset or at fault. */
  readonly one: <Value>(variable: Variable<Value>) => Value | null
  /** All entries of a list, by index. */
  readonly list: <Value>(variable: Variable<Value>) => ReadonlyArray<Entry<Value>>
  readonly isSet: (variable: Variable<unknown>) => boolean
  readonly fault: (fault: Fault) => void
  readonly warn: (warning: Warning) => void
  readonly faults: readonly Fault[]
  readonly warnings: readonly Warning[]
}

/** Line feeds and the like; DEL and the C1 range; the line and paragraph separators of Unicode. */
// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** `KEEPALIVED_MESH_PORT=tcp://10.0.0.1:11201`: Kubernetes puts that into each Pod for a Service of that name. */
const serviceLink = /^(?:tcp|udp|sctp):\/\//

export function createEnvironmentReader (environment: Environment): EnvironmentReader {
  const faults: Fault[] = []
  const warnings: Warning[] = []

  function parsed<Value> (variable: Variable<Value>, name: string, text: string): Value | null {
    const received = variable.secret === true ? masked : text
    if (controlCharacter.test(text)) {
      faults.push({ variable: name, received, expected: 'one line without control characters' })
      return null
    }
    const result = variable.schema.safeParse(text)
    if (result.success) return result.data
    faults.push({ variable: name, received, expected: result.error.issues[0]?.message ?? 'another value' })
    return null
  }

  function textOf (name: string): string | null {
    const text = environment[name]?.replaceAll(/^ +| +$/g, '') ?? ''
    return text === '' || isServiceLink(name, text) ? null : text
  }

  function one<Value> (variable: Variable<Value>): Value | null {
    const text = textOf(variable.name)
    return text === null ? null : parsed(variable, variable.name, text)
  }

  function list<Value> (variable: Variable<Value>): Array<Entry<Value>> {
    const entries: Array<Entry<Value>> = []
    for (const name of namesOf(variable)) {
      const text = textOf(name)
      const value = text === null ? null : parsed(variable, name, text)
      if (value !== null) entries.push({ name, value })
    }
    return entries
  }

  function namesOf (variable: Variable<unknown>): string[] {
    return Object.keys(environment)
      .map(name => ({ name, indexed: indexedName(name) }))
      .filter(({ indexed }) => indexed !== null && `${indexed.stem}${indexMark}` === variable.name)
      .toSorted((a, b) => (a.indexed?.index ?? 0) - (b.indexed?.index ?? 0))
      .map(({ name }) => name)
  }

  return {
    one,
    list,
    isSet: variable => variable.name.endsWith(indexMark)
      ? namesOf(variable).some(name => textOf(name) !== null)
      : textOf(variable.name) !== null,
    fault: fault => { faults.push(fault) },
    warn: warning => { warnings.push(warning) },
    faults,
    warnings
  }
}

/** Whether a value comes from Kubernetes' service links and not from the operator. */
export function isServiceLink (name: string, text: string): boolean {
  return name.endsWith('_PORT') && serviceLink.test(text)
}
