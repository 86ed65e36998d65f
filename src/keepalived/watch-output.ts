/**
 * Everything that keepalived tells while it runs, from its two mouths: the notify fifo (states, priorities) and the log
 * (reloads, respawned child, checks). Sorts it into events for the agent and news for whoever waits for an answer.
 */
import type { VrrpState } from '../core/record.ts'
import type { Bulletin } from './bulletin.ts'
import type { DaemonEvent } from './daemon-event.ts'
import type { DaemonFiles } from './daemon-files.ts'
import { openFifo } from './fifo.ts'
import { parseLogLine, type Meaning } from './log-line.ts'
import { followLog } from './log-tail.ts'
import { parseNotification } from './notify-line.ts'

/** What an operation may wait for. */
export type News = Meaning | { readonly kind: 'notified', readonly state: VrrpState } | { readonly kind: 'ended' }

export interface Output {
  /** Reads the log up to now. */
  readonly catchUp: () => void
  /** Its last complaints, oldest first. */
  readonly said: () => readonly string[]
  /** Another keepalived is about to write: nothing that the last one said holds any more. */
  readonly forget: () => void
  /** The last state of an instance that the log names; null when it names none. */
  readonly lastState: (instance: string) => VrrpState | null
  /** Script to its last result. */
  readonly lastChecks: () => ReadonlyMap<string, boolean>
  readonly close: () => void
}

const SAID_MAX = 8

export interface OutputDependencies {
  readonly bulletin: Bulletin<News>
  readonly emit: (event: DaemonEvent) => void
  /** Nobody writes into the fifo: the conf is not ours. */
  readonly statesFromLog: boolean
}

/** Opens both; what the log holds already only tells the last states, and makes no events. */
export function watchOutput (files: DaemonFiles, { bulletin, emit, statesFromLog }: OutputDependencies): Output {
  const checks = new Map<string, boolean>()
  const states = new Map<string, VrrpState>()
  let said: string[] = []
  let childDied = false

  function onNotice (line: string): void {
    const notification = parseNotification(line)
    if (notification === null) return
    if (notification.kind === 'state') bulletin.tell({ kind: 'notified', state: notification.state })
    emit(notification)
  }

  function onLog (line: string): void {
    const { message, level, meaning } = parseLogLine(line)
    if (message === '') return
    emit({ kind: 'log', level, message })
    if (level === 'warn') said = [...said, message].slice(-SAID_MAX)
    if (meaning === null) return
    if (meaning.kind === 'check' && checks.get(meaning.script) !== meaning.healthy) emit({ ...meaning, message })
    if (meaning.kind === 'foreignAdvert') emit(meaning)
    if (meaning.kind === 'state' && statesFromLog) emit({ ...meaning, priority: null })
    if (meaning.kind === 'childStarted' && childDied) emit({ kind: 'respawned', pid: meaning.pid })
    if (meaning.kind === 'childStarted' || meaning.kind === 'childDied') childDied = meaning.kind === 'childDied'
    remember(meaning)
    bulletin.tell(meaning)
  }

  function remember (meaning: Meaning): void {
    if (meaning.kind === 'state') states.set(meaning.instance, meaning.state)
    if (meaning.kind === 'check') checks.set(meaning.script, meaning.healthy)
  }

  const fifo = openFifo(files.notifyFifo, onNotice)
  const log = followLog(files.log, onLog, line => {
    const { meaning } = parseLogLine(line)
    if (meaning !== null) remember(meaning)
  })
  return {
    catchUp: log.read,
    said: () => said,
    forget: () => {
      said = []
      childDied = false
      checks.clear()
      states.clear()
      log.cut()
    },
    lastState: instance => states.get(instance) ?? null,
    lastChecks: () => checks,
    close: () => {
      fifo.close()
      log.close()
    }
  }
}
