/**
 * Virtual time: a priority queue of things to do, and the instant of the one that is being done. Things of one instant
 * happen in the order in which they were asked for, so that nothing depends on how the heap happens to lie.
 *
 * Instants are rounded up to 1/64 ms: exact in binary, so that adding and subtracting a host's own whole-numbered
 * clock offset never makes a timer look early.
 */

export interface Clock {
  /** Milliseconds since the world began. */
  readonly nowMs: () => number
  /** Does `run` at that instant, or now if it is past. */
  readonly at: (atMs: number, run: () => void) => void
  readonly after: (delayMs: number, run: () => void) => void
  /** Does all that is due up to that instant, then stands there. `done` ends it early, asked after each thing. */
  readonly runTo: (atMs: number, done?: () => boolean) => boolean
  /** How many things were done so far. */
  readonly count: () => number
}

interface Entry {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

const TICKS_PER_MS = 64

export function createClock (): Clock {
  const heap: Entry[] = []
  let nowMs = 0
  let asked = 0
  let done = 0

  const at = (atMs: number, run: () => void): void => {
    const rounded = Math.ceil(atMs * TICKS_PER_MS) / TICKS_PER_MS
    push(heap, { atMs: Math.max(rounded, nowMs), order: asked++, run })
  }
  return {
    nowMs: () => nowMs,
    at,
    after: (delayMs, run) => at(nowMs + delayMs, run),
    count: () => done,
    runTo (untilMs, isDone) {
      for (let first = heap[0]; first !== undefined && first.atMs <= untilMs; first = heap[0]) {
        pop(heap)
        nowMs = first.atMs
        done++
        first.run()
        if (isDone?.() === true) return true
      }
      nowMs = Math.max(nowMs, untilMs)
      return isDone?.() ?? true
    },
  }
}

function isBefore (a: Entry, b: Entry): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs
}

function push (heap: Entry[], entry: Entry): void {
  let index = heap.length
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || !isBefore(entry, parent)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = entry
}

function pop (heap: Entry[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let index = 0
  for (;;) {
    let childIndex = 2 * index + 1
    let child = heap[childIndex]
    if (child === undefined) break
    const right = heap[childIndex + 1]
    if (right !== undefined && isBefore(right, child)) {
      child = right
      childIndex++
    }
    if (!isBefore(child, last)) break
    heap[index] = child
    index = childIndex
  }
  heap[index] = last
}
