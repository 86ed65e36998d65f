/** The paths that an agent uses besides those that it shares with keepalived, and what it keeps in which directory. */
import { basename, join } from 'node:path'
import type { ProcessConfig } from '../config/config.ts'
import type { Kind } from '../host/own-directory.ts'
import { daemonFiles } from '../keepalived/daemon-files.ts'

export const controlPath = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'control.sock')
export const runningPath = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'running.json')
export const placesPath = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'places.json')
export const tenurePath = (stateDir: string): string => join(stateDir, 'agent.sock')
/** Beside the conf, whose directory may be anybody's. */
export const confTenurePath = ({ conf }: Pick<ProcessConfig, 'conf'>): string => `${conf}.agent`
export const viewPath = (stateDir: string): string => join(stateDir, 'view.json')
/** Takes the place of the state directory where that cannot be written. */
export const spareStateDir = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'state')

/** What is kept in the state directory, besides the identity. */
export const STATE_NAMES: Readonly<Record<string, Kind>> = { 'view.json': 'file', 'agent.sock': 'socket' }

/** What is kept in the run directory, by the agent and by its keepalived. */
export function runNames (config: Pick<ProcessConfig, 'runDir'>): Readonly<Record<string, Kind>> {
  const { notifyFifo, tmpDir, runDir: _, ...files } = daemonFiles(config.runDir)
  const plain = [...Object.values(files), runningPath(config), placesPath(config)]
  return Object.fromEntries<Kind>([
    ...plain.map((path) => [basename(path), 'file'] as const),
    [basename(notifyFifo), 'fifo'], [basename(controlPath(config)), 'socket'], [basename(tmpDir), 'directory'], [basename(spareStateDir(config)), 'directory']
  ])
}
