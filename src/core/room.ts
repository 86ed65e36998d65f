/**
 * How many a table holds. VRRP has numbers for 61 members and the rest stand by, so a table with hundreds of them is somebody's
 * invention: whoever has the secret can make up members by the thousand. They must cost neither memory nor time, nor keep
 * out a host that is really there. So whoever was met, or is listed, has its place; of the others those with the lowest ids
 * stay, which lets all tables agree, and in a crowd they go once nobody has met them for a while.
 */
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import { forget, runners } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import { placeOf } from './reach.ts'
import type { MemberId } from './record.ts'

/** With those that have just gone out, as many as a record may list. */
export const MEMBERS_MAX = 256
/** Above this, what one does is a load to the others. */
export const MANY_MIN = 12
/** Above twice what VRRP has numbers for, it is a crowd. */
export const CROWD_MIN = 128
/** In a crowd, members that nobody has met go after this. */
const UNMET_MAX_MS = 60_000
const SWEEP_MS = 5000
/** Ids that are not taken in again by way of others. */
const DOUBTED_MAX = 4096

export interface Room {
  /** Members that were told of and never met, in a crowd. */
  readonly doubted: Set<MemberId>
  nextSweepAtMs: number
}

export function createRoom (): Room {
  return { doubted: new Set(), nextSweepAtMs: Number.NEGATIVE_INFINITY }
}

/** More than most groups have: what each does for each of the others is spaced out. */
export function isMany ({ table }: Facts): boolean {
  return table.members.size > MANY_MIN
}

export function isCrowd ({ table }: Facts): boolean {
  return table.members.size > CROWD_MIN
}

/** Whether a record of `id` may be taken in, `from` whom it came; another one may have to go for it. */
export function makeRoom (facts: Facts, id: MemberId, from: MemberId): boolean {
  const { table, room } = facts
  if (table.members.has(id)) return true
  if (from === id) room.doubted.delete(id)
  if (room.doubted.has(id)) return false
  if (table.members.size < MEMBERS_MAX) return true
  const last = nobodiesOf(facts).toSorted().at(-1)
  if (last === undefined || (from !== id && id > last)) return false
  drop(facts, last)
  return true
}

export function judgeRoom (facts: Facts, out: Outbox): void {
  const { nowMs, room, neighbours } = facts
  if (neighbours.size > 2 * MEMBERS_MAX) forgetStrangers(facts)
  if (!isCrowd(facts)) return clear(facts, 'crowd', out)
  raise(facts, 'crowd', `more than ${CROWD_MIN} members are told of, so somebody with the secret invents them: those that were never met are not listed, and go after a while`, out)
  out.wake(room.nextSweepAtMs)
  if (nowMs < room.nextSweepAtMs) return
  room.nextSweepAtMs = nowMs + SWEEP_MS
  out.wake(room.nextSweepAtMs)
  for (const id of nobodiesOf(facts)) if (nowMs >= (neighbours.get(id)?.metAtMs ?? nowMs) + UNMET_MAX_MS) doubt(facts, id)
}

function doubt (facts: Facts, id: MemberId): void {
  const { doubted } = facts.room
  drop(facts, id)
  doubted.add(id)
  for (const oldest of doubted) {
    if (doubted.size <= DOUBTED_MAX) break
    doubted.delete(oldest)
  }
}

function drop ({ table, leads }: Facts, id: MemberId): void {
  const record = table.members.get(id)?.statement
  if (record !== undefined) leads.delete(placeOf(record.address, record.port))
  table.members.delete(id)
  table.version++
}

/** Members of the table that this host has never met, nor listed, and that nobody lists who is alive. */
function nobodiesOf (facts: Facts): MemberId[] {
  const { table, neighbours, remembered, options, keepalived: { applied } } = facts
  const listed = new Set([...applied?.lists ?? [], ...runners(facts).flatMap(({ lists }) => lists)])
  return [...table.members.keys()].filter((id) => {
    const neighbour = neighbours.get(id)
    return id !== options.id && !remembered.has(id) && !listed.has(id) && (neighbour === undefined || (!neighbour.linked && neighbour.verified === null))
  })
}

/** What is known of those that are neither here nor in the table. */
function forgetStrangers (facts: Facts): void {
  for (const [id, { linked }] of facts.neighbours) if (!linked && !facts.table.members.has(id)) forget(facts, id)
}
