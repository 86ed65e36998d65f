/**
 * The view: who is in, in which order, and with which priority. A pure function of the table, so members with equal
 * tables have equal views (I1). Whether a member is *lost* is not in it: silence in the mesh is not death in VRRP (I4),
 * and a member stays listed until a tombstone says that it is out.
 *
 * Who holds a number is in: it is about to run VRRP, or runs it, or did until it was lost.
 */
import { digestOf } from './digest.ts'
import type { Address, MemberId, MemberRecord } from './record.ts'
import { derived } from './table.ts'

/** Members that hold a number, highest priority first; equal pins by id. */
export type View = readonly MemberRecord[]

export const viewOf = derived((table): View => [...table.members.values()]
  .map(({ statement }) => statement)
  .filter(({ number }) => number !== null)
  .toSorted((a, b) => priorityOf(b) - priorityOf(a) || (a.id < b.id ? -1 : 1)))

/** The priority in the conf of a member: its pin, or its number. 0 when it has neither. */
export function priorityOf ({ pinned, number }: MemberRecord): number {
  return pinned ?? number ?? 0
}

/** Equal for equal views: members, incarnations of no account, addresses, order and priorities. */
export function viewDigest (view: View): string {
  return digestOf(view.map(lineOf))
}

/** The same without the work of a digest, for who compares it with what was here before. */
export const viewText = derived((table) => viewOf(table).map(lineOf).join('\n'))

const lineOf = (record: MemberRecord): string => `${record.id} ${record.address} ${priorityOf(record)}`

/** The member of the view that reports MASTER, if exactly the ones given are looked at: highest priority first. */
export function mastersOf (view: View): MemberRecord[] {
  return view.filter(({ vrrpState }) => vrrpState === 'MASTER')
}

/** Whether its keepalived runs, by its own word. */
export function runsVrrp ({ vrrpState }: MemberRecord): boolean {
  return vrrpState !== 'STOP'
}

/** Whether the conf of `member` sends to `other` at the address that it has now. */
export function lists (member: Pick<MemberRecord, 'lists' | 'peers'>, other: Pick<MemberRecord, 'id' | 'address'>): boolean {
  return member.lists.includes(other.id) && member.peers.includes(other.address)
}

/** What a member's keepalived must list: everyone in the view but itself. */
export function listOf (view: View, self: MemberId): MemberRecord[] {
  return view.filter(({ id }) => id !== self)
}

/** Sorted, unique, without own address and without VIPs. */
export function peersOf (listed: ReadonlyArray<Pick<MemberRecord, 'address'>>, own: Address, staticPeers: readonly Address[], vips: ReadonlySet<Address>): Address[] {
  const addresses = new Set([...listed.map(({ address }) => address), ...staticPeers])
  addresses.delete(own)
  return [...addresses].filter((address) => !vips.has(address)).toSorted()
}
