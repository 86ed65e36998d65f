/** A secret may come in a variable or in a file (as Docker and Kubernetes mount them); the file is named by `…_FILE`. */
import { masked } from './fault.ts'
import type { EnvironmentReader } from './environment.ts'
import type { Variable } from './variable.ts'

/** In place of the previous secret of a mesh: there was none. */
export const noSecret = 'none'

/** The text of a file; throws where it cannot be read. */
export type ReadFile = (path: string) => string

/** The secret, or null when there is none or it is at fault. One line feed at the end of a file is no part of it. */
export function secretOf<Value> (reader: EnvironmentReader, variable: Variable<Value>, fileVariable: Variable<string>, readFile: ReadFile): Value | null {
  const path = reader.one(fileVariable)
  if (path === null) return reader.one(variable)
  if (reader.isSet(variable)) {
    reader.fault({ variable: fileVariable.name, received: path, expected: `to be unset, because ${variable.name} is set` })
    return null
  }
  const text = textOf(reader, fileVariable.name, path, readFile)
  if (text === null) return null
  const result = variable.schema.safeParse(text)
  if (text !== '' && result.success) return result.data
  const expected = result.success ? 'a secret' : result.error.issues[0]?.message ?? 'another value'
  reader.fault({ variable: fileVariable.name, received: `${path} ${masked}`, expected: `a file that holds ${expected}` })
  return null
}

function textOf (reader: EnvironmentReader, name: string, path: string, readFile: ReadFile): string | null {
  try {
    return readFile(path).replace(/\r?\n$/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    reader.fault({ variable: name, received: path, expected: `the path of a file that can be read (${code})` })
    return null
  }
}
