/**
 * One input from another: bytes changed, cut, doubled and spliced; words of the target strewn in; and where the input is
 * JSON, one value of it replaced by another that is odd in its place. All chance comes from the seed.
 */
import type { Random } from '../sim/random.ts'
import { createStoryMutate } from './story.ts'
import type { Target } from './target.ts'

/** Longest input, in bytes: above the longest frame, so that the limit itself is met. */
export const inputBytesMax = 300 * 1024

/** Numbers at the edges of what a reader may take for one. */
const oddNumbers = [0, -1, 1, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 48, 2 ** 48 + 1, 2 ** 53, 1e308, 0.5, -0]
const oddTexts = ['', '0', '\u0000', '\n', '}', '"', '#', '!', '{', '\\', '\u2028', '\u{1f600}', '__proto__', 'constructor', 'x'.repeat(300), '::', '255.255.255.255', '1e9', ' ', 'NaN']

export interface MutatorOptions {
  readonly random: Random
  readonly words: readonly string[]
}

/** Of a story most changes leave lines that can be read. */
const STORY_CHANCE = 0.95

/** `others`: inputs to take pieces from. */
export type Mutate = (input: Buffer, others: readonly Buffer[]) => Buffer

export function createMutate ({ words, alike = [], isStory = false }: Pick<Target, 'words' | 'alike' | 'isStory'>, random: Random): Mutate {
  const bytes = createBytesMutate({ random, words })
  if (!isStory) return bytes
  const story = createStoryMutate({ random, alike, changed: (value) => changed(value, { random, words }) })
  return (input, others) => random.chance(STORY_CHANCE) ? story(input, others) : bytes(input, others)
}

function createBytesMutate ({ random, words }: MutatorOptions): Mutate {
  const at = (bytes: Buffer): number => random.whole(0, bytes.length)
  const word = (): Buffer => Buffer.from(words.length > 0 && random.chance(0.7) ? random.pick(words) : random.pick(oddTexts))
  const piece = (bytes: Buffer): Buffer => {
    const from = at(bytes)
    return bytes.subarray(from, from + random.whole(1, random.chance(0.9) ? 16 : 4096))
  }
  const put = (bytes: Buffer, what: Buffer, over = 0): Buffer => {
    const from = at(bytes)
    return Buffer.concat([bytes.subarray(0, from), what, bytes.subarray(from + over)])
  }
  const steps: ReadonlyArray<Mutate> = [
    (bytes) => put(bytes, Buffer.from([random.whole(0, 255)]), 1),
    (bytes) => put(bytes, word()),
    (bytes) => put(bytes, word(), random.whole(1, 8)),
    (bytes) => put(bytes, Buffer.alloc(0), random.whole(1, random.chance(0.9) ? 8 : 1024)),
    (bytes) => put(bytes, piece(bytes)),
    (bytes, others) => put(bytes, piece(random.pick(others))),
    (bytes, others) => Buffer.concat([bytes.subarray(0, at(bytes)), piece(random.pick(others))]),
    (bytes) => put(bytes, Buffer.from(String(random.pick(oddNumbers))), random.whole(0, 3)),
    (bytes) => Buffer.concat(Array.from({ length: random.whole(2, 40) }, () => bytes)).subarray(0, inputBytesMax)
  ]
  return (input, others) => {
    let bytes = random.chance(0.5) ? jsonMutated(input, { random, words }) ?? input : input
    for (let times = random.chance(0.3) ? 0 : random.whole(1, 4); times > 0; times--) bytes = random.pick(steps.slice(0, random.chance(0.998) ? -1 : steps.length))(bytes, others)
    return bytes.subarray(0, inputBytesMax)
  }
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Null where the input is no JSON. */
function jsonMutated (input: Buffer, options: MutatorOptions): Buffer | null {
  if (input[0] !== 0x7b && input[0] !== 0x5b) return null
  try {
    return Buffer.from(JSON.stringify(changed(JSON.parse(input.toString()), options)))
  } catch {
    return null
  }
}

/** Goes down at random and changes what it stops at. */
function changed (value: Json, options: MutatorOptions): Json {
  const { random } = options
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return replaced(value, options)
  if (Array.isArray(value)) return changedList(value, options)
  const keys = Object.keys(value)
  if (keys.length === 0 || random.chance(0.05)) return { ...value, [random.pick(['extra', '__proto__', 'kind', 'id'])]: replaced(null, options) }
  const key = random.pick(keys)
  if (random.chance(0.1)) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))
  return { ...value, [key]: changed(value[key] ?? null, options) }
}

function changedList (value: Json[], options: MutatorOptions): Json {
  const { random } = options
  const index = random.whole(0, value.length)
  if (value.length === 0 || random.chance(0.2)) return value.toSpliced(index, random.whole(0, 1), replaced(null, options))
  if (random.chance(0.01)) return Array.from({ length: random.pick([2, 20, 301]) }, (_, i) => value[i % value.length] ?? null)
  return value.map((inner, i) => i === Math.min(index, value.length - 1) ? changed(inner, options) : inner)
}

function replaced (value: Json, { random, words }: MutatorOptions): Json {
  const odd: Json = random.pick<Json>([null, true, random.pick(oddNumbers), random.pick(oddTexts), [], {}, [value], words.length > 0 ? random.pick(words) : ''])
  if (typeof value === 'number' && random.chance(0.6)) return random.chance(0.5) ? value + random.whole(-2, 2) : random.pick(oddNumbers)
  if (typeof value === 'string' && random.chance(0.6)) return random.chance(0.5) ? `${value}${random.pick(oddTexts)}` : value.slice(0, random.whole(0, value.length))
  return odd
}
