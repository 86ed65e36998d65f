/**
 * What a member says of itself. Every member signs its own record and nobody else's, so the table of records is a
 * state that merges by taking the newer of two: no vote, no order of arrival (SWIM, Das et al. 2002, §4.2, with the
 * member itself as the only writer).
 *
 * A tombstone is the one statement that others may make of a member: that it is out, up to a given incarnation.
 */

/** Counters stay exact in a double, far from 2^53. */
export const COUNTER_MAX = 2 ** 48

/** A libp2p peer id: the text form (base58btc) of an Ed25519 public key. */
export type MemberId = string

/** An IPv4 or IPv6 address in canonical text form, without a prefix length. */
export type Address = string

/** The life of a member, as it says itself; *lost* is what others say and stands in the view, not in a record. */
export type Phase = 'discovering' | 'joining' | 'active' | 'leaving' | 'standby' | 'blocked'

/** As keepalived prints them; STOP also means that keepalived is not running. */
export type VrrpState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP'

/** What a member says of itself, signed with the key that its id is made of. */
export interface MemberRecord {
  readonly kind: 'member'
  readonly id: MemberId
  /** Runs of the agent under this id: raised at each start and each new try to join. 1 … 2^48. */
  readonly incarnation: number
  /** Changes within one incarnation. 0 … 2^48. */
  readonly sequence: number
  readonly address: Address
  /** TCP port of its agent. */
  readonly port: number
  /** Of the interface that VRRP runs on, lower case, as ARP shows who holds the VIP; null where it has none. */
  readonly mac: string | null
  readonly phase: Phase
  /** Why it is blocked, for people; at most 200 characters. Null in other phases. */
  readonly reason: string | null
  /** The id of the member that first claimed the VIP for this group; null before a group was joined. */
  readonly founder: MemberId | null
  /** The place in the order, which is also the priority: 254 … 128. Null when none is held. */
  readonly number: number | null
  /** The operator's `KEEPALIVED_PRIORITY`, which wins over the number. 1 … 255. */
  readonly pinned: number | null
  readonly vrrpState: VrrpState
  /** The priority in the conf that its keepalived runs, or that a stopped one will start with. Null before there is one. */
  readonly appliedPriority: number | null
  /** The priority that VRRP runs with just now (checks counted), when keepalived told it. */
  readonly effectivePriority: number | null
  /** Ids in the conf that its keepalived runs, or that a stopped one will start with. Sorted, without itself. */
  readonly lists: readonly MemberId[]
  /** `unicast_peer` of that conf: at which addresses they are listed. Sorted. */
  readonly peers: readonly Address[]
  /** Ids that it holds to be dead for good: lost for long, and no sign of life at their address. Sorted. */
  readonly gone: readonly MemberId[]
  /** The MAC of somebody unknown that answers for the VIP as well, while this member holds it; null: nobody does. */
  readonly rival: string | null
  /** Digest of the tombstones that it knows. */
  readonly tombstones: string
  /** What its keepalived runs with, or will start with. Null before a host that brings no VIP has learnt it. */
  readonly spec: GroupSpec | null
  /** What its environment brings, be it the same; null where that has no VIP. */
  readonly proposed: GroupSpec | null
  /** Digest of the spec with which its conf is tested and stored beside the one that runs, for the moment of a change. Null: of none. */
  readonly prepared: string | null
  /** The VIPs that its environment brings besides the one that adverts carry, with prefix length; in the order of the conf. */
  readonly vips: readonly string[]
  /** Version of the software, for people. */
  readonly software: string
}

/**
 * What VRRP peers must share, or they reject each other's adverts. Two are the same when the password's digests are, which
 * are salted with the group's name: the password itself is told only where a secret keeps the mesh closed.
 */
export interface GroupSpec {
  readonly virtualRouterId: number
  readonly version: 2 | 3
  /** Seconds, as in keepalived. */
  readonly advertInt: number
  /** The VIP that adverts carry: the first one, with its prefix length. */
  readonly virtualIpaddress: string
  readonly authDigest: string
  /** Null: there is none (version 3), or it is not told. Secret. */
  readonly authPass: string | null
  /** `KEEPALIVED_MESH_SPEC_REVISION` of the environment that it comes from. Not part of what must be the same. */
  readonly revision: number
  /** How many specs the group had before this one, so that of two the later is known. Not part of what must be the same. */
  readonly epoch: number
}

/** Why a member is out. `left` is signed by the member itself, the rest by whoever found it out. */
export type Departure = 'left' | 'forgotten' | 'superseded' | 'removed'

/** The member `id` is out, in this and every earlier incarnation. */
export interface Tombstone {
  readonly kind: 'tombstone'
  readonly id: MemberId
  readonly incarnation: number
  readonly departure: Departure
  /** Who says so: the signer. */
  readonly issuer: MemberId
  /** One above all tombstones that the issuer knew: tells which are the newest. 0 … 2^48. */
  readonly serial: number
}

export type Statement = MemberRecord | Tombstone

/**
 * A statement with its signature. The core passes envelopes on and never looks inside: whoever hands a claim to the
 * core has verified it, and whoever takes one from the core sends it as it is.
 */
export interface Claim<S extends Statement = Statement> {
  readonly statement: S
  readonly envelope: Envelope
}

export function isTombstone (claim: Claim): claim is Claim<Tombstone> {
  return claim.statement.kind === 'tombstone'
}

export function isMember (claim: Claim): claim is Claim<MemberRecord> {
  return claim.statement.kind === 'member'
}

/** The signed bytes, so that a claim can be passed on unchanged by members that did not make it. */
export interface Envelope {
  /** The statement's canonical JSON text. */
  readonly payload: string
  /** Ed25519 over the payload, base64. */
  readonly signature: string
}

/** Whether record `a` replaces record `b` of the same member. */
export function supersedes (a: MemberRecord, b: MemberRecord): boolean {
  if (a.incarnation !== b.incarnation) return a.incarnation > b.incarnation
  return a.sequence > b.sequence
}
