/**
 * What a change of settings may cost, which all reload for within a second. Another first VIP is taken while the one before is
 * dropped. And a disk that fills up between "ready" and "go" leaves its host alone with the old ones: it would be a second
 * MASTER in three intervals, so it stops VRRP within one, be it the MASTER.
 */
import { sameSpec } from '../../src/core/spec.ts'
import type { Excuses } from './excuses.ts'
import type { Watcher } from './world.ts'

const RELOADED_MS = 1000

export function watchSettings (excuses: Excuses): Watcher {
  return {
    effect ({ daemon }, effect) {
      const running = daemon.running()
      if (effect.kind !== 'apply' || running === null || sameSpec(running.spec, effect.conf.spec)) return
      if (daemon.refuses()) excuses.excuse('a change of settings that the disk does not take')
      if (running.spec.virtualIpaddress !== effect.conf.spec.virtualIpaddress) excuses.excuse('another first VIP', RELOADED_MS)
    },
  }
}
