/** What this member is, by its own account: what it was given, and what was judged of it since. */
import type { CoreOptions } from './core.ts'
import type { Link } from './event.ts'
import type { Address, MemberId, Phase } from './record.ts'

/** What this member says of itself; the record is made of it. */
export interface Self {
  incarnation: number
  sequence: number
  address: Address | null
  mac: string | null
  link: Link | null
  phase: Phase
  reason: string | null
  founder: MemberId | null
  /** Founders of groups that this run has gone over from. */
  readonly left: Set<MemberId>
  number: number | null
  /** When the number last changed: what others knew before that says nothing of it. */
  numberSinceMs: number
  /** The MASTER that was not heard, which is why this member is blocked; null: it is not, or for another reason. */
  unheard: MemberId | null
  /** The lost member that holds the VIP too, which is why this member is blocked; null: it is not, or for another reason. */
  coHolder: MemberId | null
  /** Why there is no progress, for people. */
  waitingFor: string | null
  /** When the present try to join began, or the wait after a block ends. */
  phaseSinceMs: number
}

/** At the start, with what it remembers of its place. */
export function createSelf (options: Pick<CoreOptions, 'address' | 'incarnation' | 'link' | 'mac' | 'memory'>): Self {
  return {
    incarnation: options.incarnation,
    sequence: 0,
    address: options.address,
    mac: options.mac,
    link: options.link,
    phase: 'discovering',
    reason: null,
    founder: options.memory?.founder ?? null,
    left: new Set(),
    number: options.memory?.number ?? null,
    numberSinceMs: 0,
    unheard: null,
    coHolder: null,
    waitingFor: null,
    phaseSinceMs: 0
  }
}
