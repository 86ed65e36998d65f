/**
 * The keepalived that an earlier agent left running. It goes on as it is, with its place in the order; only one of which
 * nothing is known is stopped and started anew, as a joiner.
 */
import type { MeshConfig } from '../config/config.ts'
import type { Adopted, Conf } from '../core/event.ts'
import { addressIn } from '../core/spec.ts'
import { readPlain } from '../host/plain-file.ts'
import { DaemonError } from '../keepalived/daemon-error.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import type { Log } from '../log.ts'
import type { Chronicle } from './chronicle.ts'
import { STOP_GRACE_MS, digestOfText } from './keeper.ts'
import type { RunningNote } from './memory.ts'
import { recoveredNote } from './recovered.ts'
import type { Known } from './recovered.ts'
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
  /** What was noted of it; null: nothing that can be used. */
  readonly note: RunningNote | null
  /** Of which the note is made anew, where that is possible. */
  readonly known: Known
  readonly log: Log
}

export async function adopt (config: MeshConfig, { daemon, chronicle, site, note, known, log }: AdoptionDependencies): Promise<Adoption | null> {
  const found = await daemon.adopt()
  if (found === null) return null
  const current = note ?? await recoveredNote(config, known)
  if (note === null && current !== null) log.warn('the note of the keepalived that runs is lost: made anew from its conf and the last view')
  if (current === null) {
    log.warn({ pid: found.pid }, 'a keepalived runs of which nothing is known: starting it anew')
    await daemon.stop({ graceMs: STOP_GRACE_MS })
    return null
  }
  // An agent that died while it made way has left its offset behind.
  daemon.lower(0)
  // Where keepalived is too busy to tell, the interface does.
  const vrrpState = found.states.get(INSTANCE) ?? (holdsVip(current.conf, site) ? 'MASTER' : 'BACKUP')
  chronicle.adopted(new Map([[INSTANCE, vrrpState]]), found.checks)
  const settled = await inMidChange(current, config, daemon, log)
  const { conf, number, founder } = settled
  return { note: settled, adopted: { conf, number, founder, vrrpState } }
}

/**
 * An agent that died while its group changed its settings has put the new conf in place, and nobody knows whether keepalived
 * has read it. The others run with it by now: so does this host, at once.
 */
async function inMidChange (note: RunningNote, { conf: file }: MeshConfig, daemon: Daemon, log: Log): Promise<RunningNote> {
  const { prepared } = note
  const onDisk = digestOfText(await readPlain(file).catch(() => null) ?? '')
  if (prepared === null || onDisk === note.text || onDisk !== prepared.text) return note
  try {
    await daemon.reload()
    log.info('the settings were being changed when the last agent ended: keepalived runs with the new ones')
    return { ...note, ...prepared, prepared: null }
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
    log.warn({ fault: error.message }, 'keepalived does not take the settings to which the group was changing')
    return note
  }
}

function holdsVip ({ spec }: Conf, site: Site): boolean {
  return site.facts().interfaces.some(({ addresses }) => addresses.some(({ address }) => address === addressIn(spec.virtualIpaddress)))
}
