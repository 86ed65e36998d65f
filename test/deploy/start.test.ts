/** The bundle is started from the code that V8 made of it: of this bundle alone, and of nothing that is damaged. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { after, before, test } from 'node:test'
import { AFTER_SCRIPT, BEFORE_SCRIPT } from '../../src/script.ts'

const DIST = join(import.meta.dirname, '../../dist')
const [, FLAGS = ''] = /^exec node (.*) \S+\.cjs /m.exec(readFileSync(join(import.meta.dirname, '../../deploy/docker/keepalived-mesh.sh'), 'utf8')) ?? []

let folder: string
let bundle: string
let code: string
const node = (...words: readonly string[]): string => execFileSync(execPath, [...FLAGS.split(' '), ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
const started = (...words: readonly string[]): string => node(join(folder, 'start.cjs'), bundle, ...words)

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
  bundle = join(folder, 'bundle.mjs')
  code = `${bundle}.code`
  copyFileSync(join(DIST, 'start.cjs'), join(folder, 'start.cjs'))
  copyFileSync(join(DIST, 'keepalived-mesh.js'), bundle)
  started('warm-up')
})
after(() => { rmSync(folder, { recursive: true }) })

test('a warm-up leaves the code beside the bundle, and nothing else', () => {
  assert.deepEqual(readdirSync(folder).toSorted(), ['bundle.mjs', 'bundle.mjs.code', 'start.cjs'])
})

test('V8 takes the code that is kept, with the flags of the image', () => {
  const kept = readFileSync(code)
  const told = node('--input-type=commonjs', '--eval', `
    const { readFileSync } = require('node:fs')
    const text = readFileSync(${JSON.stringify(bundle)}, 'latin1')
    const source = text.slice(${BEFORE_SCRIPT.length}, text.lastIndexOf(${JSON.stringify(AFTER_SCRIPT)}))
    console.log(new (require('node:vm').Script)(source, { cachedData: readFileSync(${JSON.stringify(code)}).subarray(0, ${kept.length - 64}) }).cachedDataRejected)`)
  assert.equal(told, 'false')
})

test('commands are what they are without it', () => {
  for (const words of [['--version'], ['--help'], ['completion', 'bash']]) assert.equal(started(...words), node(bundle, ...words))
  assert.throws(() => started('no-such-command'), { status: 64 })
})

test('another bundle of the same length is not run by the code of the first', () => {
  const text = readFileSync(bundle, 'latin1')
  const version = started('--version')
  const other = version.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
  writeFileSync(bundle, text.replaceAll(`"${version}"`, `"${other}"`), 'latin1')
  try {
    assert.equal(started('--version'), other)
  } finally {
    writeFileSync(bundle, text, 'latin1')
  }
})

for (const [how, damaged] of [
  ['damaged', (kept: Buffer) => kept.fill(0x5a, kept.length >> 1, (kept.length >> 1) + 4096)],
  ['cut short', (kept: Buffer) => kept.subarray(0, kept.length >> 1)],
  ['empty', () => Buffer.alloc(0)]
] as const) {
  test(`code that is ${how} is passed over`, () => {
    const kept = readFileSync(code)
    writeFileSync(code, damaged(Buffer.from(kept)))
    try {
      assert.match(started('--version'), /^\d+\.\d+\.\d+$/)
      assert.match(started('secret'), /^[\w-]{43}$/)
    } finally {
      writeFileSync(code, kept)
    }
  })
}

test('a warm-up whose code cannot be kept fails', () => {
  const kept = readFileSync(code)
  rmSync(code)
  mkdirSync(code)
  try {
    assert.throws(() => started('warm-up'), { status: 1 })
  } finally {
    rmSync(code, { recursive: true })
    writeFileSync(code, kept)
  }
})
