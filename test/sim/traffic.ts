/**
 * A group that is busy with itself is a defect too, though every other promise may hold meanwhile: two parts that answer
 * each other for ever, or a question that is asked anew with each answer. Nothing here is meant to be more
 * than a few messages a second for each neighbour, and a burst when somebody joins; nor does a core wake without end.
 */
import type { Host } from './host.ts'
import { Violation } from './violation.ts'
import { TICK_MS, type Watcher, type World } from './world.ts'

const WINDOW_MS = 5000
/** In one window, by one host. */
const MESSAGES_MAX = 300
const MESSAGES_PER_NEIGHBOUR_MAX = 100
/** Nothing needs judging more often than 100 times a second; the busiest core of many seeds woke 30 times. */
const TIMERS_MAX = 500

export function watchTraffic (world: World): Watcher {
  const limit = MESSAGES_MAX + MESSAGES_PER_NEIGHBOUR_MAX * (world.hosts.length - 1)
  const sent = new Map<Host, Map<string, number>>()
  const timers = new Map<Host, number>()
  let ticks = 0

  const judge = (host: Host, kinds: ReadonlyMap<string, number>): void => {
    const sum = [...kinds.values()].reduce((total, count) => total + count, 0)
    if (sum <= limit) return
    const named = [...kinds].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`).join(', ')
    throw new Violation('storm', `${host.name} sent ${sum} messages within ${WINDOW_MS / 1000} s: ${named}`)
  }
  return {
    event (host, { kind }) {
      if (kind !== 'timer') return
      const count = (timers.get(host) ?? 0) + 1
      timers.set(host, count)
      if (count > TIMERS_MAX) throw new Violation('storm', `${host.name} woke ${count} times within ${WINDOW_MS / 1000} s`)
    },
    effect (host, effect) {
      if (effect.kind !== 'send' && effect.kind !== 'publish' && effect.kind !== 'dial' && effect.kind !== 'verify' && effect.kind !== 'exchange') return
      const kind = effect.kind === 'send' ? effect.message.kind : effect.kind
      let kinds = sent.get(host)
      if (kinds === undefined) sent.set(host, kinds = new Map<string, number>())
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    },
    tick () {
      if (++ticks % (WINDOW_MS / TICK_MS) !== 0) return
      for (const [host, kinds] of sent) judge(host, kinds)
      sent.clear()
      timers.clear()
    },
  }
}
