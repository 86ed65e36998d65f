/**
 * Adverts that the segment loses. One is nothing; two in a row leave a joiner on probation without any, three make a BACKUP
 * take over; and each counts while the VIP changes hands: the MASTER's last word, or the first of two. What VRRP makes of
 * that is nobody's fault, for as long as the next adverts take to settle it.
 */
import type { Excuses } from './excuses.ts'
import type { Host } from './host.ts'
import type { Watcher, World } from './world.ts'

const EXCUSED = 2
/** Three adverts and the skew, and a moment for the loser to stop. */
const SETTLED_ADVERTS = 4
const SETTLED_MS = 1000

export function watchLosses (world: World, excuses: Excuses): Watcher {
  const inARow = new Map<Host, number>()
  return {
    advert (to, { priority }, isLost) {
      if (!isLost) return void inARow.delete(to)
      const lost = (inARow.get(to) ?? 0) + 1
      inARow.set(to, lost)
      if (lost < EXCUSED && priority !== 0 && world.holders().length === 1) return
      excuses.split('adverts that were lost', SETTLED_ADVERTS * (to.daemon.vrrp()?.conf.advertIntMs ?? 0) + SETTLED_MS)
    },
  }
}
