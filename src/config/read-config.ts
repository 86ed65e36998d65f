/**
 * From the environment to a configuration, or to every fault that it has, all at once. Pure but for `readFile`, which
 * is called for the files that variables name.
 */
import { checkConfigOf } from './check.ts'
import { uselessCheck, unclearFlags } from './doubts.ts'
import { createEnvironmentReader } from './environment.ts'
import { sharedAuthPassOf } from './group-spec.ts'
import { meshSettingsOf } from './mesh.ts'
import { modeOf } from './mode.ts'
import { nearMisses } from './near-miss.ts'
import { processConfigOf } from './process.ts'
import { templateOf } from './template.ts'
import { priority as priorityVariable, state as stateVariable } from './variables/vrrp.ts'
import { vrrpDirectivesOf } from './vrrp.ts'
import type { Config, VrrpConfig } from './config.ts'
import type { Environment, EnvironmentReader } from './environment.ts'
import type { Fault, Warning } from './fault.ts'
import type { Mode } from './mode.ts'
import type { ReadFile } from './secret-file.ts'

export type ReadConfig =
  | { readonly config: Config, readonly warnings: readonly Warning[] }
  /** Never empty. */
  | { readonly faults: readonly Fault[], readonly warnings: readonly Warning[] }

/** Reads and checks the whole environment. Variables that are not for the mode found are not looked at. */
export function readConfig (environment: Environment, readFile: ReadFile): ReadConfig {
  const reader = createEnvironmentReader(environment)
  const mode = modeOf(reader)
  const config = mode === 'passthrough' ? { mode, ...processConfigOf(reader, mode) } : generatedConfigOf(reader, mode, readFile)
  const warnings = [...reader.warnings, ...doubtsOf(config), ...unclearFlags(environment), ...nearMisses(environment)]
  return config === null || reader.faults.length > 0 ? { faults: reader.faults, warnings } : { config, warnings }
}

/** The configuration of a mode in which we write the conf; null when too much of it is at fault. */
function generatedConfigOf (reader: EnvironmentReader, mode: Exclude<Mode, 'passthrough'>, readFile: ReadFile): Config | null {
  const processConfig = processConfigOf(reader, mode)
  const template = templateOf(reader, readFile)
  const directives = vrrpDirectivesOf(reader, mode, readFile)
  const check = checkConfigOf(reader, mode)
  const state = reader.one(stateVariable)
  const priority = reader.one(priorityVariable)
  const mesh = mode === 'static' ? null : meshSettingsOf(reader, directives?.virtualRouterId ?? 1, readFile)
  if (directives === null) return null
  const vrrp: VrrpConfig = { ...processConfig, ...directives, check, template }
  if (mode === 'static' || mesh === null) {
    const [first, ...others] = directives.virtualIpaddress
    if (first === undefined) return null
    return { mode: 'static', ...vrrp, virtualIpaddress: [first, ...others], state: state ?? 'MASTER', priority: priority ?? (state === 'BACKUP' ? 100 : 200) }
  }
  const authPass = sharedAuthPassOf({ mode, ...directives }, mesh.access)
  return { mode, ...vrrp, authPass, state, pinned: priority, mesh }
}

function doubtsOf (config: Config | null): Warning[] {
  const doubt = config === null || config.mode === 'passthrough' ? null : uselessCheck(config)
  return doubt === null ? [] : [doubt]
}
