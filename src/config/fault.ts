/**
 * What is wrong with a configuration, as values: a *fault* ends the start with 64, a *warning* is told and the start
 * goes on. They are collected, never thrown, so that a user sees all of them at once and not one a restart.
 */

export interface Fault {
  readonly variable: string
  /** The value as it was given; null when the variable is not set; masked when it is a secret. */
  readonly received: string | null
  /** What would be right, to follow the word "expected". */
  readonly expected: string
}

export interface Warning {
  readonly variable: string
  /** One sentence: what is odd, what happens now, what to do. */
  readonly message: string
}

/** Stands for the value of every secret, so that not even its length is told. */
export const masked = '(hidden)'
