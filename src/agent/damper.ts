/**
 * A check that fails and recovers again and again would move the VIP there and back each time. So from the third failure within ten minutes on, a host keeps its priority lowered for a while after
 * its check passes again, twice as long with each further one (as BGP damps routes that flap, RFC 2439). It gives way at once, as ever; only to take the VIP back it must have been well.
 */
import type { DaemonEvent } from '../keepalived/daemon-event.ts'
import type { Log } from '../log.ts'

/** So long a failure counts. */
const windowMs = 600_000
/** So many are an incident each, and no flapping. */
const borne = 2
const firstHoldMs = 30_000
const longestHoldMs = 300_000

/** How long a host is held down after so many failures within the window; 0: not at all. */
export function holdMs (failures: number): number {
  return failures <= borne ? 0 : Math.min(longestHoldMs, firstHoldMs * 2 ** (failures - borne - 1))
}

export interface Damper {
  readonly note: (event: DaemonEvent) => void
  /** Lowers for a reason of the group's own, which counts for more. */
  readonly lower: (by: number) => void
  /** For people; null while nothing is held down. */
  readonly alarm: () => string | null
  readonly stop: () => void
}

export interface DamperDependencies {
  /** Adds to the priority, 0 or less, in place of what was added before. */
  readonly lower: (by: number) => void
  readonly nowMs: () => number
  readonly log: Log
}

/** @param weight what a failing check adds to the priority; only one below 0 can be held down */
export function createDamper ({ weight }: { readonly weight: number }, { lower, nowMs, log }: DamperDependencies): Damper {
  let failures: number[] = []
  let isHeld = false
  let isLeft = false
  let timer: NodeJS.Timeout | undefined

  function release (): void {
    isHeld = false
    if (isLeft) return
    lower(0)
    log.info({}, 'the check has passed for long enough: the priority is the own one again')
  }

  return {
    note (event) {
      if (event.kind !== 'check' || weight >= 0) return
      clearTimeout(timer)
      if (!event.healthy) failures = [...failures.filter((atMs) => atMs > nowMs() - windowMs), nowMs()]
      const forMs = holdMs(failures.length)
      if (forMs === 0 || isLeft) return
      if (!isHeld) lower(weight)
      isHeld = true
      if (!event.healthy) return log.warn({ failures: failures.length, holdMs: forMs }, 'the check fails again and again: this host takes the VIP back only after it has passed for a while')
      timer = setTimeout(release, forMs).unref()
    },
    lower (by) {
      isLeft = by < 0
      lower(by)
    },
    alarm: () => isHeld ? `the check has failed ${failures.length} times within ${windowMs / 60_000} minutes: the priority stays lowered until it has passed for ${holdMs(failures.length) / 1000} s` : null,
    stop () { clearTimeout(timer) }
  }
}
