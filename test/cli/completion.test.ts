/** Completion, in the shells themselves: what is offered at each place of the line. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { test, type TestContext } from 'node:test'
import { runProgram } from '../../src/cli/program.ts'
import { tableOf } from '../../src/cli/table.ts'
import { isOnPath } from '../../src/host/on-path.ts'
import { documentOf } from '../../src/status/document.ts'
import { facts, memberOf, statusOf } from '../status/sample.ts'
import { createStage } from './stage.ts'

const none = async (): Promise<0> => 0
const actions = { run: none, render: none, status: none, doctor: none, leave: none, forget: none, detach: none, warmUp: none }

async function scriptFor (shell: string): Promise<string> {
  const stage = createStage()
  assert.equal(await runProgram(['completion', shell], { version: '1' }, { actions, terminal: stage.terminal }), 0)
  return (await stage.printed()).out
}

/** A folder with the script, and a `keepalived-mesh` whose status tells of a lost member. */
async function prepared (t: TestContext, shell: string): Promise<{ readonly folder: string, readonly run: (text: string) => readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  writeFileSync(join(folder, 'script'), await scriptFor(shell))
  const status = tableOf(documentOf(statusOf({ members: [memberOf(0), memberOf(1), memberOf(2, { state: 'lost' })] }), facts), (_style, text) => text)
  writeFileSync(join(folder, 'keepalived-mesh'), `#!/bin/sh\ncat <<'END'\n${status}\nEND\n`, { mode: 0o755 })
  const run = (text: string): readonly string[] => execFileSync(shell, [...shell === 'zsh' ? ['-f'] : [], '-c', text], { encoding: 'utf8', env: { ...env, PATH: `${folder}${delimiter}${env['PATH'] ?? ''}` } }).split('\n').filter((line) => line !== '')
  return { folder, run }
}

test('bash: commands, options, lost members', async (t) => {
  const { folder, run } = await prepared(t, 'bash')
  const offered = (...words: string[]) => run(`source ${folder}/script; COMP_WORDS=(keepalived-mesh ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _keepalived_mesh; printf '%s\\n' "\${COMPREPLY[@]}"`)
  assert.deepEqual(offered(''), ['run', 'render', 'status', 'doctor', 'leave', 'forget', 'detach', 'secret', 'completion', '--help', '--version'])
  assert.deepEqual(offered('st'), ['status'])
  assert.deepEqual(offered('status', '--'), ['--json', '--watch'])
  assert.deepEqual(offered('render', '--'), ['--explain'])
  assert.deepEqual(offered('forget', ''), ['10.10.0.23'])
  assert.deepEqual(offered('completion', ''), ['bash', 'zsh'])
  assert.deepEqual(offered('leave', ''), [])
})

const skip = isOnPath('zsh', env['PATH'] ?? '') ? false : 'no zsh on this machine'

test('zsh: commands, options, lost members', { skip }, async (t) => {
  const { folder, run } = await prepared(t, 'zsh')
  const offered = (...words: string[]) => run(`compdef () {}; source ${folder}/script; _describe () { print -l -- \${(P)2} }; compadd () { shift; print -l -- "$@" }; words=(keepalived-mesh ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _keepalived_mesh`)
  assert.deepEqual(offered('').map((line) => line.split(':')[0]), ['run', 'render', 'status', 'doctor', 'leave', 'forget', 'detach', 'secret', 'completion'])
  assert.deepEqual(offered('status', ''), ['--json', '--watch'])
  assert.deepEqual(offered('forget', ''), ['10.10.0.23'])
  assert.deepEqual(offered('leave', ''), [])
})

test('zsh: it registers itself', { skip }, async (t) => {
  const { folder, run } = await prepared(t, 'zsh')
  assert.deepEqual(run(`autoload -U compinit; compinit -u -D; source ${folder}/script; print $_comps[keepalived-mesh]`), ['_keepalived_mesh'])
})
