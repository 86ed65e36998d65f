/**
 * What keepalived tells through its notify fifo: `INSTANCE "MAIN" MASTER 200`, one line an event (keepalived.conf(5),
 * vrrp_notify_fifo). States are exact. The words MASTER_PRIORITY and BACKUP_PRIORITY tell the priority and nothing
 * else: on a reload a MASTER reports BACKUP_PRIORITY (seen with 2.2.7, acassen/keepalived#2631 for 2.3.3).
 */
import type { VrrpState } from '../core/record.ts'

/** `priority` is the effective one, with checks and track files counted: 1 … 255. */
export type Notification =
  | { readonly kind: 'state', readonly instance: string, readonly state: VrrpState, readonly priority: number }
  | { readonly kind: 'priority', readonly instance: string, readonly priority: number }
  /** This MASTER heard the advert of another with a lower priority. */
  | { readonly kind: 'rivalMaster', readonly instance: string, readonly priority: number }

const LINE = /^INSTANCE "([^"]*)" ([A-Z_]+) (\d{1,3})$/

/** The notification in one line; null for groups, virtual servers and anything unknown. */
export function parseNotification (line: string): Notification | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, instance = '', word = '', digits = ''] = match
  const priority = Number(digits)
  if (priority > 255) return null
  switch (word) {
    case 'MASTER':
    case 'BACKUP':
    case 'FAULT':
    case 'STOP':
      return { kind: 'state', instance, state: word, priority }
    case 'DELETED':
      return { kind: 'state', instance, state: 'STOP', priority }
    case 'MASTER_PRIORITY':
    case 'BACKUP_PRIORITY':
      return { kind: 'priority', instance, priority }
    case 'MASTER_RX_LOWER_PRI':
      return { kind: 'rivalMaster', instance, priority }
    default:
      return null
  }
}
