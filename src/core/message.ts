/**
 * What two agents say to each other on the stream that they keep open. Every message is small but `table` and
 * `inventory`; truth travels by comparing tables (push-pull) and sending what differs, the rest only keeps watch.
 */
import type { Claim, MemberId } from './record.ts'

export type Message =
  /** What each claim that the sender knows is known by (`claimDigest`). The receiver sends those that are missing, its own in any case; with `reply` it asks in turn for those that it lacks. */
  | { readonly kind: 'inventory', readonly digests: readonly string[], readonly reply: boolean }
  /** Claims. `spread`: they may be news to all others as well. */
  | { readonly kind: 'table', readonly claims: readonly Claim[], readonly spread: boolean }
  /** "I live, and this is the digest of my table." Unanswered. */
  | { readonly kind: 'beat', readonly digest: string }
  /** "That member does not answer me, who watches it." Unanswered. */
  | { readonly kind: 'doubt', readonly about: MemberId }
  /**
   * "Do you live?", or with `about`: "does that member answer you?" Nonces are the sender's own counter. `known`: the claim that whoever asks has of who is
   * asked after. `claim`: what is to be known to that one before it answers, of who asks.
   */
  | { readonly kind: 'ask', readonly nonce: number, readonly about: MemberId | null, readonly known?: string, readonly claim?: Claim }
  /** The answer: the sender's own newest claim when asked of itself; with `about`, whether that member answered. In place of a claim that is `known` its digest comes back. */
  | { readonly kind: 'answer', readonly nonce: number, readonly about: MemberId | null, readonly alive: boolean, readonly claim: Claim | null, readonly known?: string }
