/**
 * How much a peer may say, or how fast a host may knock: a token bucket (Turner 1986). What a peer says over the mark is not
 * refused but owed, and the caller stops reading until it is paid, so that the sender's own window fills and the flood stays on
 * its side. What is refused instead is owed by nobody.
 */
export interface Allowance {
  /** Spends one, or so many; the milliseconds to wait before the next, 0 when none. */
  readonly spend: (atMs: number, count?: number) => number
  /** Spends one, or so many, if they are there. */
  readonly take: (atMs: number, count?: number) => boolean
  /** Whether so many are there. */
  readonly has: (atMs: number, count: number) => boolean
}

/** @param options.burst spent at once at most, @param options.perSecond regained each second */
export function createAllowance (options: { readonly burst: number, readonly perSecond: number }): Allowance {
  const { burst, perSecond } = options
  let left = burst
  let lastAtMs: number | null = null

  function regain (atMs: number): void {
    if (lastAtMs !== null) left = Math.min(burst, left + (atMs - lastAtMs) / 1000 * perSecond)
    lastAtMs = atMs
  }

  return {
    spend (atMs, count = 1) {
      regain(atMs)
      left -= count
      return left >= 0 ? 0 : Math.ceil(-left / perSecond * 1000)
    },
    take (atMs, count = 1) {
      regain(atMs)
      if (left < count) return false
      left -= count
      return true
    },
    has (atMs, count) {
      regain(atMs)
      return left >= count
    }
  }
}
