/**
 * Faults of the configuration as people read them: one line each, all at once, so that a container is corrected once
 * and not once a fault.
 */

import { masked } from '../config/fault.ts'
import type { Fault, Warning } from '../config/fault.ts'

/** Characters of a value that are shown: enough to find it again. */
const shownMax = 120

/** One line a fault, without colours: these lines are found again by machines. */
export function faultLines (faults: readonly Fault[]): readonly string[] {
  return faults.map(({ variable, received, expected }) => `${variable}: received ${shown(received)}, expected ${expected}`)
}

/** One line a warning, in the same form. */
export function warningLines (warnings: readonly Warning[]): readonly string[] {
  return warnings.map(({ variable, message }) => `${variable}: ${message}`)
}

/** In JSON's quotes, so that line feeds and control characters of a value cannot forge lines of the log. */
function shown (received: string | null): string {
  if (received === null) return 'nothing'
  if (received === masked) return masked
  return JSON.stringify(received.length > shownMax ? `${received.slice(0, shownMax)}…` : received)
}
