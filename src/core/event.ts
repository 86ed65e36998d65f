/**
 * All that can happen to the core. The shell turns the world into these; the simulator makes them up. `atMs` is the
 * instant of the event on a monotonic clock, in milliseconds, and the only time that the core ever knows.
 */
import type { Message } from './message.ts'
import type { Address, Claim, GroupSpec, MemberId, VrrpState } from './record.ts'

export type Event = { readonly atMs: number } & Happening

export type Happening =
  | { readonly kind: 'started', readonly adopted: Adopted | null }
  | { readonly kind: 'timer' }
  /** A source of discovery names an address where an agent may listen. */
  | { readonly kind: 'found', readonly address: Address, readonly port: number, readonly source: string }
  /** Evidence from outside that whoever had this address does not return: its Node was deleted. `found` there takes it back. */
  | { readonly kind: 'nodeGone', readonly address: Address }
  /** A stream to a member is open. `dialled` tells that we reached it at `address`; else that is where it came from. */
  | { readonly kind: 'linked', readonly id: MemberId, readonly address: Address, readonly port: number, readonly dialled: boolean }
  | { readonly kind: 'unlinked', readonly id: MemberId }
  /**
   * `refused`: the host answered that nothing listens there, so it lives and its agent does not. `twin`: our own key answered, at an
   * address that is not this host's.
   */
  | { readonly kind: 'dialFailed', readonly address: Address, readonly port: number, readonly failure: 'refused' | 'unreachable' | 'rejected' | 'twin' }
  /** A dial reached `address` and found the key `id` there. */
  | { readonly kind: 'verified', readonly id: MemberId, readonly address: Address, readonly port: number }
  | { readonly kind: 'message', readonly from: MemberId, readonly message: Message }
  /** Claims from gossip, or from an exchange that we began. */
  | { readonly kind: 'claims', readonly from: MemberId, readonly claims: readonly Claim[] }
  /** Somebody that wants one exchange of tables, mostly through the VIP. */
  | { readonly kind: 'exchange', readonly exchange: number, readonly from: MemberId, readonly claims: readonly Claim[] }
  /** The own source address, and the link that it is on, are now these; null: there is none. `held`: all that this host has. */
  | { readonly kind: 'address', readonly address: Address | null, readonly mac: string | null, readonly link: Link | null, readonly held: readonly Held[] }
  /** The conf is on disk, and keepalived, where it runs, has taken it. */
  | { readonly kind: 'applied', readonly conf: Conf }
  | { readonly kind: 'applyFailed', readonly conf: Conf, readonly reason: string }
  /** The conf is tested, and stored beside the one that keepalived reads. */
  | { readonly kind: 'prepared', readonly conf: Conf }
  | { readonly kind: 'prepareFailed', readonly conf: Conf, readonly reason: string }
  | { readonly kind: 'keepalivedStarted' }
  /** keepalived is not running any more; `asked` when an effect told it to stop. */
  | { readonly kind: 'keepalivedStopped', readonly asked: boolean, readonly reason: string }
  /** keepalived has replaced a vrrp process that died: a new run, at the number of the old one. */
  | { readonly kind: 'keepalivedRespawned' }
  | { readonly kind: 'vrrpState', readonly state: VrrpState }
  | { readonly kind: 'effectivePriority', readonly priority: number }
  /** An advert for our virtual router id that tells of other settings, or came from that address. */
  | { readonly kind: 'foreignAdvert', readonly difference: string | null, readonly from: Address | null }
  /** keepalived received this many adverts since its start. */
  | { readonly kind: 'adverts', readonly received: number }
  /** Who answers ARP (or ND) for the first VIP: a MAC address, or nobody. */
  | { readonly kind: 'vipProbed', readonly mac: string | null }
  /** Nobody could be asked, which is not the same as silence. */
  | { readonly kind: 'vipProbeFailed', readonly reason: string }
  /** Who answered ARP (or ND) for a member's own address when that was asked; null: nobody. When nobody could be asked, nothing comes. */
  | { readonly kind: 'addressProbed', readonly address: Address, readonly askedAtMs: number, readonly mac: string | null }
  | { readonly kind: 'command', readonly command: Command }

/** An interface by name and index, so that one that was made anew is another one. */
export type Link = string

export interface Held {
  readonly address: Address
  /** 0 … 32, or 0 … 128. */
  readonly prefixLength: number
  readonly link: Link
}

/** What an operator, or a signal, asks for. */
export type Command =
  | { readonly kind: 'stop' }
  | { readonly kind: 'forget', readonly id: MemberId }
  /** Somebody looks on: ask each member that can be asked, so that round trips are fresh. */
  | { readonly kind: 'measure' }

/** A keepalived that was found running at the start, with what its conf said. */
export interface Adopted {
  readonly conf: Conf
  readonly number: number
  readonly founder: MemberId
  readonly vrrpState: VrrpState
}

/** What the core decides of `keepalived.conf`; the operator's settings are added outside. */
export interface Conf {
  /** 1 … 255. */
  readonly priority: number
  /** `state MASTER` at priority 255: take the VIP at once, for the first member of a group. */
  readonly claim: boolean
  readonly source: Address
  /** `unicast_peer`, sorted; empty means that the shell puts the placeholder in. */
  readonly peers: readonly Address[]
  /** Ids behind the peers, sorted. */
  readonly lists: readonly MemberId[]
  /** With its password, where it has one. */
  readonly spec: GroupSpec
  /** VIPs that adverts do not carry, with prefix length. */
  readonly vips: readonly string[]
}
