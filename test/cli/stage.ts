/** A terminal in memory: what a command printed, and a signal to end it. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface Stage {
  readonly terminal: Terminal
  /** Ends both streams and gives all that was printed. */
  readonly printed: () => Promise<{ readonly out: string, readonly err: string }>
  /** The next chunk that is printed to `out`. */
  readonly next: () => Promise<string>
  /** Interrupts, as ^C does. */
  readonly interrupt: () => void
}

export function createStage ({ isTTY = false }: { readonly isTTY?: boolean } = {}): Stage {
  const abort = new AbortController()
  const out = Object.assign(new PassThrough(), { isTTY })
  const err = new PassThrough()
  return {
    terminal: { out, err, signal: abort.signal },
    next: async () => {
      const { promise, resolve } = Promise.withResolvers<string>()
      out.once('data', (chunk: Buffer) => {
        out.pause()
        resolve(chunk.toString())
      })
      out.resume()
      return await promise
    },
    printed: async () => {
      out.end()
      err.end()
      return { out: await text(out), err: await text(err) }
    },
    interrupt: () => abort.abort()
  }
}
