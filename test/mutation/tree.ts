/** A copy of the tree, to be broken: nothing of it is ever written in the tree itself. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { mutatedText, type Mutation } from './mutation.ts'

export interface Tree {
  readonly dir: string
  /** Returns how to undo it. @throws when the mutation does not fit. */
  readonly mutate: (mutation: Mutation) => () => void
  readonly remove: () => void
}

const LEFT_OUT = new Set(['.git', 'dist', 'node_modules'])

export function copyTree (root: string): Tree {
  const dir = mkdtempSync(join(tmpdir(), 'mutation-'))
  cpSync(root, dir, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) })
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  return {
    dir,
    mutate (mutation) {
      const path = join(dir, mutation.file)
      const source = readFileSync(path, 'utf8')
      const text = mutatedText(source, mutation)
      if (text === null) throw new Error(`${mutation.name} does not fit ${mutation.file}: expected its text there once`)
      writeFileSync(path, text)
      return () => { writeFileSync(path, source) }
    },
    remove: () => { rmSync(dir, { recursive: true, force: true }) }
  }
}
