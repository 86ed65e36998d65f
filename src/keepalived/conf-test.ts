/**
 * Asks keepalived itself whether it would take a conf: `keepalived -t -f FILE`. It reads the interfaces of the network
 * namespace that it runs in, opens nothing and changes nothing; 5 ms on an idle host. What it lets through although it
 * is wrong stands in complaints.ts.
 */
import { basename } from 'node:path'
import { execa } from 'execa'
import { readPlain } from '../host/plain-file.ts'
import { confTreeOf, directiveOf } from './conf-tree.ts'
import { verdictOf } from './verdict.ts'
import type { Verdict } from './verdict.ts'

export interface ConfTestOptions {
  /** Absolute path of keepalived. */
  readonly program: string
  /** A test that takes longer has failed. @default 10000 */
  readonly timeoutMs?: number
}

/** @throws {ConfTestError} when keepalived cannot be run, or the file not be read. */
export type ConfTest = (file: string) => Promise<Verdict>

/** `code`: `KEEPALIVED_UNUSABLE`. */
export class ConfTestError extends Error {
  readonly code = 'KEEPALIVED_UNUSABLE'

  constructor (program: string, why: string, cause: unknown) {
    super(`${program} cannot be run: received ${why}, expected a keepalived of version 2.2 or later`, { cause })
    this.name = 'ConfTestError'
  }
}

/** keepalived itself within a command that may begin with others (`nice`, `ip netns exec`); where it is not named, the usual path. */
export function keepalivedIn (command: readonly string[]): string {
  return command.find(word => basename(word) === 'keepalived') ?? '/usr/sbin/keepalived'
}

export function createConfTest ({ program, timeoutMs = 10_000 }: ConfTestOptions): ConfTest {
  return async file => {
    const directives = confTreeOf(await readPlain(file) ?? '')
    const complaint = shapeComplaint(directives)
    if (complaint !== null) return { ok: false, complaints: [complaint] }
    const result = await execa(program, ['-t', '-f', file], { reject: false, all: true, stdin: 'ignore', timeout: timeoutMs })
    if (result.timedOut) return { ok: false, complaints: [`The config test took longer than ${timeoutMs} ms.`] }
    if (result.exitCode === undefined && result.signal === undefined) throw new ConfTestError(program, result.code ?? 'no exit code', result.cause)
    const globals = directiveOf(directives ?? [], 'global_defs')?.block ?? []
    return verdictOf({
      output: result.all,
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      refusesRemarks: directiveOf(globals, 'reload_check_config') !== null
    })
  }
}

/** keepalived takes an empty file, and drops the VIP. */
function shapeComplaint (directives: ReturnType<typeof confTreeOf>): string | null {
  if (directives === null) return 'Braces or quotes do not match.'
  return directives.some(({ name }) => name === 'vrrp_instance') ? null : 'There is no vrrp_instance.'
}
