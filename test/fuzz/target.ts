/** What can be fuzzed: one reader of something that comes from outside, with the promises that hold for every input. */

export interface Target {
  readonly name: string
  /** Pieces that mean something to the reader: the mutator strews them in. */
  readonly words: readonly string[]
  /** Inputs that cannot lie in the corpus as they are, because a key of the run signs them. */
  readonly seeds?: readonly string[]
  /** Each line of an input is JSON of its own: mostly whole lines are changed, and what is in them. */
  readonly isStory?: boolean
  /** Texts of one kind, which the mutator puts in each other's place in such a line. */
  readonly alike?: ReadonlyArray<readonly string[]>
  /** Executions between two looks at the coverage: fewer where one takes long. */
  readonly batch?: number
  /** Reads one input. Throws when a promise is broken: nothing but an assertion is ever expected to come out of it. */
  readonly run: (input: Buffer) => void
}
