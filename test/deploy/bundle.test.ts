/** What the bundle loads of Node: where code is interpreted, each module costs the start some milliseconds, and the agent its memory for good. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { test } from 'node:test'

const BUNDLE = join(import.meta.dirname, '../../dist/keepalived-mesh.js')
const TELLING = `data:text/javascript,${encodeURIComponent('process.on("exit", () => { console.log(JSON.stringify(process.moduleLoadList)) })')}`

function loadedBy (command: string): ReadonlySet<string> {
  const told = execFileSync(execPath, ['--import', TELLING, BUNDLE, command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const names: readonly string[] = JSON.parse(told.trimEnd().split('\n').at(-1) ?? '')
  return new Set(names.map((name) => name.replace(/^NativeModule /, '')))
}

test('two members meet without HTTP, TLS, compression and the debugger', () => {
  const loaded = loadedBy('warm-up')
  assert.ok(loaded.has('net') && loaded.has('internal/child_process'), 'what is loaded is not found as Node tells it')
  for (const name of ['http', 'https', 'http2', 'tls', 'inspector', 'zlib']) assert.ok(!loaded.has(name), `node:${name} is loaded by an agent that nobody asks for it`)
})

test('a command that only talks loads nothing of what an agent needs', () => {
  const loaded = loadedBy('--version')
  assert.ok(loaded.has('net'))
  for (const name of ['dns/promises', 'fs/promises', 'worker_threads', 'tty', 'v8', 'perf_hooks']) assert.ok(!loaded.has(name), `node:${name} is loaded by each command`)
})
