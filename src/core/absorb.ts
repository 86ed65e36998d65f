/** Puts one event into the facts. What follows from it is judged afterwards, by every part alike. */
import { raise } from './alarm.ts'
import { entomb, onAddressProbed, onNodeGone } from './burial.ts'
import type { Adopted, Command, Event } from './event.ts'
import type { Facts } from './facts.ts'
import { onNamesakeProbed } from './clash.ts'
import { beginLeaving } from './farewell.ts'
import { onForeignAdvert } from './foreign.ts'
import { onRivalAnswer } from './holder.ts'
import { alive, distrust, hear } from './liveness.ts'
import { introduce, learn, onMessage } from './news.ts'
import type { Outbox } from './outbox.ts'
import { onOutcastProbed } from './outcast.ts'
import { onPartedProbed, partFromAdopted } from './parting.ts'
import { enter } from './phase.ts'
import { ask } from './questions.ts'
import { follow, onDialFailed, onLinked, onVerified } from './reach.ts'
import { onApplied, onApplyFailed, onRespawned, onStarted, onStopped, onVrrpState } from './running.ts'
import { onAdoptedElsewhere, onSeat } from './seat.ts'
import { onPrepareFailed, onPrepared } from './spec-change.ts'
import { onGossiped } from './spread.ts'
import { onUnlinked, tellLost } from './suspicion.ts'
import { claimsOf, merge } from './table.ts'
import { onTwinAt } from './twin.ts'
import { onStaticPeerProbed } from './union.ts'
import { onVipProbeFailed, onVipProbed } from './vip.ts'

export function absorb (facts: Facts, event: Event, out: Outbox): void {
  const { keepalived } = facts
  switch (event.kind) {
    case 'started': return onBegin(facts, event.adopted, out)
    case 'timer': return
    case 'found':
      facts.deleted.delete(event.address)
      return void follow(facts, event.address, event.port, event.source)
    case 'nodeGone': return onNodeGone(facts, event.address)
    case 'linked':
      onLinked(facts, event.id, event.address, event.port, event.dialled)
      hear(facts, event.id, out)
      if (event.dialled) introduce(facts, event.id, out)
      return tellLost(facts, event.id, out)
    case 'unlinked': return onUnlinked(facts, event.id, out)
    case 'dialFailed':
      if (event.failure === 'twin') onTwinAt(facts, event.address, event.port)
      return onDialFailed(facts, event.address, event.port, event.failure)
    case 'verified': return onVerified(facts, event.id, event.address, event.port)
    case 'message': return onMessage(facts, event.from, event.message, out)
    case 'claims':
      onGossiped(facts, event.claims)
      return learn(facts, event.from, event.claims, out, { spread: false })
    case 'exchange':
      learn(facts, event.from, event.claims, out, { spread: true })
      return out.push({ kind: 'reply', exchange: event.exchange, claims: claimsOf(facts.table) })
    case 'address': return onSeat(facts, event, out)
    case 'applied': return onApplied(facts, event.conf, out)
    case 'applyFailed': return onApplyFailed(facts, event.reason, out)
    case 'prepared': return onPrepared(facts, event.conf)
    case 'prepareFailed': return onPrepareFailed(facts, event.reason, out)
    case 'keepalivedStarted': return onStarted(facts, out)
    case 'keepalivedStopped': return onStopped(facts, event.asked, event.reason, out)
    case 'keepalivedRespawned': return onRespawned(facts, out)
    case 'vrrpState': return onVrrpState(facts, event.state, out)
    case 'effectivePriority':
      keepalived.effectivePriority = event.priority
      return
    case 'adverts':
      if (keepalived.probation !== null) keepalived.probation.received = event.received
      return
    case 'foreignAdvert': return onForeignAdvert(facts, event.difference, event.from)
    case 'vipProbed':
      onVipProbed(facts, event.mac, out)
      return onRivalAnswer(facts, event.mac, out)
    case 'vipProbeFailed': return onVipProbeFailed(facts, event.reason, out)
    case 'addressProbed':
      onNamesakeProbed(facts, event.address, event.mac)
      onStaticPeerProbed(facts, event.address, event.mac)
      onOutcastProbed(facts, event.address, event.mac)
      onPartedProbed(facts, event.address, event.mac)
      return onAddressProbed(facts, event.address, event.askedAtMs, event.mac)
    case 'command': return onCommand(facts, event.command, out)
  }
}

/** A keepalived that runs already goes on in its place; without one, memory only says whom to look for. */
function onBegin (facts: Facts, adopted: Adopted | null, out: Outbox): void {
  const { nowMs, self, keepalived, options } = facts
  facts.startedAtMs = nowMs
  facts.lastFaceAtMs = nowMs
  self.phaseSinceMs = nowMs
  facts.nextBeatAtMs = nowMs
  for (const claim of options.memory?.claims ?? []) {
    if (claim.statement.id === options.id) continue
    merge(facts.table, claim)
    if (claim.statement.kind !== 'member') continue
    facts.remembered.set(claim.statement.id, claim.statement.address)
    distrust(facts, claim.statement.id)
  }
  if (adopted === null) return
  keepalived.run = 'running'
  keepalived.runSinceMs = nowMs
  keepalived.vrrpState = adopted.vrrpState
  keepalived.vrrpStateSinceMs = nowMs
  keepalived.applied = adopted.conf
  keepalived.appliedLink = self.link
  facts.shared.spec = adopted.conf.spec
  keepalived.effectivePriority = adopted.conf.priority
  self.number = adopted.number
  self.founder = adopted.founder
  partFromAdopted(facts, adopted)
  onAdoptedElsewhere(facts, adopted.conf.source)
  enter(facts, 'active')
  out.log('info', 'adopted the keepalived that was running', { number: adopted.number, vrrpState: adopted.vrrpState })
}

function onCommand (facts: Facts, command: Command, out: Outbox): void {
  if (command.kind === 'stop') return beginLeaving(facts)
  if (command.kind === 'measure') return alive(facts).forEach(({ id }) => { ask(facts, id, out) })
  const member = facts.table.members.get(command.id)?.statement
  if (member === undefined || member.id === facts.options.id) return raise(facts, 'forget', `no other member has the id ${command.id}`, out, 'warn')
  entomb(facts, member, 'forgotten', out)
}
