/**
 * Where what was just learned is told to whoever waits for it. A waiter says what it is looking for and how long; it
 * must begin to wait before it causes what it waits for.
 */

export interface Bulletin<T> {
  readonly tell: (news: T) => void
  /**
   * The first thing that `pick` makes of any news told from now on; null when there is none in `ceilingMs`.
   * Waiters do not take news from each other.
   */
  readonly hear: <U>(pick: (news: T) => U | null, ceilingMs: number) => Promise<U | null>
}

export function createBulletin<T> (): Bulletin<T> {
  const waiters = new Set<(news: T) => void>()
  return {
    tell: news => { for (const waiter of waiters) waiter(news) },
    hear: async (pick, ceilingMs) => await new Promise(resolve => {
      const timer = setTimeout(() => { end(null) }, ceilingMs)
      function waiter (news: T): void {
        const found = pick(news)
        if (found !== null) end(found)
      }
      function end (found: ReturnType<typeof pick>): void {
        clearTimeout(timer)
        waiters.delete(waiter)
        resolve(found)
      }
      waiters.add(waiter)
    })
  }
}
