/** What the core must hear of what keepalived tells. An end that was asked for is told by whoever asked. */
import type { Happening } from '../core/event.ts'
import type { DaemonEvent } from '../keepalived/daemon-event.ts'

export function happeningsOf (event: DaemonEvent): readonly Happening[] {
  switch (event.kind) {
    case 'state': return [{ kind: 'vrrpState', state: event.state }, ...event.priority === null ? [] : [{ kind: 'effectivePriority', priority: event.priority } as const]]
    case 'priority': return [{ kind: 'effectivePriority', priority: event.priority }]
    case 'exit': return event.asked ? [] : [{ kind: 'keepalivedStopped', asked: false, reason: reasonOf(event) }]
    case 'respawned': return [{ kind: 'keepalivedRespawned' }]
    case 'foreignAdvert': return [event]
    case 'rivalMaster': case 'check': case 'log': return []
  }
}

function reasonOf ({ said, code, signal }: Extract<DaemonEvent, { kind: 'exit' }>): string {
  return said.at(-1) ?? (signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`)
}
