/**
 * A map that keeps the entries put in last and forgets the oldest beyond its bound: for what may be computed again,
 * under keys that others choose.
 */
export interface Recent<K, V> {
  readonly get: (key: K) => V | undefined
  readonly put: (key: K, value: V) => void
}

/** @param entriesMax how many entries are kept; ≥ 1. */
export function createRecent<K, V> (entriesMax: number): Recent<K, V> {
  const entries = new Map<K, V>()
  return {
    get: (key) => entries.get(key),
    put (key, value) {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= entriesMax) return
      for (const oldest of entries.keys()) {
        entries.delete(oldest)
        return
      }
    }
  }
}
