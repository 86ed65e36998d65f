/**
 * A mutation: one promise, broken on purpose by one change of the source. Whatever is promised is of worth only as long as
 * a test notices when it is broken.
 */

export interface Mutation {
  /** Distinct; what `--only` takes. */
  readonly name: string
  /** `I1` … `I11`, or the part of the promise in a word or two. */
  readonly promise: string
  /** What is so then, in a sentence. */
  readonly means: string
  readonly file: string
  /** Exact text, which stands there once. */
  readonly find: string
  readonly replace: string
  /** Tests to ask, in this order, instead of those that the core is asked by: {@link CORE_STAGES}. */
  readonly by?: readonly string[]
}

/** By cost: tables, then stories of the simulator, then faults at random there. */
export const CORE_STAGES = ['core', 'scenarios', 'swarm'] as const

/** The source with the promise broken; null when the text does not stand there exactly once, or nothing would change. */
export function mutatedText (source: string, { find, replace }: Pick<Mutation, 'find' | 'replace'>): string | null {
  const [before, after, ...more] = source.split(find)
  return before === undefined || after === undefined || more.length > 0 || find === replace ? null : before + replace + after
}
