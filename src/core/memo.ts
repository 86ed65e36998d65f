/**
 * What is asked again and again of the same things, and is worked out once. The parts of the core judge all that is known with each
 * event, and mostly nothing of it has changed. So whatever a judgement rests on keeps its identity for as long as it holds the same
 * (`steady`), and what is made of that is made anew only when one of the things is another one (`memoized`).
 *
 * A memoized function is handed nothing but its inputs, so it cannot rest on what it does not name. The alternative not taken, a
 * version that whoever changes anything must raise, goes wrong in silence where that is forgotten.
 */

/** The items of `listOf`; the very list that it was before, where it holds the same. `listOf` may make a new one each time; best it is memoized. */
export function steady <S extends object, T> (listOf: (source: S) => readonly T[]): (source: S) => readonly T[] {
  const last = new WeakMap<S, { readonly list: readonly T[], readonly kept: readonly T[] }>()
  return (source) => {
    const list = listOf(source)
    const before = last.get(source)
    if (before?.list === list) return before.kept
    const kept = before !== undefined && sameItems(before.kept, list) ? before.kept : list
    last.set(source, { list, kept })
    return kept
  }
}

/** What `compute` makes of the inputs, worked out again only for others than the last ones of that source. */
export function memoized <S extends object, A extends readonly unknown[], const I extends readonly unknown[], T> (
  inputsOf: (source: S, ...more: A) => I,
  compute: (...inputs: I) => T
): (source: S, ...more: A) => T {
  const last = new WeakMap<S, { readonly inputs: I, readonly value: T }>()
  return (source, ...more) => {
    const inputs = inputsOf(source, ...more)
    const known = last.get(source)
    if (known !== undefined && sameItems(known.inputs, inputs)) return known.value
    const value = compute(...inputs)
    last.set(source, { inputs, value })
    return value
  }
}

/** The same for a function of one thing that never changes. */
export function once <S extends object, T> (compute: (source: S) => T): (source: S) => T {
  const known = new WeakMap<S, T>()
  return (source) => {
    const before = known.get(source)
    if (before !== undefined) return before
    const value = compute(source)
    known.set(source, value)
    return value
  }
}

function sameItems (a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
