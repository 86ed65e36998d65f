/** The kept inputs of each target: `test/fuzz/corpus/TARGET/*`, written by hand or found by a campaign. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from './target.ts'

const root = join(import.meta.dirname, 'corpus')

/** All of them, by name, and the target's own; at least one. */
export function corpusOf ({ name, seeds = [] }: Target): readonly Buffer[] {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const kept = readdirSync(folder).toSorted().map((file) => readFileSync(join(folder, file)))
  const all = [...kept, ...seeds.map((text) => Buffer.from(text))]
  return all.length === 0 ? [Buffer.from('')] : all
}

/** Keeps an input under the digest of its bytes. Returns its path. */
export function keep ({ name }: Target, input: Buffer): string {
  const path = join(root, name, createHash('sha256').update(input).digest('hex').slice(0, 16))
  mkdirSync(join(root, name), { recursive: true })
  writeFileSync(path, input)
  return path
}
