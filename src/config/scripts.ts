/** Whether keepalived is told to run a script. */
import type { Config } from './config.ts'

/** In passthrough mode only the operator knows: then no. */
export function runsScripts (config: Config): boolean {
  return config.mode !== 'passthrough' && (config.check !== null || Object.values(config.notify).some((script) => script !== null))
}
