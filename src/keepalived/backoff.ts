/**
 * Starts keepalived again when it dies, where nobody else decides it (static and passthrough mode; in the mesh a new
 * start is a new joining). Waits longer after each start that did not last, and forgets that after a minute of health.
 */

export interface BackoffOptions {
  /** Wait after the first failure. @default 100 */
  readonly firstMs?: number
  /** Longest wait; at least `firstMs`. @default 10_000 */
  readonly maxMs?: number
  /** A run that lasted this long makes the next failure a first one. @default 60_000 */
  readonly healthyMs?: number
}

export interface BackoffDependencies {
  /** Starts it once. A rejection is no end of the attempts: `exited` is expected to be called for it, too. */
  readonly start: () => void
  /** Monotonic, in milliseconds. */
  readonly now: () => number
  readonly setTimer: (callback: () => void, ms: number) => { readonly cancel: () => void }
}

export interface Backoff {
  /** A start was made now. */
  readonly started: () => void
  /** It ended without being asked to: another start follows after the returned wait. */
  readonly exited: () => number
  /** No start will follow any more. */
  readonly stop: () => void
}

export function createBackoff (options: BackoffOptions, { start, now, setTimer }: BackoffDependencies): Backoff {
  const { firstMs = 100, maxMs = 10_000, healthyMs = 60_000 } = options
  let waitMs: number | null = null
  let startedAt = now()
  let pending: { readonly cancel: () => void } | null = null
  return {
    started: () => { startedAt = now() },
    exited: () => {
      pending?.cancel()
      waitMs = nextWaitMs(waitMs, now() - startedAt, { firstMs, maxMs, healthyMs })
      pending = setTimer(start, waitMs)
      return waitMs
    },
    stop: () => { pending?.cancel() }
  }
}

/** How long to wait before the next start, after a run of `uptimeMs` that began after a wait of `lastMs` (null: none). */
export function nextWaitMs (lastMs: number | null, uptimeMs: number, { firstMs, maxMs, healthyMs }: Required<BackoffOptions>): number {
  if (lastMs === null || uptimeMs >= healthyMs) return firstMs
  return Math.min(lastMs * 2, maxMs)
}
