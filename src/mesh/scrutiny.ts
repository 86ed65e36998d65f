/**
 * What it may cost to look at what others send. What is dear in it are signatures: some 150 µs each that was not met
 * before, and a frame may bring a thousand. So each address has a pace for them, whatever keys it speaks under; what is
 * over the mark is owed, and the address is not read until it is paid. And each peer may tell of so many members: one that
 * tells of thousands invents them, which no agent of ours does, nor passes on (core/room.ts).
 */
import type { Address, Claim, MemberId } from '../core/record.ts'
import { createAllowance, type Allowance } from './allowance.ts'
import { createRecent, type Recent } from './recent.ts'

/** Signatures: the tables of a large group that forms, several times over; then 3 % of a processor. */
const signatures = { burst: 4096, perSecond: 200 }

/** Ids that a peer tells of: four full tables; then more than any pool of hosts replaces. */
const introductions = { burst: 2048, perSecond: 1 }

/** Ids that count as told already: two full tables. */
const toldMax = 1024

/** Gossip: a group that forms publishes some ten claims for each member, and each comes by way of a few. */
const publications = { burst: 1024, perSecond: 100 }

const addressesMax = 1024
const peersMax = 128

/** What one peer, at one address, has cost so far. */
export interface Account {
  /** Decodes something, and takes down what that cost. */
  readonly pay: <T>(decode: () => T) => T
  /** Milliseconds until what was spent is regained; 0: nothing is owed. */
  readonly owedMs: () => number
  /** Whether the peer tells of no more members than any group has. */
  readonly bears: (claims: readonly Claim[]) => boolean
  /** Takes one publication if there is one to take. */
  readonly mayPublish: () => boolean
}

export interface Scrutiny {
  readonly of: (id: MemberId, address: Address) => Account
}

export interface ScrutinyDependencies {
  readonly nowMs: () => number
  /** Signatures checked so far, by whoever opens envelopes. */
  readonly verifications: () => number
}

interface Peer {
  readonly told: Recent<MemberId, true>
  readonly introductions: Allowance
  readonly publications: Allowance
}

export function createScrutiny ({ nowMs, verifications }: ScrutinyDependencies): Scrutiny {
  const paces = createRecent<Address, Allowance>(addressesMax)
  const peers = createRecent<MemberId, Peer>(peersMax)

  return {
    of (id, address) {
      const pace = kept(paces, address, () => createAllowance(signatures))
      const peer = kept(peers, id, createPeer)
      return {
        pay (decode) {
          const before = verifications()
          const decoded = decode()
          pace.spend(nowMs(), verifications() - before)
          return decoded
        },
        owedMs: () => pace.spend(nowMs(), 0),
        bears: (claims) => claims.every(({ statement }) => isBorne(peer, statement.id, nowMs())),
        mayPublish: () => peer.publications.take(nowMs())
      }
    }
  }
}

function createPeer (): Peer {
  return { told: createRecent(toldMax), introductions: createAllowance(introductions), publications: createAllowance(publications) }
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
