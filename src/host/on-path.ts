/** Whether a program can be found by its name. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** @param path as in `PATH`: directories, separated by colons. @param program a name, or a path, which is looked at alone */
export function isOnPath (program: string, path: string): boolean {
  if (program.includes('/')) return existsSync(program)
  return path.split(':').some((directory) => existsSync(join(directory, program)))
}
