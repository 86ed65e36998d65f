/**
 * JSON with the keys of every object sorted and no white space, so that one statement has one text and signing it
 * twice gives one signature. RFC 8785 without its rules for exotic numbers: statements hold none.
 */

/** The canonical JSON text of a plain value. */
export function canonicalJsonOf (value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => isPlainObject(inner) ? sortedByKey(inner) : inner)
}

function isPlainObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sortedByKey (object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => a < b ? -1 : 1))
}
