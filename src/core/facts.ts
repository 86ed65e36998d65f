/**
 * All that the core knows at one moment. Each step first puts its event into the facts and then lets every part judge
 * them anew: decisions are level-triggered, so none can be missed because its event came early, late or twice.
 */
import { createKeepalived, type Keepalived } from './keepalived.ts'
import type { Foreign } from './foreign.ts'
import type { Outcast } from './outcast.ts'
import { createTable, type Table } from './table.ts'
import type { CoreDependencies, CoreOptions } from './core.ts'
import type { Held, Link } from './event.ts'
import type { Questions } from './questions.ts'
import type { Parting } from './parting.ts'
import type { Address, Claim, MemberId, MemberRecord, VrrpState } from './record.ts'
import { createRoom, type Room } from './room.ts'
import { createSelf, type Self } from './self.ts'
import { createShared, type Shared } from './shared-facts.ts'
import type { Twin } from './twin.ts'
import { createTally, type Tally } from './tally.ts'
import { createVipWatch } from './vip-watch.ts'
import type { VipWatch } from './vip-watch.ts'

export interface Facts {
  readonly options: CoreOptions
  readonly dependencies: CoreDependencies
  nowMs: number
  startedAtMs: number
  readonly self: Self
  /** Every address of this host, as it was last told. */
  held: readonly Held[]
  readonly shared: Shared
  readonly table: Table
  readonly room: Room
  readonly neighbours: Map<MemberId, Neighbour>
  /** Addresses where an agent may listen, by `address port`. */
  readonly leads: Map<string, Lead>
  /** Addresses whose hosts do not return, by evidence from outside. */
  readonly deleted: Set<Address>
  /** Who was in the view of an earlier run, and where. */
  readonly remembered: Map<MemberId, Address>
  rememberedText: string
  /** Members that have just gone out, until when they stay listed. */
  readonly parting: Map<string, Parting>
  /** Who was removed for its silence, and may live yet. */
  readonly outcasts: Map<MemberId, Outcast>
  /** When each address last went out, within the time that tells who comes and goes. */
  readonly departedAtMs: Map<Address, number>
  /** Ids whose record comes from somebody's memory, or is older than their absence, so that it may be of an earlier run: who lives of them has not said yet what it is now. */
  stale: ReadonlySet<MemberId>
  /** Who was heard, with a record of this run, and is not lost. This and the next follow from the rest (liveness.ts); another set each time that they change. */
  living: ReadonlySet<MemberId>
  lost: ReadonlySet<MemberId>
  readonly questions: Questions
  readonly keepalived: Keepalived
  readonly vip: VipWatch
  /** When another member's keepalived last started or reloaded, by its word: until the next advert its timer counts from then. */
  timersRestartedAtMs: number
  /** When a member was met that had not been met before. */
  lastFaceAtMs: number
  /** When the view last changed, or whoever is in it went through a phase: nothing is quiet before. */
  lastChangeAtMs: number
  watchedView: string
  /** Since when two members report MASTER; null while fewer do. */
  rivalsSinceMs: number | null
  /** Since when the MASTER has this joiner in its list, and whom else it had there by then; null while it has not. */
  listedBy: { readonly master: MemberId, readonly sinceMs: number, readonly beside: readonly MemberId[] } | null
  /** How many ran VRRP when this joiner was last held up by those that go first, and since when it is; null: it is not. */
  queue: { readonly runners: number, readonly sinceMs: number } | null
  /** When a MASTER was last heard, which tells whom it misses. */
  vouchedAtMs: number
  /** When this process last woke late. */
  lateAtMs: number
  /** When tables were last compared with anybody. */
  comparedAtMs: number
  /** What is passed on by gossip at that instant, unless gossip brings it before. */
  readonly unspread: Map<MemberId, Claim<MemberRecord>>
  spreadAtMs: number
  nextBeatAtMs: number
  /** The next beat to those as well that this member does not watch. */
  nextFarBeatAtMs: number
  nextForgettingAtMs: number
  /** Set while the operator, or a signal, wants out. */
  leaving: Leaving | null
  /** When a member was last seen on its way to a higher number; kept while this one waits for room. */
  raisingAtMs: number
  /** The source address has changed, and VRRP has not followed yet. */
  move: Move | null
  /** Who else answers for the own address, as a probe showed it. */
  readonly namesake: Namesake
  /** Whoever sends adverts for our virtual router id and is no peer. */
  foreign: Foreign | null
  /** Every address that this run has told as its own. */
  readonly told: Set<Address>
  /** Another host that was seen with the identity of this one. */
  twin: Twin | null
  /** No incarnation is left to this identity. */
  isSpent: boolean
  /** The shell was asked for another identity, and this is its last run with the present one. */
  isRenewing: boolean
  readonly alarms: Map<string, string>
  readonly tally: Tally
}

export interface Namesake {
  /** Null: nobody, or not asked yet. */
  mac: string | null
  /** When it was last asked, and for which address. */
  askedAtMs: number
  address: Address | null
}

/** Where VRRP is to go. */
export interface Move {
  readonly address: Address | null
  readonly mac: string | null
  readonly link: Link | null
  /** The place that it is to leave is still there. */
  readonly isHeld: boolean
  readonly sinceMs: number
}

/** Another member as this one sees it. */
export interface Neighbour {
  /** When this member first knew of it. */
  metAtMs: number
  linked: boolean
  linkedAtMs: number
  /** Where the stream leads to, or came from; null before there was one. */
  linkedAt: Address | null
  /** Its address, where its own key was met: a dial found it there, or it has connected from there. */
  verified: Address | null
  /** The last word from itself; null before the first. Only liveness.ts writes this, as all that says who is alive. */
  readonly heardAtMs: number | null
  /** When it was first missed; null while it answers. */
  suspectedAtMs: number | null
  /** When it was clear that nobody vouches for it, though it was never met; null before. */
  unvouchedAtMs: number | null
  /** Whether the others have been told of that. */
  isDoubtSpread: boolean
  /** When it was last one of those whose beats come seldom (ring.ts). */
  farAtMs: number
  /** When the verdict fell; null while it is not lost. */
  readonly lostAtMs: number | null
  /** The last sign that its host lives although its agent does not answer. */
  lifeSignAtMs: number | null
  /** When its address was last probed, and when such a probe last stayed without an answer. */
  probedAtMs: number
  silentAtMs: number | null
  /** The instant of the newest question that it answered, itself or by way of another: what it said then is no older than this. */
  acknowledgedAtMs: number | null
  /** When that answer came: whoever said it lived until a moment before. */
  acknowledgementCameAtMs: number | null
  /** What its keepalived was by that answer. */
  acknowledgedAs: VrrpState | null
  /** The same of questions that it answered itself, or that brought it the own record. */
  answeredAtMs: number | null
  /** Of the last of these. */
  roundTripMs: number | null
  comparedAtMs: number
}

/** An address to dial. */
export interface Lead {
  readonly address: Address
  readonly port: number
  /** Whoever answered there; null before. */
  id: MemberId | null
  /** Who named it; null where a record did. */
  readonly source: string | null
  /** When somebody last named it: a source of discovery, or the record of a member. */
  namedAtMs: number
  failures: number
  /** A dial was asked for, and has not come to anything yet. */
  isUnderWay: boolean
  /** Not dialled before, unless the record of a member names it. */
  readonly strangerFromMs: number
  nextDialAtMs: number
  nextVerifyAtMs: number
}

export interface Leaving {
  readonly sinceMs: number
  /** When the priority was lowered; null before. */
  loweredAtMs: number | null
  step: 'handover' | 'stopping' | 'farewell' | 'gone'
  stepSinceMs: number
}

export function createFacts (options: CoreOptions, dependencies: CoreDependencies): Facts {
  const { memory } = options
  return {
    options,
    dependencies,
    nowMs: 0,
    startedAtMs: 0,
    self: createSelf(options),
    held: options.held,
    shared: createShared(memory),
    table: createTable(),
    room: createRoom(),
    neighbours: new Map(),
    leads: new Map(),
    deleted: new Set(),
    remembered: new Map(),
    rememberedText: '',
    parting: new Map(),
    outcasts: new Map(),
    departedAtMs: new Map(),
    stale: new Set(),
    living: new Set(),
    lost: new Set(),
    questions: { nextNonce: 1, open: new Map(), lastAskedAtMs: new Map() },
    keepalived: createKeepalived(),
    vip: createVipWatch(dependencies.random()),
    timersRestartedAtMs: Number.NEGATIVE_INFINITY,
    lastFaceAtMs: 0,
    lastChangeAtMs: 0,
    watchedView: '',
    rivalsSinceMs: null,
    listedBy: null,
    queue: null,
    vouchedAtMs: Number.NEGATIVE_INFINITY,
    lateAtMs: Number.NEGATIVE_INFINITY,
    comparedAtMs: Number.NEGATIVE_INFINITY,
    unspread: new Map(),
    spreadAtMs: Number.NEGATIVE_INFINITY,
    nextBeatAtMs: 0,
    nextFarBeatAtMs: 0,
    nextForgettingAtMs: 0,
    leaving: null,
    raisingAtMs: Number.NEGATIVE_INFINITY,
    move: null,
    namesake: { mac: null, askedAtMs: Number.NEGATIVE_INFINITY, address: null },
    foreign: null,
    told: new Set(),
    twin: null,
    isSpent: false,
    isRenewing: false,
    alarms: new Map(),
    tally: createTally()
  }
}
