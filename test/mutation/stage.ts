/**
 * A stage: one program that may notice a mutation, run in the tree by itself. Each runs as init of a process namespace of
 * its own, so that its end is the end of all that it started, daemons and network namespaces too.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { failureIn } from './failure.ts'

export interface Ran {
  readonly seconds: number
  readonly failures: readonly string[]
  readonly isHung: boolean
}

export interface StageOptions {
  /** The tree. */
  readonly dir: string
  readonly ceilingMs: number
  /** Ends it, and so does a failure of which this says so. */
  readonly signal: AbortSignal
  readonly isEnough: (failure: string) => boolean
}

/** Other work goes first; and /run/netns, where network namespaces have their names, is its own. */
const INIT = ['nice', '-n', '15', 'unshare', '--fork', '--pid', '--mount-proc', '--kill-child', 'sh', '-c', 'mkdir -p /run/netns && mount -t tmpfs none /run/netns && "$@"', 'sh']
const NODE = [process.execPath, '--import', './test/assets.js']
const TESTS = [...NODE, 'test/mutation/tests.ts']

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  core: [...TESTS, '--together', 'test/core/*.test.ts'],
  scenarios: [...TESTS, 'test/sim/scenarios.test.ts'],
  swarm: [...NODE, 'test/mutation/seeds.ts']
}

/** By the name of a stage, or of a test file. The lab runs what is built. */
function programOf (name: string): readonly string[] {
  const build = name.startsWith('test/lab/') ? ['sh', '-c', 'npm run --silent build && exec "$@"', 'sh'] : []
  return PROGRAMS[name] ?? [...build, ...TESTS, name]
}

/** @throws when it cannot be run, or was aborted. */
export async function runStage (name: string, { dir, ceilingMs, signal, isEnough }: StageOptions): Promise<Ran> {
  signal.throwIfAborted()
  const startedAtMs = performance.now()
  const [program = '', ...words] = [...INIT, ...programOf(name)]
  const child = spawn(program, words, { cwd: dir, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  const failures: string[] = []
  const { promise: ended, resolve, reject } = Promise.withResolvers<undefined>()
  let endedBy = 'itself' as 'itself' | 'failure' | 'ceiling'
  const end = (): void => { if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL') }
  const timer = setTimeout(() => {
    endedBy = 'ceiling'
    end()
  }, ceilingMs)
  signal.addEventListener('abort', end)
  child.once('error', reject).once('close', () => { resolve(undefined) })
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('{"test":')) return
    const { test } = failureIn(line)
    failures.push(test)
    if (!isEnough(test)) return
    endedBy = 'failure'
    end()
  })
  try {
    await ended
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
  signal.throwIfAborted()
  if (endedBy === 'itself' && child.exitCode !== 0 && failures.length === 0) throw new Error(`${name} cannot be run: it gave ${child.exitCode ?? child.signalCode} and told no failure`)
  return { seconds: (performance.now() - startedAtMs) / 1000, failures, isHung: endedBy === 'ceiling' }
}
