/** The command line: each word reaches its action, and what nobody understands ends with 64. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exitCodes } from '../../src/cli/exit.ts'
import type { ExitCode } from '../../src/cli/exit.ts'
import { runProgram } from '../../src/cli/program.ts'
import { createStage } from './stage.ts'

interface Outcome { readonly code: ExitCode, readonly called: readonly unknown[], readonly out: string, readonly err: string }

async function outcomeOf (...args: string[]): Promise<Outcome> {
  const called: unknown[] = []
  const note = (name: string) => async (given?: unknown): Promise<ExitCode> => {
    called.push(given === undefined ? name : [name, given])
    return exitCodes.refused
  }
  const stage = createStage()
  const actions = { run: note('run'), render: note('render'), status: note('status'), doctor: note('doctor'), leave: note('leave'), forget: note('forget'), detach: note('detach'), warmUp: note('warmUp') }
  const code = await runProgram(args, { version: '1.2.3' }, { actions, terminal: stage.terminal })
  return { code, called, ...await stage.printed() }
}

async function defect (): Promise<never> {
  throw new RangeError('a defect')
}

describe('command line', () => {
  const understood: ReadonlyArray<{ args: string[], called: unknown }> = [
    { args: [], called: 'run' },
    { args: ['run'], called: 'run' },
    { args: ['render'], called: ['render', { explain: false }] },
    { args: ['render', '--explain'], called: ['render', { explain: true }] },
    { args: ['status'], called: ['status', { json: false, watch: false }] },
    { args: ['status', '--json', '--watch'], called: ['status', { json: true, watch: true }] },
    { args: ['doctor'], called: ['doctor', { json: false }] },
    { args: ['doctor', '--json'], called: ['doctor', { json: true }] },
    { args: ['leave'], called: 'leave' },
    { args: ['detach'], called: 'detach' },
    { args: ['warm-up'], called: 'warmUp' },
    { args: ['forget', '10.0.0.3'], called: ['forget', '10.0.0.3'] }
  ]
  for (const { args, called } of understood) {
    it(`understands "${args.join(' ')}" and gives the code of its action`, async () => {
      const outcome = await outcomeOf(...args)
      assert.deepEqual(outcome, { code: exitCodes.refused, called: [called], out: '', err: '' })
    })
  }

  const misunderstood = [
    { args: ['statsu'], says: /unknown command 'statsu'\n\(Did you mean status\?\)/ },
    { args: ['--frob'], says: /unknown option '--frob'/ },
    { args: ['run', 'away'], says: /too many arguments/ },
    { args: ['forget'], says: /missing required argument 'member'/ },
    { args: ['status', '--jsn'], says: /Did you mean --json/ }
  ]
  for (const { args, says } of misunderstood) {
    it(`refuses "${args.join(' ')}"`, async () => {
      const { code, called, out, err } = await outcomeOf(...args)
      assert.deepEqual({ code, called, out }, { code: 64, called: [], out: '' })
      assert.match(err, says)
    })
  }

  it('prints its version, and help with examples, as what was asked for', async () => {
    assert.deepEqual(await outcomeOf('--version'), { code: 0, called: [], out: '1.2.3\n', err: '' })
    const { code, out, err } = await outcomeOf('--help')
    assert.deepEqual({ code, err }, { code: 0, err: '' })
    assert.match(out, /Examples:\n.*KEEPALIVED_VIRTUAL_IPADDRESS_1=/)
    assert.match(out, /64 bad configuration/)
  })

  it('prints a fresh secret of 256 bits', async () => {
    const [first, second] = [await outcomeOf('secret'), await outcomeOf('secret')]
    assert.match(first.out, /^[\w-]{43}\n$/)
    assert.equal(Buffer.from(first.out.trim(), 'base64url').length, 32)
    assert.notEqual(first.out, second.out)
  })

  it('lets a defect of an action through', async () => {
    const stage = createStage()
    const actions = { run: defect, render: defect, status: defect, doctor: defect, leave: defect, forget: defect, detach: defect, warmUp: defect }
    await assert.rejects(runProgram([], { version: '' }, { actions, terminal: stage.terminal }), RangeError)
  })
})
