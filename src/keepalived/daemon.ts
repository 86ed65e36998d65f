/**
 * keepalived as one thing that can be adopted, started, reloaded, lowered, asked and stopped. It runs on when the
 * agent dies and is found again by the next one: VRRP must not depend on the agent's life. What it leaves behind when
 * it dies itself, a VIP on an interface, is removed here in every case, and only then is its end told.
 * When to restart it is for others to decide.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import type { VrrpState } from '../core/record.ts'
import { createBulletin } from './bulletin.ts'
import { commandLineOf } from './command-line.ts'
import { writeOffset } from './control-file.ts'
import { DaemonError } from './daemon-error.ts'
import type { DaemonEvent } from './daemon-event.ts'
import { daemonFiles } from './daemon-files.ts'
import { launch } from './launch.ts'
import { isKeepalived, keepalivedOf, ownerOf, type Process } from './process.ts'
import { reload } from './reload.ts'
import { adopted, endAll, isGone, signalTo, type Running } from './running.ts'
import { keepalivedsWith } from './session.ts'
import { requestStats, type Stats } from './stats.ts'
import { watchOutput, type News } from './watch-output.ts'

export interface DaemonOptions {
  /** Program and arguments. */
  readonly command: readonly string[]
  readonly runDir: string
  /** That it is started with. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether the conf names our notify fifo; if not, states are told from the log. @default true */
  readonly notifies?: boolean
}

export interface DaemonDependencies {
  readonly emit: (event: DaemonEvent) => void
  /** Removes every VIP from its interface, where there is one; never rejects. */
  readonly releaseVips: () => Promise<void>
}

/** A keepalived that was found running. */
export interface Adoption {
  readonly pid: number
  /** The state of each instance, by its name. */
  readonly states: ReadonlyMap<string, VrrpState>
  /** The last result of each check script that the log still names. */
  readonly checks: ReadonlyMap<string, boolean>
}

export interface Daemon {
  /** Takes over the keepalived that runs on our conf; null when none does. */
  readonly adopt: () => Promise<Adoption | null>
  /** Starts keepalived; resolves to its pid when VRRP runs. @throws DaemonError `ALREADY_RUNNING`, `NOT_FOUND`, `START_FAILED` */
  readonly start: () => Promise<number>
  /** Resolves when the new conf runs. @throws DaemonError as `reload` */
  readonly reload: () => Promise<void>
  /** Resolves when it is gone and no VIP is left; by force after `graceMs`. Nothing happens when none runs. */
  readonly stop: (options: { readonly graceMs: number }) => Promise<void>
  readonly signal: (signal: NodeJS.Signals) => void
  /** Changes the priority at once by −253 … 0; holds over reloads, until the next start. */
  readonly lower: (by: number) => void
  /** Counters of each instance; null when none runs or it does not answer. */
  readonly stats: () => Promise<readonly Stats[] | null>
  readonly pid: () => number | null
  /** Lets go of keepalived, which runs on. Nothing is told after that. */
  readonly detach: () => void
}

/** An idle host needs 20 ms; without any word by then, a vrrp child that lives has to do. */
const START_CEILING_MS = 5_000
const STATS_CEILING_MS = 1_000
const KILL_CEILING_MS = 2_000

export function createDaemon (options: DaemonOptions, { emit, releaseVips }: DaemonDependencies): Daemon {
  const files = daemonFiles(options.runDir)
  const line = commandLineOf(options.command, files, existsSync('/dev/log'))
  const bulletin = createBulletin<News>()
  mkdirSync(files.tmpDir, { recursive: true, mode: 0o700 })
  const output = watchOutput(files, { bulletin, emit, statesFromLog: options.notifies === false })
  let running: Running | null = null
  let finished: Promise<void> = Promise.resolve()
  let asked = false
  /** A stop came before there was anything to stop. */
  let cancelled = false
  let isDetached = false

  function run (next: Running): void {
    running = next
    asked = false
    finished = finish(next)
  }

  /** After the end of keepalived: nothing else of it, no VIP, then the news. */
  async function finish (ending: Running): Promise<void> {
    const { code, signal } = await ending.ended
    if (isDetached) return
    output.catchUp()
    await endAll(ending.members)
    if (!isTaken(ending.process)) await releaseVips()
    running = null
    bulletin.tell({ kind: 'ended' })
    emit({ kind: 'exit', asked, code, signal, said: output.said() })
  }

  /** Whether another keepalived lives under our pid files: then the VIPs may be its own. */
  function isTaken (ours: Process): boolean {
    return [line.pidFile, line.vrrpPidFile].some(path => {
      const owner = ownerOf(path)
      return owner !== null && owner.session !== ours.session
    })
  }

  /** Where none of ours runs, neither a process of an earlier one nor a VIP may be left. */
  async function sweep (): Promise<void> {
    const orphan = keepalivedOf(line.vrrpPidFile, line.conf)
    await endAll(() => [...keepalivedsWith(files.tmpDir), ...(orphan === null ? [] : [orphan])])
    await releaseVips()
  }

  async function adopt (): Promise<Adoption | null> {
    if (running !== null) throw new DaemonError('ALREADY_RUNNING', 'keepalived was adopted or started before')
    const process = keepalivedOf(line.pidFile, line.conf)
    if (process === null) {
      await sweep()
      return null
    }
    run(adopted(process))
    const states = new Map<string, VrrpState>()
    for (const { instance, becameMaster, releasedMaster } of await stats() ?? []) {
      states.set(instance, becameMaster > releasedMaster ? 'MASTER' : output.lastState(instance) === 'FAULT' ? 'FAULT' : 'BACKUP')
    }
    return { pid: process.pid, states, checks: output.lastChecks() }
  }

  async function start (): Promise<number> {
    if (running !== null || keepalivedOf(line.pidFile, line.conf) !== null) throw new DaemonError('ALREADY_RUNNING', 'keepalived runs already')
    cancelled = false
    await sweep()
    if (cancelled) throw new DaemonError('START_FAILED', 'keepalived was told to stop before it ran')
    output.forget()
    raiseAgain()
    const heard = bulletin.hear(startOutcomeOf, START_CEILING_MS)
    const next = await launch(line, files, options.environment)
    run(next)
    const outcome = await heard
    if (outcome === 'alreadyRunning') {
      throw new DaemonError('ALREADY_RUNNING', `another keepalived is named by ${line.pidFile} or ${line.vrrpPidFile}`)
    }
    next.settle()
    const { process, members } = next
    if (outcome === 'up' || members().some(child => isKeepalived(child) && child.parent === process.pid)) {
      // The operator's command may name another pid file; who looks for our keepalived looks here.
      if (ownerOf(files.pid)?.pid !== process.pid) writeFileSync(files.pid, `${process.pid}\n`)
      return process.pid
    }
    throw new DaemonError('START_FAILED', 'keepalived did not come up', output.said())
  }

  async function stop ({ graceMs }: { readonly graceMs: number }): Promise<void> {
    cancelled = true
    if (running === null) return
    asked = true
    const { process, members, look } = running
    signalTo(process, 'SIGTERM')
    const isDone = await isGone(process, graceMs)
    if (!isDone || graceMs === 0) {
      for (const victim of [process, ...members()]) signalTo(victim, 'SIGKILL')
      await isGone(process, KILL_CEILING_MS)
    }
    look()
    await finished
  }

  async function stats (): Promise<readonly Stats[] | null> {
    if (running === null) return null
    const { process } = running
    return await requestStats(files.tmpDir, () => { signalTo(process, 'SIGUSR2') }, STATS_CEILING_MS)
  }

  /** keepalived would start lowered if an earlier offset stayed. */
  function raiseAgain (): void {
    try {
      writeOffset(files.trackFile, 0)
    } catch (error) {
      throw new DaemonError('START_FAILED', `${files.trackFile} cannot be written`, [], error)
    }
  }

  /** Where the disk refuses, this host leaves without making way first. */
  function lower (by: number): void {
    try {
      writeOffset(files.trackFile, by)
    } catch (error) {
      if (error instanceof RangeError) throw error
      emit({ kind: 'log', level: 'warn', message: `${files.trackFile} cannot be written: ${String(error)}` })
    }
  }

  return {
    adopt,
    start,
    reload: async () => {
      if (running === null) throw new DaemonError('NOT_RUNNING', 'there is no keepalived to reload')
      await reload(running, { bulletin, logsToConsole: line.logsToConsole, reasonsFile: files.reloadCheckLog, answers: async () => await stats() !== null })
    },
    stop,
    signal: signal => { if (running !== null) signalTo(running.process, signal) },
    lower,
    stats,
    pid: () => running?.process.pid ?? null,
    detach: () => {
      if (isDetached) return
      isDetached = true
      running?.unwatch()
      running = null
      output.close()
    }
  }
}

function startOutcomeOf (news: News): 'up' | 'alreadyRunning' | 'ended' | null {
  if (news.kind === 'started' || (news.kind === 'notified' && news.state !== 'STOP')) return 'up'
  return news.kind === 'alreadyRunning' || news.kind === 'ended' ? news.kind : null
}
