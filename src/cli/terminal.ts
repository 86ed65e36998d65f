/**
 * What a command may touch: where it prints, and the signal that ends it. Given by `main.ts`, so that a command runs
 * in a test with two streams in memory.
 */
import type { Writable } from 'node:stream'

export interface Terminal {
  /** What was asked for. */
  readonly out: Writable & { readonly isTTY?: boolean }
  /** What went wrong. */
  readonly err: Writable
  /** Aborted when the person has seen enough (SIGINT, SIGTERM). */
  readonly signal: AbortSignal
}

/** Writes `text` and a line feed. */
export function print (stream: Writable, text: string): void {
  stream.write(text + '\n')
}
