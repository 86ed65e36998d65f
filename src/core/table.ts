/**
 * The table: the newest claim of each member, and who is out. It merges by taking the newer of two statements, so
 * tables that have seen the same claims are equal, in whatever order those came (a join-semilattice, as in
 * Shapiro et al. 2011, "Conflict-free replicated data types").
 *
 * Tombstones are many in the end, where hosts come and go for years. Of them the newest stay, as their serials tell (Lamport
 * 1978, "Time, Clocks"): the newest of a union are the newest of its parts' newest, so tables still merge in any order.
 */
import { digestOf, digestOfSet } from './digest.ts'
import { once } from './memo.ts'
import { COUNTER_MAX, isMember, isTombstone, supersedes } from './record.ts'
import type { Claim, MemberId, MemberRecord, Statement, Tombstone } from './record.ts'

/** Four times the members that VRRP has numbers for. Whoever slept through more departures than that may bring a dead one back to the lists, where it costs nothing. */
export const TOMBSTONES_MAX = 256

export interface Table {
  readonly members: Map<MemberId, Claim<MemberRecord>>
  readonly tombstones: Map<MemberId, Claim<Tombstone>>
  /** Raised by each change: what was derived from the table before is stale. */
  version: number
  /** The same for changes of the tombstones alone. */
  burials: number
}

export function createTable (): Table {
  return { members: new Map(), tombstones: new Map(), version: 0, burials: 0 }
}

/** A pure function of the table that is computed once for each version of it: parts ask many times between two changes. */
export function derived <T> (compute: (table: Table) => T, versionOf = ({ version }: Table): number => version): (table: Table) => T {
  return derivedFrom((table) => table, compute, versionOf)
}

/** The same for a function of something that holds a table, and of nothing else in it that ever changes. */
export function derivedFrom <S extends object, T> (tableIn: (source: S) => Table, compute: (source: S) => T, versionOf = ({ version }: Table): number => version): (source: S) => T {
  const last = new WeakMap<S, { readonly version: number, readonly value: T }>()
  return (source) => {
    const version = versionOf(tableIn(source))
    const known = last.get(source)
    if (known?.version === version) return known.value
    const value = compute(source)
    last.set(source, { version, value })
    return value
  }
}

/** Whether the table says as much already, or later things. */
export function isKnown (table: Table, claim: Claim): boolean {
  const { id, incarnation } = claim.statement
  const tombstone = table.tombstones.get(id)?.statement
  if (isTombstone(claim)) {
    return tombstone === undefined ? !isKept(table, claim.statement) && !covers(claim.statement, table.members.get(id)?.statement) : !outranks(claim.statement, tombstone)
  }
  if (!isMember(claim)) return false
  const known = table.members.get(id)?.statement
  return (tombstone !== undefined && incarnation <= tombstone.incarnation) || (known !== undefined && !supersedes(claim.statement, known))
}

/** Takes the claim in if it says something newer. Returns whether the table changed. */
export function merge (table: Table, claim: Claim): boolean {
  if (isMember(claim)) return mergeMember(table, claim)
  return isTombstone(claim) && mergeTombstone(table, claim)
}

function mergeMember (table: Table, claim: Claim<MemberRecord>): boolean {
  const record = claim.statement
  const tombstone = table.tombstones.get(record.id)
  if (tombstone !== undefined && record.incarnation <= tombstone.statement.incarnation) return false
  const known = table.members.get(record.id)
  if (known !== undefined && !supersedes(record, known.statement)) return false
  table.members.set(record.id, claim)
  table.version++
  return true
}

function mergeTombstone (table: Table, claim: Claim<Tombstone>): boolean {
  const tombstone = claim.statement
  const known = table.tombstones.get(tombstone.id)
  if (known !== undefined && !outranks(tombstone, known.statement)) return false
  const isBurial = covers(tombstone, table.members.get(tombstone.id)?.statement)
  if (isBurial) table.members.delete(tombstone.id)
  const isNew = known !== undefined || isKept(table, tombstone)
  if (isNew) keep(table, claim)
  if (isBurial || isNew) table.version++
  return isBurial || isNew
}

function covers (tombstone: Tombstone, member: MemberRecord | undefined): boolean {
  return member !== undefined && member.incarnation <= tombstone.incarnation
}

/** Whether there is room for it among the newest. */
function isKept ({ tombstones }: Table, tombstone: Tombstone): boolean {
  return tombstones.size < TOMBSTONES_MAX || isOlder(oldestOf(tombstones.values()), tombstone)
}

function keep (table: Table, claim: Claim<Tombstone>): void {
  const { tombstones } = table
  table.burials++
  tombstones.set(claim.statement.id, claim)
  if (tombstones.size > TOMBSTONES_MAX) tombstones.delete(oldestOf(tombstones.values()).id)
}

/** Two hosts may bury the same incarnation at once: the lower issuer stays, so that all keep the same one. */
function outranks (a: Tombstone, b: Tombstone): boolean {
  if (a.incarnation !== b.incarnation) return a.incarnation > b.incarnation
  return a.issuer < b.issuer
}

function oldestOf (tombstones: Iterable<Claim<Tombstone>>): Tombstone {
  return [...tombstones].map(({ statement }) => statement).reduce((oldest, one) => isOlder(one, oldest) ? one : oldest)
}

function isOlder (a: Tombstone, b: Tombstone): boolean {
  return a.serial === b.serial ? a.id > b.id : a.serial < b.serial
}

/** That of the next tombstone: above all that are known. */
export function nextSerial ({ tombstones }: Table): number {
  return Math.min(COUNTER_MAX, 1 + Math.max(0, ...[...tombstones.values()].map(({ statement: { serial } }) => serial)))
}

/** Everything that the table holds, for an exchange: tombstones first, so that nobody is taken in to be buried next. */
export function claimsOf (table: Table): Claim[] {
  return [...table.tombstones.values(), ...table.members.values()]
}

/** Every claim by its digest, in the order of {@link claimsOf}. */
export const inventoryOf = derived((table): ReadonlyMap<string, Claim> => new Map(claimsOf(table).map((claim) => [claimDigest(claim), claim])))

/** What a claim is known by. */
export const claimDigest = once((claim: Claim) => digestOf([statementKey(claim.statement)]))

function statementKey (statement: Statement): string {
  const { id, incarnation } = statement
  return statement.kind === 'member' ? `${id} ${incarnation} ${statement.sequence}` : `${id} ${incarnation}`
}

/** Equal for two tables that hold the same statements. */
export const tableDigest = derived((table) => digestOfSet([...[...table.members.values()].map(claimDigest), tombstonesDigest(table)]))

/** Equal for two tables that hold the same tombstones. Whoever is alive again keeps its old tombstone: it harms nobody. */
export const tombstonesDigest = derived((table) =>
  digestOf([...table.tombstones.values()].map(({ statement }) => statementKey(statement)).toSorted()), ({ burials }) => burials)
