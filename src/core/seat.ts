/**
 * Where VRRP sits on this host: the source address and the link that it is on. Both may change while it runs. Under another
 * source it is another member to its peers, so a change is a new run, below everyone, and costs a MASTER the VIP. Hence:
 *
 * - an address that goes may be back at once (DHCP, a script that takes a link down and up): keepalived bears that, and
 *   nobody else needs to know, unless a BACKUP is deaf for so long that it would make itself MASTER;
 * - a MASTER whose old address is still there goes last, when all others have gone: one move instead of several.
 */
import type { Facts, Move } from './facts.ts'
import { alive, others } from './liveness.ts'
import type { Happening } from './event.ts'
import type { Outbox } from './outbox.ts'
import { rejoin } from './phase.ts'
import { advertMs } from './shared.ts'
import { ADDRESS_GRACE_MAX_MS, MOVE_MAX_MS, MOVE_QUIET_MS } from './timing.ts'
import { runsVrrp } from './view.ts'

/** Of the advert interval: a BACKUP that hears nothing takes over after three, and one may have just been due. */
const GRACE_INTERVALS = 1.2

export function onSeat (facts: Facts, seat: Extract<Happening, { kind: 'address' }>, out: Outbox): void {
  const { self, nowMs } = facts
  const { address, mac, link } = seat
  facts.held = seat.held
  if (address === self.address && link === self.link) {
    self.mac = mac
    if (facts.move !== null) onReturned(facts, out)
    return
  }
  const isHeld = seat.held.some((place) => place.address === self.address && place.link === self.link)
  const isSame = facts.move?.address === address && facts.move.link === link
  facts.move = { address, mac, link, isHeld, sinceMs: isSame ? facts.move?.sinceMs ?? nowMs : nowMs }
  if (!isSame && !isDue(facts, facts.move, out)) out.log('info', 'the source address has changed: waiting a moment before VRRP follows', { address, was: self.address })
}

/** keepalived that was started or reloaded without its source stays in FAULT, even once that is there again. */
function onReturned (facts: Facts, out: Outbox): void {
  facts.move = null
  if (facts.keepalived.run !== 'running' || facts.keepalived.vrrpState !== 'FAULT') return
  out.log('info', 'the source address is back, and VRRP in FAULT: joining anew', { address: facts.self.address })
  rejoin(facts, out)
}

/** Whether this host lacks the source that its keepalived runs with, for now: a conf that is loaded then means FAULT. */
export function isUnseated ({ move }: Facts): boolean {
  return move !== null && !move.isHeld
}

/** An agent was down while the address changed: its keepalived runs with the one before. */
export function onAdoptedElsewhere (facts: Facts, source: string): void {
  const { self, nowMs } = facts
  if (source === self.address) return
  facts.move = { address: self.address, mac: self.mac, link: self.link, isHeld: false, sinceMs: nowMs }
  self.address = source
}

export function judgeSeat (facts: Facts, out: Outbox): void {
  const { self, keepalived, move } = facts
  if (move === null || !isDue(facts, move, out)) return
  const { address, mac, link } = move
  const was = self.address
  const isOtherLink = link !== self.link
  facts.move = null
  Object.assign(self, { address, mac, link })
  out.log(address === null ? 'warn' : 'info', 'the source address has changed', { address, link, was })
  // Streams of the old address are dead without knowing it.
  for (const [id, { linked }] of facts.neighbours) if (linked) out.push({ kind: 'hangUp', id })
  if (keepalived.run === 'stopped') return
  // A host alone only reloads; but keepalived does not follow to another link.
  if (address === null || isOtherLink || hasCompany(facts)) rejoin(facts, out)
}

function isDue (facts: Facts, move: Move, out: Outbox): boolean {
  const { keepalived, nowMs } = facts
  if (keepalived.run === 'stopped' || keepalived.run === 'stopping') return true
  const untilMs = move.address === null ? move.sinceMs + graceMs(facts) : masterWaitsUntilMs(facts, move)
  if (nowMs >= untilMs) return true
  out.wake(untilMs)
  return false
}

function graceMs (facts: Facts): number {
  return Math.min(ADDRESS_GRACE_MAX_MS, GRACE_INTERVALS * advertMs(facts))
}

/** Who else follows takes a few seconds each, and nobody knows how many will; so until it has been quiet for a while. */
function masterWaitsUntilMs (facts: Facts, { isHeld, sinceMs }: Move): number {
  if (facts.keepalived.vrrpState !== 'MASTER' || !isHeld || !hasCompany(facts)) return sinceMs
  const isQuiet = alive(facts).every(({ phase, number }) => number === null || phase === 'active')
  const quietMs = Math.max(sinceMs, facts.lastChangeAtMs) + MOVE_QUIET_MS
  return Math.min(sinceMs + MOVE_MAX_MS, isQuiet ? quietMs : Math.max(quietMs, facts.nowMs + MOVE_QUIET_MS))
}

/** Whether anybody else may run VRRP: who is lost may, and never learns of the other address. */
function hasCompany (facts: Facts): boolean {
  return others(facts).some(runsVrrp)
}
