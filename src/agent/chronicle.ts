/**
 * What the shell knows of its keepalived and the core does not need: for `status`, and for the log. Fed with what the
 * daemon tells; one line for each change, none for a repetition.
 */
import type { VrrpState } from '../core/record.ts'
import type { Daemon } from '../keepalived/daemon.ts'
import type { DaemonEvent } from '../keepalived/daemon-event.ts'
import type { Log } from '../log.ts'
import type { ShellFacts } from '../status/document.ts'
import { reloadReasons, type Reload } from './reload-reason.ts'

export interface Chronicle {
  readonly note: (event: DaemonEvent) => void
  /** `states`: of each instance by its name. */
  readonly adopted: (states: ReadonlyMap<string, VrrpState>, checks: ReadonlyMap<string, boolean>) => void
  readonly reloaded: (reload: Reload) => void
  /** The conf on the disk was another than keepalived runs; `fault`: and it still is. */
  readonly restored: (fault: string | null) => void
  readonly facts: (daemon: Daemon) => Pick<ShellFacts, 'keepalived' | 'check' | 'lastReload' | 'counts'> & { readonly priority: number | null }
}

export function createChronicle (log: Log): Chronicle {
  let states = new Map<string, VrrpState>()
  let priority: number | null = null
  const reloads = new Map(reloadReasons.map((reason) => [reason, 0]))
  const transitions = new Map(vrrpStates.map((state) => [state, 0]))
  const results = new Map<NonNullable<ShellFacts['check']>, number>([['passing', 0], ['failing', 0]])
  let check: ShellFacts['check'] = null
  let lastReload: ShellFacts['lastReload'] = null
  /** keepalived repeats itself with each advert that it dislikes; said once, until something else happens. */
  let lastSaid = ''
  let rivalPriority: number | null = null

  return {
    note (event) {
      switch (event.kind) {
        case 'state':
          if (states.get(event.instance) !== event.state) count(transitions, event.state)
          states.set(event.instance, event.state)
          priority = event.priority
          rivalPriority = null
          log.info({ instance: event.instance, state: event.state, priority: event.priority }, 'VRRP state')
          break
        case 'priority':
          if (event.priority !== priority) log.info({ priority: event.priority, was: priority }, 'effective priority')
          priority = event.priority
          break
        case 'check':
          check = event.healthy ? 'passing' : 'failing'
          count(results, check)
          log[event.healthy ? 'info' : 'warn']({ script: event.script, result: event.message }, event.healthy ? 'check passes' : 'check fails')
          break
        case 'rivalMaster':
          if (event.priority !== rivalPriority) log.warn({ priority: event.priority }, 'another MASTER with a lower priority advertises')
          rivalPriority = event.priority
          break
        case 'respawned':
          log.error({ pid: event.pid }, 'the vrrp process of keepalived died and was replaced')
          break
        case 'foreignAdvert': // the line itself is logged, and the core tells what to do
          break
        case 'log':
          if (event.message !== lastSaid) log[event.level]({ keepalived: event.message }, 'keepalived says')
          lastSaid = event.message
          break
        case 'exit':
          states.clear()
          priority = null
          check = null
          log[event.asked ? 'info' : 'error']({ code: event.code, signal: event.signal, said: event.said }, event.asked ? 'keepalived has stopped' : 'keepalived has died')
          break
      }
    },
    adopted (found, checks) {
      states = new Map(found)
      for (const healthy of checks.values()) check = healthy ? 'passing' : 'failing'
    },
    reloaded ({ reason, why }) {
      count(reloads, reason)
      lastReload = { at: new Date().toISOString(), why }
      log.info({ why, reloads: sum(reloads) }, 'keepalived has reloaded its conf')
    },
    restored (fault) {
      if (fault === null) log.warn('the conf on the disk was not the one that keepalived runs: written anew')
      else log.error({ fault }, 'the conf on the disk is not the one that keepalived runs, and cannot be written anew')
    },
    facts: (daemon) => ({
      keepalived: { pid: daemon.pid(), vrrpState: bestOf([...states.values()]), reloads: sum(reloads) },
      counts: { transitions: Object.fromEntries(transitions), reloads: Object.fromEntries(reloads), checkResults: Object.fromEntries(results) },
      check,
      lastReload,
      priority
    })
  }
}

const vrrpStates: readonly VrrpState[] = ['MASTER', 'BACKUP', 'FAULT', 'STOP']

function count<Key> (counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sum (counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((total, each) => total + each, 0)
}

/** What a host with several instances is: MASTER if it holds any VIP. */
function bestOf (states: readonly VrrpState[]): VrrpState {
  return (['MASTER', 'BACKUP', 'FAULT'] as const).find(state => states.includes(state)) ?? 'STOP'
}
