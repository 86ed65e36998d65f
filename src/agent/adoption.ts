/**
 * The keepalived that an earlier agent left running. It goes on as it is, with its place in the order; only one of which
 * nothing is known is stopped and started anew, as a joiner.
 */
import type { MeshConfig } from '../config/config.ts'
import type { Adopted, Conf } from '../core/event.ts'
import { addressIn } from '../core/spec.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import type { Log } from '../log.ts'
import type { Chronicle } from './chronicle.ts'
import { runningPath } from './files.ts'
import { STOP_GRACE_MS } from './keeper.ts'
import { readRunning } from './memory.ts'
import type { RunningNote } from './memory.ts'
import type { Site } from './site.ts'

/** The name of the instance in the conf, as in the image that this one succeeds. */
const INSTANCE = 'MAIN'

export interface Adoption {
  readonly adopted: Adopted
  readonly note: RunningNote
}

export interface AdoptionDependencies {
  readonly daemon: Daemon
  readonly chronicle: Chronicle
  readonly site: Site
  readonly log: Log
}

export async function adopt (config: MeshConfig, { daemon, chronicle, site, log }: AdoptionDependencies): Promise<Adoption | null> {
  const found = await daemon.adopt()
  if (found === null) return null
  const note = await readRunning(runningPath(config))
  if (note === null) {
    log.warn({ pid: found.pid }, 'a keepalived runs of which nothing is known: starting it anew')
    await daemon.stop({ graceMs: STOP_GRACE_MS })
    return null
  }
  // An agent that died while it made way has left its offset behind.
  daemon.lower(0)
  // Where keepalived is too busy to tell, the interface does.
  const vrrpState = found.states.get(INSTANCE) ?? (holdsVip(note.conf, site) ? 'MASTER' : 'BACKUP')
  chronicle.adopted(new Map([[INSTANCE, vrrpState]]), found.checks)
  const { conf, number, founder } = note
  return { note, adopted: { conf, number, founder, vrrpState } }
}

function holdsVip ({ spec }: Conf, site: Site): boolean {
  return site.facts().interfaces.some(({ addresses }) => addresses.some(({ address }) => address === addressIn(spec.virtualIpaddress)))
}
