/**
 * Starts the bundle from what V8 made of it before: `node start.cjs BUNDLE [WORD...]` is `node BUNDLE [WORD...]` in less time and memory, since nothing
 * is compiled anew that was called when the code was kept. (Node's own compile cache holds what is compiled at once, before the first call.)
 *
 * The code is kept in `BUNDLE.code`, by the command `warm-up` alone. Without it, or with that of another bundle, Node or flags, all runs as well.
 */
import { hash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import process, { argv } from 'node:process'
import { Script, constants } from 'node:vm'
import { AFTER_SCRIPT, BEFORE_SCRIPT } from './script.ts'

/** SHA-256 of the bundle and of the code, behind the code: V8 compares no more than the length of a source, and takes damaged code for code. */
const DIGEST_BYTES = 32

type Main = (require: NodeJS.Require, filename: string) => void

/** @returns null where no code is kept, or not of this bundle */
function keptCode (path: string, bundle: Buffer): Buffer | null {
  let kept: Buffer
  try {
    kept = readFileSync(path)
  } catch {
    return null
  }
  const code = kept.subarray(0, Math.max(0, kept.length - 2 * DIGEST_BYTES))
  return kept.subarray(code.length).equals(digestsOf(bundle, code)) ? code : null
}

function digestsOf (bundle: Buffer, code: Buffer): Buffer {
  return Buffer.concat([bundle, code].map((bytes) => hash('sha256', bytes, 'buffer')))
}

function keep (path: string, bundle: Buffer, code: Buffer): void {
  writeFileSync(`${path}.${process.pid}`, Buffer.concat([code, digestsOf(bundle, code)]))
  renameSync(`${path}.${process.pid}`, path)
}

const [node = '', , filename = '', ...words] = argv
const path = `${filename}.code`
const warmsUp = words[0] === 'warm-up'
const bundle = readFileSync(filename)
const cachedData = warmsUp ? null : keptCode(path, bundle)
// Latin-1, as whatever the build writes is ASCII: a string of one byte a character, which lies outside the heap.
const script = new Script(bundle.toString('latin1', bundle.indexOf(BEFORE_SCRIPT) + BEFORE_SCRIPT.length, bundle.lastIndexOf(AFTER_SCRIPT)), {
  filename,
  lineOffset: 1,
  ...cachedData === null ? {} : { cachedData },
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
})
if (warmsUp) {
  process.on('exit', (code) => {
    if (code !== 0) return
    try {
      keep(path, bundle, script.createCachedData())
    } catch (error) {
      process.stderr.write(`the code cannot be kept: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  })
}
// As it would be without this file.
argv.splice(0, argv.length, node, filename, ...words)
const main: Main = script.runInThisContext()
main(require, filename)
