/**
 * Faults of the configuration as people read them: one line each, all at once, so that a container is corrected once
 * and not once a fault.
 */

/** One variable that cannot be used. */
export interface ShownFault {
  readonly variable: string
  /** As it was given; null: it is not set. A secret comes here already masked. */
  readonly received: string | null
  /** What would be right, to follow the word "expected". */
  readonly expected: string
}

/** Characters of a value that are shown: enough to find it again. */
const shownMax = 120

/** One line a fault, without colours: these lines are found again by machines. */
export function faultLines (faults: readonly ShownFault[]): readonly string[] {
  return faults.map(({ variable, received, expected }) =>
    `${variable}: received ${received === null ? 'nothing' : quoted(received)}, expected ${expected}`)
}

/** In JSON's quotes, so that line feeds and control characters of a value cannot forge lines of the log. */
function quoted (value: string): string {
  return JSON.stringify(value.length > shownMax ? `${value.slice(0, shownMax)}…` : value)
}
