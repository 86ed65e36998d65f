/**
 * What two agents say to each other on the stream that they keep open. Every message is small but `table`; truth
 * travels by exchanging tables (push-pull), the rest only keeps watch.
 */
import type { Claim, MemberId } from './record.ts'

export type Message =
  /** All that the sender knows. `reply` asks for the receiver's table in return; a reply never asks again. */
  | { readonly kind: 'table', readonly claims: readonly Claim[], readonly reply: boolean }
  /** "I live, and this is the digest of my table." Unanswered. */
  | { readonly kind: 'beat', readonly digest: string }
  /** "That member does not answer me, who watches it." Unanswered. */
  | { readonly kind: 'doubt', readonly about: MemberId }
  /** "Do you live?", or with `about`: "does that member answer you?" Nonces are the sender's own counter. */
  | { readonly kind: 'ask', readonly nonce: number, readonly about: MemberId | null }
  /** The answer: the sender's own newest claim when asked of itself; with `about`, whether that member answered. */
  | { readonly kind: 'answer', readonly nonce: number, readonly about: MemberId | null, readonly alive: boolean, readonly claim: Claim | null }
