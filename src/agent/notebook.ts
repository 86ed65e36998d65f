/**
 * Writes down what the next agent on this host must know, as soon as it changes: the view, and what the keepalived that
 * runs was told. A disk that refuses costs nothing now; it is told once, as an alarm for as long as it lasts, and the next
 * change tries again.
 *
 * An old view is better than none, but an old note of keepalived is worse: the next agent would take it for what runs. So a note
 * that cannot be written takes the one before with it, and the next agent reads the conf instead (recovered.ts).
 *
 * Of each file only the newest text waits to be written: whoever makes the view change without end makes no line of writes.
 */
import { rm } from 'node:fs/promises'
import type { ProcessConfig } from '../config/config.ts'
import type { Memory, Place } from '../core/effect.ts'
import type { Conf } from '../core/event.ts'
import type { Log } from '../log.ts'
import { runningPath, viewPath } from './files.ts'
import { writeRunning, writeView } from './memory.ts'
import type { RunningNote } from './memory.ts'
import { createQueue } from './queue.ts'

export interface Notebook {
  readonly view: (memory: Memory) => void
  /** keepalived runs this conf, whose text has that digest, or will start with it. */
  readonly conf: (conf: Conf, text: string, place: Place) => void
  /** keepalived will run this one instead, at a moment when there is no time to note it. Resolves when it is written: null, or why it cannot be. */
  readonly prepared: (conf: Conf, text: string) => Promise<string | null>
  /** Resolves when all is written. */
  readonly idle: () => Promise<void>
  /** One sentence for each file that could not be written when it last changed. */
  readonly alarms: () => readonly string[]
}

export interface NotebookOptions {
  /** Where the view is kept. */
  readonly stateDir: string
  /** What was noted of the keepalived that was adopted; null when none was, and whatever note there is means another run. */
  readonly last: RunningNote | null
}

type Write = (path: string) => Promise<void>

export function createNotebook (config: ProcessConfig, { stateDir, last }: NotebookOptions, log: Log): Notebook {
  const queue = createQueue((error) => { throw error })
  const waiting = new Map<string, Write>()
  const faults = new Map<string, string>()
  let running: Partial<RunningNote> = last ?? {}

  function write (path: string, act: Write): void {
    const isWaiting = waiting.has(path)
    waiting.set(path, act)
    if (!isWaiting) queue.add(async () => { await writeNewest(path) })
  }

  async function writeNewest (path: string): Promise<void> {
    const newest = waiting.get(path)
    waiting.delete(path)
    try {
      await newest?.(path)
      if (faults.delete(path)) log.info({ path }, 'what a restart should know is written again')
    } catch (error) {
      const fault = String(error)
      if (!faults.has(path)) log.error({ path, fault }, 'what a restart should know cannot be written')
      faults.set(path, fault)
    }
  }

  function note (change: Partial<RunningNote>): void {
    running = { ...running, ...change }
    const { conf, text, prepared = null, number, founder } = running
    if (conf === undefined || text === undefined || number === undefined || founder === undefined) return
    write(runningPath(config), async (path) => { await replaceNote(path, { conf, text, prepared, number, founder }) })
  }

  if (last === null) write(runningPath(config), removeNote)

  return {
    view (memory) {
      write(viewPath(stateDir), async (path) => { await writeView(path, memory) })
      if (memory.number !== null && memory.founder !== null) note({ number: memory.number, founder: memory.founder })
    },
    conf (conf, text, { number, founder }) { note({ conf, text, number, ...(founder === null ? {} : { founder }) }) },
    async prepared (conf, text) {
      note({ prepared: { conf, text } })
      await queue.idle()
      const fault = faults.get(runningPath(config))
      return fault === undefined ? null : `what a restart should know of it cannot be written: ${fault}`
    },
    idle: queue.idle,
    alarms: () => [...faults].map(([path, fault]) => `${path} cannot be written, so a restart would know less: ${fault}`)
  }
}

/** The old one makes room for the new one, where that is what was missing. */
async function replaceNote (path: string, note: RunningNote): Promise<void> {
  try {
    await writeRunning(path, note)
  } catch {
    await removeNote(path)
    await writeRunning(path, note)
  }
}

async function removeNote (path: string): Promise<void> {
  await rm(path, { force: true })
}
