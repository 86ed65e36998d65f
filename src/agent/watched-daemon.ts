/** keepalived of an agent in a mesh: what it tells goes to the log and the status, to whoever damps its check, and to the core. */
import type { MeshConfig } from '../config/config.ts'
import type { Happening } from '../core/event.ts'
import { createDaemon } from '../keepalived/daemon.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import type { Chronicle } from './chronicle.ts'
import { createDamper } from './damper.ts'
import type { Damper } from './damper.ts'
import { happeningsOf } from './daemon-happenings.ts'
import type { AgentDependencies } from './fate.ts'
import { releaseVips } from './release.ts'

export interface WatchedDaemon {
  /** Its `lower` is the group's; the damper's comes after it. */
  readonly daemon: Daemon
  readonly damper: Damper
}

export function createWatchedDaemon (
  config: MeshConfig,
  { log, environment, chronicle, happen }: Pick<AgentDependencies, 'log' | 'environment'> & { readonly chronicle: Chronicle, readonly happen: (happening: Happening) => void }
): WatchedDaemon {
  const daemon = createDaemon({ command: config.command, runDir: config.runDir, environment }, {
    emit (event) {
      chronicle.note(event)
      damper.note(event)
      happeningsOf(event).forEach(happen)
    },
    releaseVips: async () => { await releaseVips(config, log) }
  })
  const damper = createDamper({ weight: config.check?.weight ?? 0 }, { lower: daemon.lower, nowMs: () => performance.now(), log })
  return { daemon: { ...daemon, lower: damper.lower }, damper }
}
