/**
 * Writes down what the next agent on this host must know, as soon as it changes: the view, and what the keepalived that
 * runs was told. A disk that refuses costs nothing now; it is told once, as an alarm for as long as it lasts, and the next
 * change tries again.
 */
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
  /** keepalived will run this one instead, at a moment when there is no time to note it. Resolves when it is written. */
  readonly prepared: (conf: Conf, text: string) => Promise<void>
  /** Resolves when all is written. */
  readonly idle: () => Promise<void>
  /** One sentence for each file that could not be written when it last changed. */
  readonly alarms: () => readonly string[]
}

export interface NotebookOptions {
  /** Where the view is kept. */
  readonly stateDir: string
  /** What was noted of the keepalived that was adopted; null when none was. */
  readonly last: RunningNote | null
}

export function createNotebook (config: ProcessConfig, { stateDir, last }: NotebookOptions, log: Log): Notebook {
  const queue = createQueue((error) => { throw error })
  const faults = new Map<string, string>()
  let running: Partial<RunningNote> = last ?? {}

  function write (path: string, act: (path: string) => Promise<void>): void {
    queue.add(async () => {
      try {
        await act(path)
        if (faults.delete(path)) log.info({ path }, 'what a restart should know is written again')
      } catch (error) {
        const fault = String(error)
        if (!faults.has(path)) log.error({ path, fault }, 'what a restart should know cannot be written')
        faults.set(path, fault)
      }
    })
  }

  function note (change: Partial<RunningNote>): void {
    running = { ...running, ...change }
    const { conf, text, prepared = null, number, founder } = running
    if (conf === undefined || text === undefined || number === undefined || founder === undefined) return
    write(runningPath(config), async (path) => { await writeRunning(path, { conf, text, prepared, number, founder }) })
  }

  return {
    view (memory) {
      write(viewPath(stateDir), async (path) => { await writeView(path, memory) })
      if (memory.number !== null && memory.founder !== null) note({ number: memory.number, founder: memory.founder })
    },
    conf (conf, text, { number, founder }) { note({ conf, text, number, ...(founder === null ? {} : { founder }) }) },
    async prepared (conf, text) {
      note({ prepared: { conf, text } })
      await queue.idle()
    },
    idle: queue.idle,
    alarms: () => [...faults].map(([path, fault]) => `${path} cannot be written, so a restart would know less: ${fault}`)
  }
}
