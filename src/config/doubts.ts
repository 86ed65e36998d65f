/** What may be meant so but most likely is not: warned of, and done as asked. */
import { check as checkVariable, checkWeight } from './variables/check.ts'
import { debug } from './variables/process.ts'
import type { StaticConfig } from './config.ts'
import type { Environment } from './environment.ts'
import type { Warning } from './fault.ts'

/** What the other hosts have unless they say otherwise: the seed's priority of a BACKUP. */
const backupPriority = 100

/** Whether a failing check could never move the VIP away from this host: what it loses is less than its lead. */
export function uselessCheck ({ check, state, priority }: StaticConfig): Warning | null {
  if (check === null || check.weight === 0 || state !== 'MASTER') return null
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
