/**
 * What is wrong on a host without a mesh, for `status` and for the log: told once when it begins, and shown as an alarm
 * until it is over. A death of keepalived counts until it has run for a while, or a crash loop would look well between
 * two crashes.
 */
import type { DaemonEvent } from '../keepalived/daemon-event.ts'
import type { Log } from '../log.ts'

/** Longer than keepalived needs to become MASTER and to run its check a few times. */
const HEALTHY_MS = 10_000

export interface Trouble {
  /** `what` names it, the same each time; `complaints` say why. */
  readonly found: (what: string, complaints: readonly string[]) => void
  readonly over: (what: string) => void
  readonly died: (event: Extract<DaemonEvent, { kind: 'exit' }>) => void
  /** keepalived is up. */
  readonly started: () => void
  /** One sentence each; empty when all is well. */
  readonly alarms: () => readonly string[]
  readonly close: () => void
}

export function createTrouble (log: Log): Trouble {
  const alarms = new Map<string, string>()
  let healthy: NodeJS.Timeout | undefined

  function found (what: string, complaints: readonly string[]): void {
    const alarm = `${what}: ${complaints.join(' ')}`
    if (alarms.get(what) !== alarm) log.error({ complaints }, what)
    alarms.set(what, alarm)
  }

  return {
    found,
    over: what => { alarms.delete(what) },
    died: ({ code, signal, said }) => {
      clearTimeout(healthy)
      alarms.set('died', `keepalived has died (${signal ?? `code ${code}`})${said.length === 0 ? '' : `: ${said.at(-1)}`}`)
    },
    started: () => {
      alarms.delete('keepalived did not start')
      healthy = setTimeout(() => { alarms.delete('died') }, HEALTHY_MS).unref()
    },
    alarms: () => [...alarms.values()],
    close: () => { clearTimeout(healthy) }
  }
}
