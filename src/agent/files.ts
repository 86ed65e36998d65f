/** The paths that an agent uses besides those that it shares with keepalived. */
import { join } from 'node:path'
import type { ProcessConfig } from '../config/config.ts'

export const controlPath = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'control.sock')
export const runningPath = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'running.json')
export const placesPath = ({ runDir }: Pick<ProcessConfig, 'runDir'>): string => join(runDir, 'places.json')
export const viewPath = (stateDir: string): string => join(stateDir, 'view.json')
