/**
 * What a change of settings may cost, which all reload for within a second. Another first VIP is taken while the one before is
 * dropped. And a disk that fills up between "ready" and "go" leaves its host alone with the old ones: it would be a second
 * MASTER in three intervals, so it stops VRRP within one, be it the MASTER. An agent that is killed in the milliseconds of its own
 * reload, or of the MASTER's word for it, leaves its host behind, until the next one takes over there: no answer that it gave before could have told.
 */
import { sameSpec } from '../../src/core/spec.ts'
import type { Excuses } from './excuses.ts'
import type { Host } from './host.ts'
import type { Watcher } from './world.ts'

const RELOADED_MS = 1000
/** The end of a stream is heard within this. */
const UNHEARD_MS = 20

export function watchSettings (excuses: Excuses, nowMs: () => number): Watcher {
  const changing = new Set<Host>()
  let endedAtMs = -Infinity
  return {
    agentEnded (host) {
      endedAtMs = nowMs()
      if (changing.delete(host)) excuses.split('an agent that was killed while it changed the settings')
    },
    daemon (host, { kind }) {
      if (kind === 'reloaded') changing.delete(host)
    },
    effect (host, effect) {
      const { daemon } = host
      const running = daemon.running()
      if (effect.kind !== 'apply' || running === null || sameSpec(running.spec, effect.conf.spec)) return
      changing.add(host)
      if (nowMs() <= endedAtMs + UNHEARD_MS) excuses.split('an agent that was killed as the MASTER gave the word')
      if (daemon.refuses()) excuses.excuse('a change of settings that the disk does not take')
      if (running.spec.virtualIpaddress !== effect.conf.spec.virtualIpaddress) excuses.excuse('another first VIP', RELOADED_MS)
    },
  }
}
