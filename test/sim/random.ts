/**
 * Every choice of a simulated world comes from here, so that a seed is a story. One seed feeds several streams, each
 * with a name of its own: drawing more from one (a core that sends more messages) does not shift another (the faults).
 *
 * The generator is sfc32 (Doty-Humphrey, PractRand): small, fast and far better than is needed.
 */

export interface Random {
  /** A number in [0, 1). */
  readonly next: () => number
  /** A number in [min, max). */
  readonly between: (min: number, max: number) => number
  /** A whole number from min to max, both included. */
  readonly whole: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  /** One of the items, of which there must be at least one. */
  readonly pick: <T>(items: readonly T[]) => T
  /** A stream of its own, the same for the same name. */
  readonly stream: (name: string) => Random
}

/** The same seed gives the same numbers, on every machine. */
export function createRandom (seed: number): Random {
  const next = sfc32(seed)
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    whole,
    chance: probability => probability > 0 && next() < probability,
    pick (items) {
      const item = items[whole(0, items.length - 1)]
      if (item === undefined) throw new RangeError('pick: expected at least one item, received none')
      return item
    },
    stream: name => createRandom(hashOf(`${seed}/${name}`)),
  }
}

function sfc32 (seed: number): () => number {
  let a = 0x9E3779B9
  let b = 0x243F6A88
  let c = seed | 0
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 0x1_0000_0000
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

/** FNV-1a, 32 bits. */
function hashOf (text: string): number {
  let hash = 0x811C9DC5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
