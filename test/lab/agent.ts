/**
 * The product on a host of the lab, as a user has it: the built bundle, run with nothing but environment variables. Its
 * log is read line by line, and shown as it comes when LAB_LOG is set. Its status is asked over its control socket, which
 * is a file and so can be reached from outside the host's namespaces at the cost of no process.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process, { env as processEnv, execPath } from 'node:process'
import * as z from 'zod'
import { askAgent } from '../../src/status/ask.ts'
import { documentSchema, type StatusDocument } from '../../src/status/document.ts'
import type { Changes } from './changes.ts'
import type { Host } from './host.ts'
import type { Exit } from './program.ts'

/** One line of the agent's log. */
export interface LogLine {
  readonly atMs: number
  readonly level: string
  readonly msg: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface LabAgent {
  readonly host: Host
  /** As seen from outside. */
  readonly pid: number
  readonly startedAtMs: number
  /** Everything logged so far. */
  readonly log: readonly LogLine[]
  /** How it ended; null while it runs. */
  readonly exit: () => Exit | null
  /** Null while no agent answers. */
  readonly status: () => Promise<StatusDocument | null>
  /** Runs one of the product's commands beside it, as an operator would. */
  readonly command: (...args: string[]) => Promise<string>
  /** SIGTERM; resolves when it has exited. */
  readonly stop: () => Promise<Exit>
  /** SIGKILL: its keepalived runs on. */
  readonly kill: () => Promise<Exit>
  readonly signal: (name: NodeJS.Signals) => void
}

export const BUNDLE = join(import.meta.dirname, '../../dist/keepalived-mesh.js')
/** The bundle as the container runs it: by Node with the words of its command. */
export const COMMAND: readonly [string, ...string[]] = [execPath, ...flagsIn(join(import.meta.dirname, '../../deploy/docker/keepalived-mesh.sh')), join(dirname(BUNDLE), 'start.cjs'), BUNDLE]

const RUN = [...COMMAND, 'run']

// As in the image, where this is done at its build; several files of tests may do it at once.
if (!isWarm()) execFileSync(COMMAND[0], [...COMMAND.slice(1), 'warm-up'], { stdio: 'ignore' })

const SOCKET = '/run/keepalived-mesh/control.sock'
const ASK_TIMEOUT_MS = 3000

const pinoLine = z.string().transform(parseJson).pipe(z.looseObject({ level: z.string(), msg: z.string() }))

/** Starts the agent on a host; resolves when the process runs. @param run the command line, if it is not the bundle's own */
export async function startAgent (host: Host, env: Readonly<Record<string, string>>, watch: Changes, run: readonly string[] = RUN): Promise<LabAgent> {
  const log: LogLine[] = []
  const startedAtMs = Date.now()
  const program = await host.spawn(run, {
    env,
    onLine: ({ atMs, text }) => {
      log.push(logLineOf(atMs, text))
      if (processEnv['LAB_LOG'] !== undefined) process.stderr.write(`${host.name} ${text}\n`)
      watch.notify()
    }
  })
  let exit: Exit | null = null
  void program.exited.then(given => {
    exit = given
    return watch.notify()
  })
  return {
    host,
    pid: program.pid,
    startedAtMs,
    log,
    exit: () => exit,
    status,
    command: (...args) => host.execWith(env, ...COMMAND, ...args),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    signal: program.signal
  }

  async function status (): Promise<StatusDocument | null> {
    const path = join(`/proc/${host.pid}/root`, SOCKET)
    const answer = await askAgent({ command: 'status' }, { path, timeoutMs: ASK_TIMEOUT_MS }).catch(() => null)
    return answer === null ? null : documentSchema.parse(answer)
  }

  async function end (name: NodeJS.Signals): Promise<Exit> {
    program.signal(name)
    return program.exited
  }
}

function isWarm (): boolean {
  const made = statSync(BUNDLE).mtimeMs
  const warmed = statSync(`${BUNDLE}.code`, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return warmed >= made
}

function flagsIn (script: string): readonly string[] {
  const [, flags] = /^exec node (.*) \S+\.cjs \S+\.mjs "\$@"$/m.exec(readFileSync(script, 'utf8')) ?? []
  if (flags === undefined) throw new Error(`${script} runs no node`)
  return flags.split(' ')
}

/** A line as pino writes it; anything else becomes a line of level `raw`. */
export function logLineOf (atMs: number, text: string): LogLine {
  const { success, data } = pinoLine.safeParse(text)
  if (!success) return { atMs, level: 'raw', msg: text, facts: {} }
  const { level, msg, time: _time, ...facts } = data
  return { atMs, level, msg, facts }
}

/** Undefined for a text that is no JSON. */
function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
