/** What can be asked of an agent that runs, whatever its mode; `main.ts` and the control socket are the ones who ask. */
import type { Log } from '../log.ts'
import type { StatusDocument } from '../status/document.ts'

/** How an agent ended: as asked, or because keepalived cannot be used here. */
export type Fate = 'stopped' | 'unusable'

export interface AgentDependencies {
  readonly log: Log
  readonly version: string
  /** Called whenever the status may have changed. */
  readonly stirred: () => void
  /** That keepalived, and the scripts that it runs, are started with. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface Agent {
  /** Settles once, when nothing of the agent runs any more. Rejects with a defect. */
  readonly ended: Promise<Fate>
  /** Hands the VIP over, stops keepalived, leaves the group. Asked again, it does the same at once. */
  readonly stop: () => void
  /** Ends the agent and leaves keepalived as it is. */
  readonly detach: () => void
  /** Passes a signal on to keepalived: SIGHUP, SIGUSR1, SIGUSR2. */
  readonly signal: (signal: NodeJS.Signals) => void
  readonly status: () => StatusDocument
  /** Has round trips to the other members measured, for the next status. */
  readonly measure: () => void
  /** Drops a member by id or address; null when done, else why not. */
  readonly forget: (member: string) => string | null
}
