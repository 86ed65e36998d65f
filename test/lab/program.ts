/**
 * Runs programs inside the namespaces of a room or a host. `nsenter` enters them and forks, so the program itself is
 * its child; a shell in between says on descriptor 3 when that child is there, and then becomes the program. So a signal
 * goes to the program and never to `nsenter`, which does not pass signals on.
 *
 * Every program starts in a session of its own: a Ctrl-C on the terminal reaches the lab's owner only.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'

/** One line that a program wrote, with the wall-clock instant at which it was read. */
export interface Line {
  readonly atMs: number
  readonly source: 'stdout' | 'stderr'
  readonly text: string
}

/** How a program ended: one of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ExecOptions {
  /** The whole environment; nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>
  /** @default all of them */
  readonly namespaces?: readonly Namespace[]
}

export interface ProgramOptions {
  /** The whole environment; nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly onLine?: (line: Line) => void
}

export interface Program {
  /** As seen from outside the namespaces. */
  readonly pid: number
  readonly exited: Promise<Exit>
  readonly signal: (name: NodeJS.Signals) => void
  /** Writes to its standard input. */
  readonly write: (text: string) => void
}

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
/** Announces the shell's readiness, then becomes the program without descriptor 3. */
const ANNOUNCE = 'echo >&3; exec "$@" 3>&-'

/** Every `nsenter` that has a program under it. */
const entered = new Set<number>()

/** A kind of namespace, as nsenter(1) names it. */
export type Namespace = 'mount' | 'uts' | 'net' | 'pid'

const EVERY: readonly Namespace[] = ['mount', 'uts', 'net', 'pid']

/** The command line that runs a command in namespaces of process `pid`. */
export function enter (pid: number, command: readonly string[], namespaces: readonly Namespace[] = EVERY): string[] {
  return ['nsenter', '--target', String(pid), ...namespaces.map(namespace => `--${namespace}`), '--', ...command]
}

/**
 * Runs a command in namespaces of process `pid` to its end.
 *
 * @returns what it wrote to standard output.
 * @throws when it fails, with what it wrote to standard error.
 */
export async function execIn (pid: number, command: readonly string[], options: ExecOptions = {}): Promise<string> {
  const [file = '', ...args] = enter(pid, command, options.namespaces)
  const { stdout } = await promisify(execFile)(file, args, { env: { PATH, ...options.env }, maxBuffer: 2 ** 24 })
  return stdout
}

/** Starts a program in the namespaces of process `pid`; resolves when it is there. */
export async function spawnIn (pid: number, command: readonly string[], options: ProgramOptions = {}): Promise<Program> {
  const [file = '', ...args] = enter(pid, ['sh', '-c', ANNOUNCE, 'sh', ...command])
  const child = spawn(file, args, { env: { PATH, ...options.env }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true })
  readLines(child, options.onLine)
  const exited = exitOf(child)
  await announced(child)
  const inside = childOf(child.pid)
  const outside = child.pid ?? inside
  entered.add(outside)
  void exited.then(() => entered.delete(outside))
  return {
    pid: inside,
    exited,
    signal: name => {
      signalIfThere(inside, name)
      // `nsenter` stops with the program that it waits for, and would neither go on nor end by itself.
      if (name === 'SIGCONT' || name === 'SIGKILL') signalIfThere(outside, 'SIGCONT')
    },
    write: text => { child.stdin?.write(text) }
  }
}

/** The only child of a process. @throws when it has none. */
export function childOf (pid: number | undefined): number {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
  if (!(child > 0)) throw new Error(`process ${pid} has no child`)
  return child
}

/** Sends a signal to a process that may have ended meanwhile. */
export function signalIfThere (pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Continues whatever has stopped, so that its end can be seen. */
export function continueAll (): void {
  for (const pid of entered) signalIfThere(pid, 'SIGCONT')
}

/** Signals every process in the namespace of process `pid` but its init, and every `nsenter` that waits for one there. */
export function signalAll (pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  const namespace = namespaceOf(`/proc/${pid}/ns/pid`)
  if (namespace === null || namespace === namespaceOf('/proc/self/ns/pid')) throw new Error(`process ${pid} has no namespace of its own`)
  for (const other of readdirSync('/proc').map(Number).filter(number => number > 0 && number !== pid)) {
    const inside = namespaceOf(`/proc/${other}/ns/pid`) === namespace
    const waits = namespaceOf(`/proc/${other}/ns/pid_for_children`) === namespace
    if (inside || (waits && name === 'SIGCONT')) signalIfThere(other, name)
  }
}

/** Null when the process is gone, or has become a zombie. */
function namespaceOf (path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

function readLines (child: ChildProcess, onLine: ProgramOptions['onLine']): void {
  for (const source of ['stdout', 'stderr'] as const) {
    const stream = child[source]
    if (stream === null) continue
    createInterface({ input: stream }).on('line', text => onLine?.({ atMs: Date.now(), source, text }))
  }
}

/** The end of the process itself: its pipes may outlive it in the hands of a daemon that it started. */
function exitOf (child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>()
  child.once('exit', (code, signal) => { resolve({ code, signal }) })
  return promise
}

async function announced (child: ChildProcess): Promise<void> {
  const announcement = child.stdio[3]
  if (!(announcement instanceof Readable)) throw new Error('descriptor 3 is not a pipe')
  const ready = once(announcement, 'data').then(() => true)
  const ended = once(announcement, 'close').then(() => false)
  if (!await Promise.race([ready, ended])) throw new Error(`could not enter the namespaces: ${child.spawnargs.join(' ')}`)
}
