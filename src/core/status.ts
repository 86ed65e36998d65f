/** What the core shows of itself: the answer to `status --json` but for the parts that the shell knows better. */
import type { Address, MemberId, Phase, VrrpState } from './record.ts'

export interface Status {
  readonly self: MemberStatus
  readonly phase: Phase
  /** Why there is no progress, for people: who is waited for, or what blocks. */
  readonly waitingFor: string | null
  /** The address of the member that reports MASTER; null when none does. */
  readonly holder: Address | null
  readonly members: readonly MemberStatus[]
  /** Digest of the view: members, order and priorities. */
  readonly digest: string
  /** Whether every member that is not lost has told the same digest of its table. */
  readonly agreed: boolean
  /** Whether the conf that keepalived runs is the one that the view asks for. */
  readonly applied: boolean
  readonly alarms: readonly string[]
}

export interface MemberStatus {
  readonly id: MemberId
  readonly address: Address
  readonly state: 'joining' | 'active' | 'lost' | 'leaving' | 'standby' | 'blocked'
  readonly priority: number | null
  readonly vrrpState: VrrpState
  readonly lists: readonly MemberId[]
  readonly founder: MemberId | null
  readonly incarnation: number
  readonly software: string
}
