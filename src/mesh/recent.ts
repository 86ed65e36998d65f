/**
 * A map that keeps the entries put in last and forgets the oldest beyond its bound: for what may be computed again,
 * under keys that others choose.
 */
export interface Recent<K, V> {
  readonly get: (key: K) => V | undefined
  readonly put: (key: K, value: V) => void
}

export interface Weight<V> {
  readonly weightOf: (value: V) => number
  /** Of all entries together; the one put in last stays in any case. */
  readonly weightMax: number
}

/** @param entriesMax how many entries are kept; ≥ 1. */
export function createRecent<K, V> (entriesMax: number, { weightOf, weightMax }: Weight<V> = { weightOf: () => 0, weightMax: 0 }): Recent<K, V> {
  const entries = new Map<K, V>()
  let weight = 0

  function drop (key: K): void {
    const value = entries.get(key)
    if (value !== undefined && entries.delete(key)) weight -= weightOf(value)
  }

  return {
    get: (key) => entries.get(key),
    put (key, value) {
      drop(key)
      entries.set(key, value)
      weight += weightOf(value)
      for (const oldest of entries.keys()) {
        if (entries.size <= entriesMax && weight <= weightMax) return
        if (oldest !== key) drop(oldest)
      }
    }
  }
}
