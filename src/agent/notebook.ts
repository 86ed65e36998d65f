/**
 * Writes down what the next agent on this host must know, as soon as it changes: the view, and what the keepalived that
 * runs was told. A disk that refuses costs nothing now and is told; the next change tries again.
 */
import type { MeshConfig } from '../config/config.ts'
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
}

/** @param last what was noted of the keepalived that was adopted; null when none was */
export function createNotebook (config: MeshConfig, last: RunningNote | null, log: Log): Notebook {
  const queue = createQueue((error) => { log.error({ fault: String(error) }, 'what a restart should know cannot be written') })
  let running: Partial<RunningNote> = last ?? {}

  function note (change: Partial<RunningNote>): void {
    running = { ...running, ...change }
    const { conf, text, prepared = null, number, founder } = running
    if (conf === undefined || text === undefined || number === undefined || founder === undefined) return
    queue.add(async () => { await writeRunning(runningPath(config), { conf, text, prepared, number, founder }) })
  }

  return {
    view (memory) {
      queue.add(async () => { await writeView(viewPath(config.mesh.stateDir), memory) })
      if (memory.number !== null && memory.founder !== null) note({ number: memory.number, founder: memory.founder })
    },
    conf (conf, text, { number, founder }) { note({ conf, text, number, ...(founder === null ? {} : { founder }) }) },
    async prepared (conf, text) {
      note({ prepared: { conf, text } })
      await queue.idle()
    },
    idle: queue.idle
  }
}
