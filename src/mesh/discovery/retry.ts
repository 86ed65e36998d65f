/**
 * How often a source tries again: at once, then ever more slowly up to a bound that depends on whether anybody has been
 * found. A host that is alone is one whose peers may come up any second; one in a group only looks out for the rest.
 */
const firstPauseMs = 250

/** Bounds of the pause between tries. */
export const alonePauseMaxMs = 5000
export const togetherPauseMaxMs = 30_000

export interface Retry {
  readonly start: () => void
  readonly stop: () => void
}

/** @param act one try; it may take as long as it likes, the pause begins after it, and must not reject */
export function createRetry (act: () => Promise<void> | void, dependencies: { readonly alone: () => boolean }): Retry {
  let timer: NodeJS.Timeout | null = null
  let running = false

  async function turn (tries: number): Promise<void> {
    await act()
    if (!running) return
    timer = setTimeout(() => { void turn(tries + 1) }, pauseMsAfter(tries, dependencies.alone()))
  }

  return {
    start () {
      if (running) return
      running = true
      void turn(1)
    },
    stop () {
      running = false
      if (timer !== null) clearTimeout(timer)
    }
  }
}

/** The pause after that many tries, in milliseconds: doubled each time, up to the bound. */
export function pauseMsAfter (tries: number, alone: boolean): number {
  return Math.min(firstPauseMs * 2 ** Math.min(tries - 1, 16), alone ? alonePauseMaxMs : togetherPauseMaxMs)
}
