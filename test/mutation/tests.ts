/** Runs the test files that the patterns name, and tells each test that fails as a {@link Failure}. `--together`: in one process, which is quicker. */
import { relative } from 'node:path'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import { tell } from './failure.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { together: { type: 'boolean', default: false } } })

run({ globPatterns: positionals, concurrency: 1, isolation: values.together ? 'none' : 'process' }).on('test:fail', ({ name, file = '', details: { error } }) => {
  process.exitCode = 1
  // Of a suite that fails because a test in it does, the test is told.
  if ('failureType' in error && error.failureType === 'subtestsFailed') return
  const [why = ''] = (error.cause instanceof Error ? error.cause.message : String(error.cause)).split('\n', 1)
  tell({ test: `${relative('test', file).replace(/\.test\.ts$/, '')}: ${name}`, why })
}).resume()
