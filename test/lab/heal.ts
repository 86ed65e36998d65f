/** What must be so when a partition is over: lists as before, one holder soon, and clients that reach that one. */
import assert from 'node:assert/strict'
import { macBehind } from './address-owner.ts'
import { type Member, VIP } from './group.ts'
import type { Lab } from './lab.ts'
import type { Probe } from './probe.ts'
import { report } from './report.ts'

export interface Healed {
  readonly lab: Lab
  readonly probe: Probe
  /** For the report. */
  readonly what: string
  readonly healedAtMs: number
  /** Who must hold the VIP. */
  readonly holder: Member
}

/** Tells a machine that is busy from clients that are left alone. */
const CEILING_MS = 15_000

/** Waits for 5 s of answers, then asserts and reports when there was one holder, and when the last ping was lost. */
export async function healedWell ({ lab, probe, what, healedAtMs, holder }: Healed): Promise<void> {
  await probe.answers(500)
  assert.deepEqual(lab.timeline.holders(VIP), [holder.host.name])
  assert.equal(await macBehind(lab, VIP), holder.host.mac, 'the client talks to another host')
  const movedAtMs = lab.timeline.of(VIP).at(-1)?.atMs ?? healedAtMs
  const lostUntilMs = Math.max(...probe.report().gaps.map(({ fromMs, lengthMs }) => fromMs + lengthMs), healedAtMs)
  for (const atMs of [movedAtMs, lostUntilMs]) assert.ok(atMs - healedAtMs < CEILING_MS, `${what}: not before ${atMs - healedAtMs} ms`)
  await report(`${what}: one holder`, Math.max(0, movedAtMs - healedAtMs))
  await report(`${what}: last lost probe`, lostUntilMs - healedAtMs)
}

/** Remembers what the members list; what it returns asserts that no list has changed since. */
export function keptLists (members: readonly Member[]): () => void {
  const before = members.map(({ lists }) => lists.history.length)
  return () => { assert.deepEqual(members.map(({ lists }) => lists.history.length), before, 'a list has changed') }
}
