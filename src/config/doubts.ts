/** What may be meant so but most likely is not: warned of, and done as asked. */
import { check as checkVariable, checkWeight } from './variables/check.ts'
import { debug } from './variables/process.ts'
import { priority as priorityVariable } from './variables/vrrp.ts'
import type { CheckConfig, MeshConfig, StaticConfig } from './config.ts'
import type { Environment } from './environment.ts'
import type { Warning } from './fault.ts'

/** What the other hosts have unless they say otherwise: the seed's priority of a BACKUP. */
const backupPriority = 100

/** "Address owner" (RFC 9568 §5.2.4): keepalived counts no weight at this priority. */
const addressOwnerPriority = 255

/** Whether a failing check could never move the VIP away from this host: what it loses is less than its lead. */
export function uselessCheck (config: StaticConfig | MeshConfig): Warning | null {
  const { check } = config
  const priority = config.mode === 'static' ? config.priority : config.pinned
  if (check === null) return null
  if (priority === addressOwnerPriority) return { variable: priorityVariable.name, message: 'No check counts at priority 255. Take 254 or less.' }
  if (config.mode !== 'static' || check.weight === 0 || config.state !== 'MASTER') return null
  return withoutEffect(check, config.priority)
}

function withoutEffect (check: CheckConfig, priority: number): Warning | null {
  const failing = priority + Math.min(check.weight, 0)
  const healthy = backupPriority + Math.max(check.weight, 0)
  if (failing < healthy) return null
  return {
    variable: checkWeight.name,
    message: `A failing check moves no VIP to a host of priority ${backupPriority}: ${failing} is left here. Set it below ${backupPriority - priority}, or the priorities closer.`
  }
}

/** Flags that are neither true nor false count as false, as in the seed. (KEEPALIVED_AUTOCONF is left alone: passthrough is loud enough.) */
export function unclearFlags (environment: Environment): Warning[] {
  return [debug, checkVariable].map(({ name }) => ({ name, text: environment[name]?.trim() ?? '' }))
    .filter(({ text }) => text !== '' && !/^(?:true|false)$/i.test(text))
    .map(({ name }) => ({ variable: name, message: 'Neither true nor false; it counts as false.' }))
}
