/** The user's own template of keepalived.conf, read and parsed, so that a mistake in it shows at the start. */
import Handlebars from 'handlebars'
import { template as templateVariable } from './variables/process.ts'
import type { EnvironmentReader } from './environment.ts'
import type { ReadFile } from './secret-file.ts'

/** Its text; null when none is named or it is at fault. */
export function templateOf (reader: EnvironmentReader, readFile: ReadFile): string | null {
  const path = reader.one(templateVariable)
  if (path === null) return null
  try {
    const text = readFile(path)
    if (Handlebars.parse(text).body.every(isBlank)) throw new Error('it renders nothing')
    return text
  } catch (error) {
    const [why = ''] = error instanceof Error ? error.message.split('\n') : []
    reader.fault({ variable: templateVariable.name, received: path, expected: `the path of a Handlebars template (${why})` })
    return null
  }
}

/** A comment, or white space. */
function isBlank (statement: hbs.AST.Statement): boolean {
  return statement.type === 'CommentStatement' || (statement.type === 'ContentStatement' && 'value' in statement && String(statement.value).trim() === '')
}
