/**
 * Starts keepalived so that it owes the agent nothing: a session of its own, no pipe, its log a file, its TMPDIR a
 * directory that nobody else may read. Stale pid files go first, because keepalived takes any process with such a pid,
 * even a zombie, for itself, says "already running" and ends with exit code 0.
 */
import { spawn } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs'
import { variables } from '../config/variables/all.ts'
import type { CommandLine } from './command-line.ts'
import { DaemonError } from './daemon-error.ts'
import type { DaemonFiles } from './daemon-files.ts'
import { entryOf, ownerOf } from './process.ts'
import { launched, type Running } from './running.ts'

/**
 * Starts it with that environment; whether it stays is for the caller to see.
 * @throws DaemonError `NOT_FOUND` when there is no such program
 */
export async function launch (line: CommandLine, files: DaemonFiles, environment: NodeJS.ProcessEnv): Promise<Running> {
  mkdirSync(files.tmpDir, { recursive: true, mode: 0o700 })
  for (const path of [line.pidFile, files.pid, line.vrrpPidFile, files.checkersPid]) removeStale(path)
  const [program = '', ...words] = line.argv
  const log = openSync(files.log, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  try {
    const child = spawn(program, words, { detached: true, stdio: ['ignore', log, log], env: { ...withoutSecrets(environment), TMPDIR: files.tmpDir } })
    // Read in the same turn: a child that has ended already is a zombie until we go on.
    const process = child.pid === undefined ? null : entryOf(child.pid)
    if (process !== null) return launched(child, process)
    const cause = await new Promise<Error>(resolve => { child.once('error', resolve) })
    throw new DaemonError('NOT_FOUND', `${program} cannot be started`, [], cause)
  } finally {
    closeSync(log)
  }
}

/** keepalived hands its environment to every script that it runs. What stands in the conf it reads there. */
function withoutSecrets (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secrets = new Set(variables.filter(({ secret }) => secret === true).map(({ name }) => name))
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secrets.has(name)))
}

/** A pid file that names a living keepalived is somebody's, and stays. */
function removeStale (pidFile: string): void {
  if (ownerOf(pidFile) === null) rmSync(pidFile, { force: true })
}
