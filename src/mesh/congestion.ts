/**
 * How many handshakes this side has under way. One costs both sides milliseconds of a processor, and is worth nothing unless it ends in
 * time: where many hosts start at once on few cores, all of them begun together would all be late, for ever. So it goes as with packets on
 * a path that is full (RFC 5681): more at a time while they end well, half as many as soon as some are late, and whoever was late waits
 * for a random while, twice as long each time.
 */

/** As many as a small group has; and of a large one, as many as ever go at once. */
const first = 3
const most = 64

/** The longest wait after the first late one, and after many in a row. */
const waitMs = 500
const longestWaitMs = 8000

export interface Congestion {
  /**
   * Runs it when it is its turn. `isLate`: whether its outcome says that the remote, or this side, did not keep up; null: it says nothing of that.
   * Once it calls `stepAside` it holds nobody up any more.
   */
  readonly inTurn: <T>(act: (stepAside: () => void) => Promise<T>, isLate: (outcome: T) => boolean | null) => Promise<T>
}

export function createCongestion (): Congestion {
  const waiting: Array<() => void> = []
  let atOnce = first
  let underWay = 0
  /** Counts how often there have been fewer: who began before that says nothing new. */
  let round = 0

  function admit (): void {
    while (underWay < Math.floor(atOnce)) {
      const next = waiting.shift()
      if (next === undefined) return
      underWay++
      next()
    }
  }

  return {
    async inTurn (act, isLate) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        admit()
      })
      const begunIn = round
      const isFull = underWay >= Math.floor(atOnce)
      let late: boolean | null = false
      let isAside = false
      const stepAside = (): void => {
        if (isAside) return
        isAside = true
        underWay--
        admit()
      }
      try {
        const outcome = await act(stepAside)
        late = isLate(outcome)
        return outcome
      } finally {
        stepAside()
        if (late === false && isFull) atOnce = Math.min(most, atOnce + 1)
        else if (late === true && begunIn === round) {
          atOnce = Math.max(1, atOnce / 2)
          round++
        }
        admit()
      }
    }
  }
}

/** @param lateInARow how many dials of one endpoint were late by now, 1 and more. @param random 0 up to 1 */
export function pauseMs (lateInARow: number, random: number): number {
  return random * Math.min(longestWaitMs, waitMs * 2 ** (lateInARow - 1))
}
