/**
 * Runs one of the small programs that know what Node does not (`ip`, `arping`): no shell, C locale, a time-out always.
 * That it fails is a fact about the host and no defect, so the outcome is a value.
 */
import { execa } from 'execa'

export type CommandResult =
  | { readonly ok: true, readonly stdout: string }
  | CommandFault

export interface CommandFault {
  readonly ok: false
  /** `NOT_FOUND`: the program is not installed. `TIMEOUT`: it was killed. `FAILED`: it said no. */
  readonly code: 'NOT_FOUND' | 'TIMEOUT' | 'FAILED'
  /** null when it did not end by itself. */
  readonly exitCode: number | null
  readonly stdout: string
  /** For people: the command and what it said. */
  readonly message: string
}

/** What `ip` and its like need on any host that works. */
const TIMEOUT_MS = 5_000

/** Runs `program`; never rejects. @param input its standard input */
export async function runCommand (program: string, words: readonly string[], timeoutMs = TIMEOUT_MS, input = ''): Promise<CommandResult> {
  const result = await execa(program, words, { reject: false, timeout: timeoutMs, input, env: { LC_ALL: 'C' }, forceKillAfterDelay: 500 })
  if (!result.failed) return { ok: true, stdout: result.stdout }
  return { ok: false, code: codeOf(result), exitCode: result.exitCode ?? null, stdout: result.stdout, message: messageOf(result) }
}

interface Failure {
  readonly code?: string | undefined
  readonly timedOut: boolean
  readonly command: string
  readonly shortMessage?: string | undefined
  readonly stderr: string
}

function codeOf ({ code, timedOut }: Failure): CommandFault['code'] {
  if (timedOut) return 'TIMEOUT'
  return code === 'ENOENT' ? 'NOT_FOUND' : 'FAILED'
}

function messageOf ({ command, shortMessage, stderr }: Failure): string {
  const said = stderr.trim()
  return said === '' ? shortMessage ?? command : `${command}: ${said}`
}
