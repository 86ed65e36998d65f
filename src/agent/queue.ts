/** One thing after another: work on keepalived and its files is never done by two at once. */

export interface Queue {
  /** Runs `work` when all that was added before is done. A rejection is a defect and goes to `onDefect`. */
  readonly add: (work: () => Promise<void>) => void
  /** Resolves when all that was added so far is done. */
  readonly idle: () => Promise<void>
}

export function createQueue (onDefect: (error: unknown) => void): Queue {
  let last: Promise<void> = Promise.resolve()
  return {
    add (work) { last = last.then(work).catch(onDefect) },
    idle: async () => await last
  }
}
