/**
 * Starts the bundle from what V8 made of it before: `node start.cjs BUNDLE [WORD...]` is `node BUNDLE [WORD...]` in less time and memory. V8 then
 * compiles nothing that was called when the code was kept, and an agent, which is interpreted, would compile for a third of its start.
 *
 * The code is kept in `BUNDLE.code`, by the command `warm-up` alone. Without it, or with that of another bundle, Node or flags, all runs as well.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import process, { argv } from 'node:process'
import { Script, constants } from 'node:vm'
import { crc32 } from 'node:zlib'
import { AFTER_SCRIPT, BEFORE_SCRIPT } from './script.ts'

/** Of the bundle and of the code, behind the code: V8 compares no more than the length of a source, and takes damaged code for code. */
const SUMS_BYTES = 8

type Main = (require: NodeJS.Require, filename: string) => void

/** @returns null where no code is kept, or not of this bundle */
function keptCode (path: string, bundle: Buffer): Buffer | null {
  let kept: Buffer
  try {
    kept = readFileSync(path)
  } catch {
    return null
  }
  const at = kept.length - SUMS_BYTES
  if (at <= 0 || kept.readUInt32LE(at) !== crc32(bundle) || kept.readUInt32LE(at + 4) !== crc32(kept.subarray(0, at))) return null
  return kept.subarray(0, at)
}

function keep (path: string, bundle: Buffer, code: Buffer): void {
  const sums = Buffer.alloc(SUMS_BYTES)
  sums.writeUInt32LE(crc32(bundle))
  sums.writeUInt32LE(crc32(code), 4)
  writeFileSync(`${path}.${process.pid}`, Buffer.concat([code, sums]))
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
    if (code === 0) keep(path, bundle, script.createCachedData())
  })
}
// As it would be without this file.
argv.splice(0, argv.length, node, filename, ...words)
const main: Main = script.runInThisContext()
main(require, filename)
