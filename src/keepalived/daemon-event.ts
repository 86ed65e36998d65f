/** What happens to keepalived without being asked for, and its end in any case. */
import type { VrrpState } from '../core/record.ts'

export type DaemonEvent =
  /** `instance` is the name in the conf; `priority` the effective one, null when only the log told the state. */
  | { readonly kind: 'state', readonly instance: string, readonly state: VrrpState, readonly priority: number | null }
  | { readonly kind: 'priority', readonly instance: string, readonly priority: number }
  /** This MASTER hears another MASTER with a lower priority. */
  | { readonly kind: 'rivalMaster', readonly instance: string, readonly priority: number }
  /** Somebody sends adverts for our virtual router id: with other settings, or, from that address, with ours. */
  | { readonly kind: 'foreignAdvert', readonly difference: string | null, readonly from: string | null }
  /** A check script changed its mind, or gave its first result. */
  | { readonly kind: 'check', readonly script: string, readonly healthy: boolean, readonly message: string }
  /** keepalived replaced a vrrp child that died: a new run at the old priority. */
  | { readonly kind: 'respawned', readonly pid: number }
  | { readonly kind: 'log', readonly level: 'info' | 'warn', readonly message: string }
  /** It runs no more, and no VIP is left. `said`: its last complaints. */
  | { readonly kind: 'exit', readonly asked: boolean, readonly code: number | null, readonly signal: NodeJS.Signals | null, readonly said: readonly string[] }
