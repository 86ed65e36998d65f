/** Why a conf differs from the one before it: in a word, to be counted, and in words that people read. */
import type { Conf } from '../core/event.ts'
import { sameSpec } from '../core/spec.ts'
import { sameTexts } from '../core/texts.ts'

/** `herald`: nothing differs, clients are told anew where the VIP is; `host`: something about this host has changed, or its operator asked. */
export const reloadReasons = ['settings', 'address', 'members', 'vips', 'priority', 'herald', 'host'] as const

export interface Reload {
  readonly reason: typeof reloadReasons[number]
  readonly why: string
}

/** The reason that comes first of all that hold; `why` names each. @param before null: it is not known */
export function reloadOf (before: Conf | null, after: Conf): Reload {
  const found = before === null ? [] : differences(before, after)
  return { reason: found[0]?.reason ?? 'host', why: found.length === 0 ? 'the conf is not the one that ran' : found.map(({ why }) => why).join('; ') }
}

function differences (before: Conf, after: Conf): readonly Reload[] {
  const more = after.peers.filter((peer) => !before.peers.includes(peer))
  const fewer = before.peers.filter((peer) => !after.peers.includes(peer))
  return [
    ...sameSpec(before.spec, after.spec) ? [] : [{ reason: 'settings', why: 'the group has changed its settings' } as const],
    ...before.source === after.source ? [] : [{ reason: 'address', why: `the source address is ${after.source}, was ${before.source}` } as const],
    ...more.length === 0 ? [] : [{ reason: 'members', why: `lists ${more.join(', ')}` } as const],
    ...fewer.length === 0 ? [] : [{ reason: 'members', why: `lists ${fewer.join(', ')} no more` } as const],
    ...sameTexts(before.vips, after.vips) ? [] : [{ reason: 'vips', why: 'the further VIPs have changed' } as const],
    ...before.priority === after.priority ? [] : [{ reason: 'priority', why: `priority ${after.priority}, was ${before.priority}` } as const]
  ]
}
