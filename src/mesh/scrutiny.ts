/**
 * What it may cost to look at what others send. What is dear in it is opening envelopes: some 150 µs for each that was not met
 * before, whether it turns out to be signed, forged or nonsense; and a frame may bring a thousand. So each address has a pace
 * for them, whatever keys it speaks under, and all addresses together have one. What is over it is left unopened: it is told
 * again, since tables differ for as long as it lacks, while beats and answers on the same link are read all the same.
 *
 * A flood from many addresses at once would take all of the common pace. So the addresses that were here first, as many as have
 * numbers, each have a little of their own besides: enough for their own records, by which admission goes on. Gossip never draws
 * on it: what an honest member passes on may be somebody else's flood.
 *
 * And each peer may tell of so many members: one that tells of thousands invents them, which no agent of ours does, nor passes
 * on (core/room.ts).
 */
import type { Address, Claim, MemberId } from '../core/record.ts'
import { createAllowance, type Allowance } from './allowance.ts'
import { createRecent, type Recent } from './recent.ts'
import type { Sealing } from './sealing.ts'
import type { Open } from './wire.ts'

/** Of one address: the tables of a large group that forms, several times over; then 3 % of a processor. */
const perAddress = { burst: 4096, perSecond: 200 }

/** Of all: a large group that forms has no more to tell; then 6 %. */
const together = { burst: 8192, perSecond: 400 }

/** Of an elder besides: a whole table; then its own record, at its largest, each second. With all of them 5 %. */
const reserve = { burst: 512, perSecond: 5 }

/**
 * Characters of frames that hold more than a beat or an answer: to read them costs some 0.2 µs each, remembered claims and all. Of all together, the
 * tables of a large group that forms; then 10 %. An elder has the largest table of a group besides.
 */
const volumeTogether = { burst: 4 * 1024 * 1024, perSecond: 512 * 1024 }
const volumeReserve = { burst: 512 * 1024, perSecond: 32 * 1024 }

/** As many as have numbers. */
const eldersMax = 64

/** An elder that is not heard for so long loses its place. */
const elderForgottenMs = 600_000

/** Ids that a peer tells of: four full tables; then more than any pool of hosts replaces. */
const introductions = { burst: 2048, perSecond: 1 }

/** Ids that count as told already: two full tables. */
const toldMax = 1024

/** Gossip: a group that forms publishes some ten claims for each member, and each comes by way of a few. */
const publications = { burst: 1024, perSecond: 100 }

const addressesMax = 1024
const peersMax = 128

/** What one peer, at one address, may still cost. */
export interface Account {
  /** It lives. */
  readonly hear: () => void
  /** Whether a frame of so many characters is looked at. */
  readonly reads: (characters: number) => boolean
  /** Opens an envelope, if that can be afforded; else it is `deferred`. */
  readonly open: Open
  /** The same for what is gossiped. */
  readonly openGossip: Open
  /** Whether the peer tells of no more members than any group has. */
  readonly bears: (claims: readonly Claim[]) => boolean
  /** Takes one publication of that address's if there is one to take. */
  readonly mayPublish: () => boolean
}

export interface Scrutiny {
  readonly of: (id: MemberId, address: Address) => Account
}

export interface ScrutinyDependencies {
  readonly nowMs: () => number
  readonly open: Sealing['open']
}

interface Place {
  readonly pace: Allowance
  readonly publications: Allowance
}

interface Elder {
  readonly reserve: Allowance
  readonly volume: Allowance
  heardAtMs: number
}

interface Peer {
  readonly told: Recent<MemberId, true>
  readonly introductions: Allowance
}

export function createScrutiny ({ nowMs, open }: ScrutinyDependencies): Scrutiny {
  const places = createRecent<Address, Place>(addressesMax)
  const peers = createRecent<MemberId, Peer>(peersMax)
  const elders = new Map<Address, Elder>()
  const common = createAllowance(together)
  const volume = createAllowance(volumeTogether)

  /** Null when there are enough of them. */
  function elderAt (address: Address): Elder | null {
    const known = elders.get(address)
    if (known !== undefined) {
      known.heardAtMs = nowMs()
      return known
    }
    for (const [other, { heardAtMs }] of elders) if (nowMs() >= heardAtMs + elderForgottenMs) elders.delete(other)
    if (elders.size >= eldersMax) return null
    const elder: Elder = { reserve: createAllowance(reserve), volume: createAllowance(volumeReserve), heardAtMs: nowMs() }
    elders.set(address, elder)
    return elder
  }

  /** From both or from neither. */
  const takeShared = (pace: Allowance, cost: number): boolean =>
    pace.has(nowMs(), cost) && common.has(nowMs(), cost) && pace.take(nowMs(), cost) && common.take(nowMs(), cost)

  return {
    of (id, address) {
      const { pace, publications: published } = kept(places, address, () => ({ pace: createAllowance(perAddress), publications: createAllowance(publications) }))
      const peer = kept(peers, id, (): Peer => ({ told: createRecent(toldMax), introductions: createAllowance(introductions) }))
      return {
        hear: () => { elderAt(address) },
        reads: (characters) => volume.take(nowMs(), characters) || elderAt(address)?.volume.take(nowMs(), characters) === true,
        open (envelope) {
          const elder = elderAt(address)
          return open(envelope, (cost) => takeShared(pace, cost) || elder?.reserve.take(nowMs(), cost) === true)
        },
        openGossip: (envelope) => open(envelope, (cost) => takeShared(pace, cost)),
        bears: (claims) => claims.every(({ statement }) => isBorne(peer, statement.id, nowMs())),
        mayPublish: () => published.take(nowMs())
      }
    }
  }
}

function isBorne ({ told, introductions: left }: Peer, id: MemberId, atMs: number): boolean {
  const isOld = told.get(id) !== undefined
  told.put(id, true)
  return isOld || left.take(atMs)
}

function kept <K, V> (recent: Recent<K, V>, key: K, create: () => V): V {
  const value = recent.get(key) ?? create()
  recent.put(key, value)
  return value
}
