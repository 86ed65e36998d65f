/**
 * The launcher with a scripted agent under it, as a process of this test: its lines as they come, its exit code, and
 * whether the keepalived that the agent started still runs.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'

const launcher = join(import.meta.dirname, '../../deploy/docker/launcher.sh')
const fixtures = join(import.meta.dirname, 'fixtures/bin')

export interface Launched extends AsyncDisposable {
  /** Resolves with the next line that holds `part`. @throws when the launcher ends without it */
  readonly line: (part: string) => Promise<string>
  readonly signal: (name: NodeJS.Signals) => void
  readonly exitCode: Promise<number | null>
  readonly keepalivedRuns: () => boolean
}

/** Starts the launcher under `shell` (`sh`, or `busybox sh`); the agent follows `plan`, see fixtures/bin. */
export async function launch (shell: readonly string[], plan: string, args: readonly string[] = []): Promise<Launched> {
  const dir = await mkdtemp(join(tmpdir(), 'launcher-'))
  const [program = 'sh', ...words] = shell
  const child = spawn(program, [...words, launcher, ...args], {
    env: {
      PATH: `${fixtures}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      AGENT_DIR: dir,
      AGENT_PLAN: plan,
      KEEPALIVED_MESH_RUN_DIR: dir
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const ended = once(child, 'close').then(([code]) => typeof code === 'number' ? code : null)
  const output = new PassThrough()
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(output, { end: false })
  void ended.then(() => output.end())
  const lines = createInterface({ input: output })[Symbol.asyncIterator]()
  const pidOf = (name: string) => {
    const file = join(dir, `${name}.pid`)
    const pid = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    return existsSync(`/proc/${pid || 'none'}/exe`) ? Number(pid) : null
  }
  return {
    line: async part => {
      while (true) {
        const next = await lines.next()
        if (next.done === true) throw new Error(`the launcher ended without a line that holds "${part}"`)
        if (next.value.includes(part)) return next.value
      }
    },
    signal: name => { child.kill(name) },
    exitCode: ended,
    keepalivedRuns: () => pidOf('keepalived') !== null,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      for (const pid of [pidOf('agent'), pidOf('keepalived')]) if (pid !== null) process.kill(pid, 'SIGKILL')
      await ended
      await rm(dir, { recursive: true, force: true })
    }
  }
}
