/** The import rule holds for src, and would be seen to fail. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importViolations } from './imports.ts'
import { report, sourcesIn } from './source.ts'

describe('import rule', () => {
  it('holds for every file of src', () => {
    const sources = sourcesIn('src/**/*.ts')
    assert.ok(sources.length > 10)
    const violations = importViolations(sources)
    assert.equal(violations.length, 0, `\n${report(violations)}`)
  })

  const broken: ReadonlyArray<readonly [path: string, text: string, rule: RegExp]> = [
    ['src/core/view.ts', "import { join } from 'node:path'", /core imports "node:path"/],
    ['src/core/view.ts', "import type { Logger } from 'pino'", /core imports "pino"/],
    ['src/core/view.ts', "import type { Log } from '../log.ts'", /core imports log/],
    ['src/core/view.ts', "export { x } from '../mesh/node.ts'", /core imports mesh/],
    ['src/core/view.ts', "export * from '../mesh/node.ts'", /core imports mesh/],
    ['src/core/view.ts', "const node = await import('../mesh/node.ts')", /core imports mesh/],
    ['src/core/view.ts', "let node: import('../mesh/node.ts').Node", /core imports mesh/],
    ['src/core/view.ts', 'const now = Date.now()', /core uses Date/],
    ['src/core/view.ts', 'const now = new Date(0)', /core uses Date/],
    ['src/core/view.ts', 'const x = Math.random()', /core uses Math\.random/],
    ['src/core/view.ts', 'setTimeout(() => {}, 1)', /core uses setTimeout/],
    ['src/core/view.ts', 'const console2 = { console }', /core uses console/],
    ['src/core/view.ts', 'const x = import.meta.url', /core uses import\.meta/],
    ['src/mesh/node.ts', "import { render } from '../keepalived/render.ts'", /mesh imports keepalived/],
    ['src/keepalived/daemon.ts', "import { node } from '../mesh/node.ts'", /keepalived imports mesh/],
    ['src/host/facts.ts', "import { agent } from '../agent.ts'", /host imports agent/],
    ['src/agent.ts', "import { program } from './cli/program.ts'", /agent imports cli/],
    ['src/agent.ts', 'const env = process.env', /agent uses process/],
    ['src/agent/loop.ts', "import { env } from 'node:process'", /agent imports "node:process"/],
    ['src/agent/loop.ts', "import { env, kill } from 'node:process'", /agent imports "node:process"/],
    ['src/agent/loop.ts', "import process from 'node:process'", /agent imports "node:process"/],
    ['src/core/loop.ts', "import { kill } from 'node:process'", /core imports "node:process"/],
    ['src/config/seed.ts', "import { stage } from '../../test/stage.ts'", /from outside of src/],
    ['src/start.ts', "import { core } from './core/core.ts'", /start imports core/],
    ['src/helpers/x.ts', '', /no area/]
  ]
  for (const [path, text, rule] of broken) {
    it(`refuses ${text || path} in ${path}`, () => {
      const [violation, ...more] = importViolations([{ path, text: `// A line before.\n${text}\n` }])
      assert.match(violation?.rule ?? '', rule)
      assert.equal(violation?.line, text === '' ? 1 : 2)
      assert.deepEqual(more, [])
    })
  }

  const sound: ReadonlyArray<readonly [path: string, text: string]> = [
    ['src/main.ts', "import { agent } from './agent.ts'; process.exitCode = 0"],
    ['src/start.ts', "import { argv } from 'node:process'; import { AFTER_SCRIPT } from './script.ts'"],
    ['src/agent.ts', "import { core } from './core/core.ts'; import { node } from './mesh/node.ts'"],
    ['src/core/view.ts', "import type { MemberId } from './record.ts'; export const facts = { Date: 1, process: 2 }; facts.process"],
    ['src/core/view.ts', '// Date.now() and process are words here\nexport const text = "Date.now()"'],
    ['src/mesh/discovery/seeds.ts', "import { lookup } from 'node:dns/promises'; import type { Config } from '../../config/config.ts'"],
    ['src/keepalived/running.ts', "import { kill } from 'node:process'"],
    ['src/keepalived/daemon.ts', 'const { process, ...rest } = found(); process.end()'],
    ['src/keepalived/daemon.ts', 'export const pidOf = (process: Process) => process.pid'],
    ['src/keepalived/process.ts', 'export interface Process { process: string }']
  ]
  for (const [path, text] of sound) {
    it(`takes ${text} in ${path}`, () => {
      assert.equal(report(importViolations([{ path, text }])), '')
    })
  }
})
