/**
 * How much a peer may say: a token bucket (Turner 1986). What is over the mark is not refused but owed, and the caller
 * stops reading until it is paid, so that the sender's own window fills and the flood stays on its side.
 */
export interface Allowance {
  /** Spends one; the milliseconds to wait before the next, 0 when none. */
  readonly spend: (atMs: number) => number
}

/** @param options.burst spent at once at most, @param options.perSecond regained each second */
export function createAllowance (options: { readonly burst: number, readonly perSecond: number }): Allowance {
  const { burst, perSecond } = options
  let left = burst
  let lastAtMs: number | null = null
  return {
    spend (atMs) {
      if (lastAtMs !== null) left = Math.min(burst, left + (atMs - lastAtMs) / 1000 * perSecond)
      lastAtMs = atMs
      left -= 1
      return left >= 0 ? 0 : Math.ceil(-left / perSecond * 1000)
    }
  }
}
