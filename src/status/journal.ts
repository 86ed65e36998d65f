/**
 * What has happened, as the difference of two documents: the same whoever tells it, and nothing twice. A change that was undone between two looks is none here; what counts
 * such is in the document itself (`counts`, `tally`).
 */
import type { StatusDocument } from './document.ts'

/** One line of the timeline. `at`: RFC 3339. */
export interface Entry {
  readonly at: string
  readonly kind: 'vip' | 'member' | 'host' | 'keepalived' | 'view' | 'alarm'
  readonly text: string
}

export interface Journal {
  /** Looks at the newest document; gives what is new in it. */
  readonly note: (document: StatusDocument) => readonly Entry[]
  /** The newest last. */
  readonly entries: () => readonly Entry[]
}

/** A screen or two; older ones are in the log. */
const kept = 100

export function createJournal ({ now }: { readonly now: () => Date }): Journal {
  let before: StatusDocument | null = null
  let entries: readonly Entry[] = []
  return {
    entries: () => entries,
    note (document) {
      const at = now().toISOString()
      const fresh = before === null ? [] : changesBetween(before, document).map(({ kind, text }) => ({ at, kind, text }))
      before = document
      entries = [...entries, ...fresh].slice(-kept)
      return fresh
    }
  }
}

type Change = Omit<Entry, 'at'>

/** In the order in which they matter. */
export function changesBetween (before: StatusDocument, after: StatusDocument): readonly Change[] {
  return [...holderChanges(before, after), ...memberChanges(before, after), ...ownChanges(before, after), ...alarmChanges(before, after)]
}

function holderChanges ({ holder: was }: StatusDocument, { holder, self, vip }: StatusDocument): readonly Change[] {
  if (was === holder) return []
  const [first = 'the VIP'] = vip
  return [{ kind: 'vip', text: holder === null ? `nobody is known to hold ${first}` : `${nameOf(holder, self)} holds ${first}${was === null ? '' : `, after ${nameOf(was, self)}`}` }]
}

function memberChanges (before: StatusDocument, { members, self }: StatusDocument): readonly Change[] {
  const known = new Map(before.members.map((member) => [member.id, member]))
  const present = new Set(members.map(({ id }) => id))
  const changes: Change[] = []
  for (const { id, address, state, lowered } of members) {
    if (id === self.id) continue
    const was = known.get(id)
    const name = nameOf(address, self)
    if (was === undefined) changes.push({ kind: 'member', text: `${name} is new: ${state}` })
    else if (was.state !== state) changes.push({ kind: 'member', text: `${name} is ${state}, was ${was.state}` })
    if (was !== undefined && was.lowered !== lowered) changes.push({ kind: 'member', text: `${name}: ${lowered === true ? 'a check fails, its priority is lowered' : 'its checks pass again'}` })
  }
  for (const { id, address } of before.members) if (!present.has(id) && id !== self.id) changes.push({ kind: 'member', text: `${nameOf(address, self)} is out of the group` })
  return changes
}

function ownChanges (before: StatusDocument, after: StatusDocument): readonly Change[] {
  const { phase, keepalived, lastReload, check, agreed, members, waitingFor } = after
  const isNewReload = lastReload !== null && keepalived.reloads > before.keepalived.reloads
  return [
    ...phase === before.phase ? [] : [{ kind: 'host', text: `this host is ${phase}, was ${before.phase}${waitingFor === null ? '' : `: waiting for ${waitingFor}`}` } as const],
    ...keepalived.vrrpState === before.keepalived.vrrpState ? [] : [{ kind: 'keepalived', text: `keepalived of this host is ${keepalived.vrrpState}, was ${before.keepalived.vrrpState}` } as const],
    ...keepalived.pid === before.keepalived.pid ? [] : [{ kind: 'keepalived', text: keepalived.pid === null ? 'keepalived of this host runs no more' : `keepalived of this host runs as process ${keepalived.pid}` } as const],
    ...isNewReload ? [{ kind: 'keepalived', text: `keepalived of this host has reloaded: ${lastReload.why}` } as const] : [],
    ...check === before.check || check === null ? [] : [{ kind: 'host', text: `the check of the API server on this host is ${check}` } as const],
    ...agreed === before.agreed || members.length === 0 ? [] : [{ kind: 'view', text: agreed ? `all agree on ${members.length} members` : 'the views differ' } as const]
  ]
}

function alarmChanges ({ alarms: before }: StatusDocument, { alarms }: StatusDocument): readonly Change[] {
  return [
    ...alarms.filter((alarm) => !before.includes(alarm)).map((alarm) => ({ kind: 'alarm', text: `alarm: ${alarm}` } as const)),
    ...before.filter((alarm) => !alarms.includes(alarm)).map((alarm) => ({ kind: 'alarm', text: `over: ${alarm}` } as const))
  ]
}

function nameOf (address: string | null, self: StatusDocument['self']): string {
  if (address === null || address === '') return 'a host without an address'
  return address === self.address ? `${address} (this host)` : address
}
