// The demo as a user runs it, into a pipe.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'

test('the demo ends with a summary in which all is well', async () => {
  const { stdout } = await promisify(execFile)(execPath, [join(import.meta.dirname, '../../deploy/demo/demo.ts')])
  const summary = stdout.slice(stdout.indexOf('Summary')).trim().split('\n').slice(1)
  assert.equal(summary.length, 3, stdout)
  for (const line of summary) assert.match(line, /^ {2}ok /)
})
