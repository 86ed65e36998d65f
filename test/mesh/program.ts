/** Fixture programs as processes: their lines as objects, and an end for certain. */
import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

type Line = Readonly<Record<string, unknown>>

export interface Program {
  readonly child: ChildProcess
  readonly lines: Line[]
  /** The first line, past or to come, that matches. */
  readonly until: (matches: (line: Line) => boolean) => Promise<Line>
}

const patienceMs = 30_000

/** Runs `fixture/FILE` under this very Node, in a network namespace if one is named; killed when the test ends. */
export function run (t: TestContext, file: string, args: readonly string[], namespace: string | null = null): Program {
  const command = [process.execPath, '--import', fileURLToPath(new URL('../assets.js', import.meta.url)), fileURLToPath(new URL(`fixture/${file}`, import.meta.url)), ...args]
  const [program = '', ...rest] = namespace === null ? command : ['ip', 'netns', 'exec', namespace, ...command]
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const lines: Line[] = []
  const events = new EventEmitter()
  events.setMaxListeners(0)
  createInterface(child.stdout).on('line', (line) => {
    lines.push(JSON.parse(line))
    events.emit('line')
  })
  return {
    child,
    lines,
    async until (matches) {
      const signal = AbortSignal.timeout(patienceMs)
      for (;;) {
        const found = lines.find(matches)
        if (found !== undefined) return found
        await once(events, 'line', { signal }).catch((error: unknown) => {
          throw new Error(`no such line within ${patienceMs} ms, only ${JSON.stringify(lines)}`, { cause: error })
        })
      }
    }
  }
}
