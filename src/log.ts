/**
 * Where every line of the log goes: one JSON object a line, or a readable line where a person looks on.
 *
 * Written synchronously, because the line that matters most is the last one before a crash; the volume is a few lines
 * a minute. Readable lines are made by pino-pretty as a function: its stream would hold the last lines back, and a pino
 * transport would be a worker thread that loads a file of its own, where the product is one file.
 *
 * No kind of line comes without end (log-pace.ts), whoever causes it; unless all is asked for, by `debug`.
 *
 * No secret is ever handed to the log; the redacted paths are a belt for the day that somebody logs a whole
 * configuration or environment.
 */
import { pino } from 'pino'
import type { DestinationStream, LogFn, Logger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { createLogPace } from './log-pace.ts'

export type Log = Logger

/** From quiet to talkative. `error`: someone must act; `warn`: degraded, heals itself; `info`: a state changed. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const

export type LogLevel = typeof logLevels[number]

export interface LogOptions {
  /** Nothing more talkative than this is written. */
  readonly level: LogLevel
  /** Lines for people instead of JSON. */
  readonly readable: boolean
  /** Only with `readable`. */
  readonly colored: boolean
}

/** File descriptor of stderr; stdout belongs to what commands print. */
const stderrFd = 2

const secretNames = [
  'authPass', 'auth_pass', 'password', 'secret', 'KEEPALIVED_AUTH_PASS', 'KEEPALIVED_MESH_SECRET', 'privateKey'
]

const redact = { paths: secretNames.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' }

/**
 * The log of this process.
 *
 * @param destination takes the lines. @default stderr, written synchronously; a reader that went away is no error
 */
export function createLog (options: LogOptions, destination: DestinationStream = openStderr()): Log {
  const sink = options.readable ? readableLines(options.colored, destination) : destination
  return pino({
    level: options.level,
    base: null,
    redact,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    hooks: options.level === 'debug' ? {} : { logMethod: pacedMethod() }
  }, sink)
}

/** What pino calls in place of writing a line. */
function pacedMethod (): (this: Logger, args: Parameters<LogFn>, method: LogFn) => void {
  const pace = createLogPace({ nowMs: () => performance.now(), later: (act, ms) => { setTimeout(act, ms).unref() } })
  return function write (args, method) {
    const [facts, message]: readonly unknown[] = args
    const kind = String(typeof facts === 'string' ? facts : message)
    const tell = (leftOut: number): void => { method.apply(this, [{ line: kind, leftOut }, 'lines like this one were left out']) }
    if (pace.takes(kind, subjectOf(facts), tell)) method.apply(this, args)
  }
}

/** Whom or what a line is about, if it says so. */
function subjectOf (facts: unknown): string {
  if (typeof facts !== 'object' || facts === null) return ''
  const { address, alarm }: { readonly address?: unknown, readonly alarm?: unknown } = facts
  return typeof address === 'string' ? address : typeof alarm === 'string' ? alarm : ''
}

function openStderr (): DestinationStream {
  return pino.destination({ fd: stderrFd, sync: true })
}

function readableLines (colorize: boolean, destination: DestinationStream): DestinationStream {
  const readable = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', singleLine: true })
  return { write: line => { destination.write(readable(line)) } }
}
