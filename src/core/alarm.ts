/** Alarms: what somebody must act on, or know. Each stands in `status` for as long as it lasts, and is logged once. */
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'

/** Raises the alarm, or changes its text. `key` says which one it is. */
export function raise ({ alarms }: Facts, key: string, text: string, out: Outbox, level: 'warn' | 'error' = 'error'): void {
  if (alarms.get(key) === text) return
  alarms.set(key, text)
  out.log(level, 'alarm', { alarm: key, text })
}

export function clear ({ alarms }: Facts, key: string, out: Outbox): void {
  if (alarms.delete(key)) out.log('info', 'alarm is over', { alarm: key })
}
