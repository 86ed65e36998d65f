/** One way to run a group of hosts with a VIP, as far as the bench must know it: the product, or what stands beside it. */
import type { Host } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'
import type { Lists } from '../lab/lists.ts'

export interface Contender {
  readonly host: Host
  readonly lists: Lists
  /** What looks after membership there, as seen from outside; null: nothing does. */
  readonly pid: number | null
  readonly startedAtMs: number
  /** Stopped as an operator would, for good. */
  readonly stop: () => Promise<void>
  /** Milliseconds from its start until it listens, if it tells. */
  readonly listeningAfterMs: () => number | null
}

export interface Way {
  readonly name: string
  /** Whether hosts may join and leave while it runs. */
  readonly isDynamic: boolean
  /** Three hosts with one holder, settled. */
  readonly three: (lab: Lab) => Promise<readonly Contender[]>
  /** One more; resolves when it runs. */
  readonly join: (lab: Lab, name: string) => Promise<Contender>
  /** Resolves when each of them says that the other has failed. */
  readonly toldLost: (lab: Lab, among: readonly Contender[], gone: Host) => Promise<void>
}
