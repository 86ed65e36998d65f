/**
 * Whoever was removed for its silence may live after all: cut off for longer than that takes. When it is back, its agent says so and
 * joins anew; but that may have died meanwhile. Then its keepalived sends to this group and hears nobody, since nobody lists it, and
 * holds the VIP beside the MASTER until a person comes: what I4 is to keep from happening.
 *
 * So what it last said of itself is kept for a while. When its MAC answers for the VIP beside a MASTER, that one lists it
 * again, and so do all who see that: as if it had never been removed, and VRRP ends it within an advert. It stays listed for
 * as long as anything answers at its address, or it would be a second MASTER once more. Nothing new is believed for that: address
 * and MAC stand in a record that it signed, and at which it was listed before (I7).
 */
import type { Facts } from './facts.ts'
import { alive, others } from './liveness.ts'
import type { Outbox } from './outbox.ts'
import type { Address, MemberId, MemberRecord } from './record.ts'
import { GONE_PROBE_MS, OUTCAST_MS } from './timing.ts'
import { lists, mastersOf } from './view.ts'

export interface Outcast {
  readonly record: MemberRecord
  readonly removedAtMs: number
  /** Its last word. */
  readonly heardAtMs: number | null
  /** A MASTER has unlisted it: if one lists it from now on, it does so again. */
  isDropped: boolean
  /** The last sign of life while it is listed again; null: it is not. */
  aliveAtMs: number | null
  probedAtMs: number
  /** Nothing answers at its address: a machine with that MAC is another host by now, or has moved. */
  isSilent: boolean
}

/** Of more than these the oldest are forgotten. */
const OUTCASTS_MAX = 32

export function castOut ({ outcasts, neighbours, nowMs }: Facts, record: MemberRecord): void {
  outcasts.delete(record.id)
  outcasts.set(record.id, { record, removedAtMs: nowMs, heardAtMs: neighbours.get(record.id)?.heardAtMs ?? null, isDropped: false, aliveAtMs: null, probedAtMs: Number.NEGATIVE_INFINITY, isSilent: false })
  for (const oldest of outcasts.keys()) {
    if (outcasts.size <= OUTCASTS_MAX) break
    outcasts.delete(oldest)
  }
}

/** Who was removed and answers for the VIP with that MAC, which is listed again from now on; undefined: nobody who is where it was. */
export function onOutcastSeen ({ outcasts, nowMs }: Facts, mac: string, out: Outbox): Outcast | undefined {
  const outcast = [...outcasts.values()].find(({ record }) => record.mac === mac)
  if (outcast === undefined) return undefined
  if (outcast.aliveAtMs === null) {
    outcast.isSilent = false
    out.log('warn', 'a member that was removed holds the VIP as well: listing it again, so that it hears this group', { member: outcast.record.id, address: outcast.record.address })
  }
  outcast.aliveAtMs = nowMs
  return outcast.isSilent ? undefined : outcast
}

export function judgeOutcasts (facts: Facts, out: Outbox): void {
  const { outcasts, nowMs, options } = facts
  for (const [id, outcast] of outcasts) {
    const { record, removedAtMs } = outcast
    if (isReplaced(facts, record) || (outcast.aliveAtMs === null && nowMs >= removedAtMs + OUTCAST_MS)) {
      outcasts.delete(id)
      continue
    }
    followMaster(facts, outcast)
    if (outcast.aliveAtMs === null) continue
    if (nowMs >= outcast.aliveAtMs + options.unlistMs) outcast.aliveAtMs = null
    else look(outcast, nowMs, out)
  }
}

/** What a MASTER does is done by all, or the next one would not hear whom this one hears. */
function followMaster (facts: Facts, outcast: Outcast): void {
  const masters = mastersOf(alive(facts))
  if (masters.some((master) => lists(master, outcast.record))) {
    if (outcast.isDropped) outcast.aliveAtMs = facts.nowMs
  } else if (masters.length > 0) {
    outcast.isDropped = true
  }
}

/** It is back, or somebody else is where it was. */
function isReplaced (facts: Facts, { id, address }: MemberRecord): boolean {
  return address === facts.self.address || others(facts).some((member) => member.id === id || member.address === address)
}

function look (outcast: Outcast, nowMs: number, out: Outbox): void {
  if (nowMs >= outcast.probedAtMs + GONE_PROBE_MS) {
    outcast.probedAtMs = nowMs
    out.push({ kind: 'probeAddress', address: outcast.record.address, askedAtMs: nowMs })
  }
  out.wake(outcast.probedAtMs + GONE_PROBE_MS)
}

export function onOutcastProbed ({ outcasts, nowMs }: Facts, address: Address, mac: string | null): void {
  for (const outcast of outcasts.values()) {
    if (outcast.record.address !== address) continue
    outcast.isSilent = mac === null
    if (mac !== null && outcast.aliveAtMs !== null) outcast.aliveAtMs = nowMs
  }
}

/** Those that are listed again. */
export function relisted ({ outcasts }: Facts): MemberRecord[] {
  return [...outcasts.values()].filter(({ aliveAtMs }) => aliveAtMs !== null).map(({ record }) => record)
}

/** When that one last spoke; undefined of whoever was not removed. */
export function lastWordOf ({ outcasts }: Facts, id: MemberId): number | null | undefined {
  return outcasts.get(id)?.heardAtMs
}
