/**
 * Lines out of a stream of bytes, with a bound on each: whoever sends without an end is cut off before memory is
 * spent on it. (`node:readline` has no such bound.)
 */
import type { Readable } from 'node:stream'

const lineFeed = 0x0a

/** More bytes than allowed came without the end of a line. */
export class LineTooLongError extends Error {
  readonly code = 'ERR_LINE_TOO_LONG'
}

/**
 * Each line of `stream`, without its line feed, as UTF-8 text; what follows the last line feed is dropped. A stream
 * that breaks has ended: who hangs up, and how, makes no difference to a reader of lines.
 *
 * @throws LineTooLongError when a line has more than `bytesMax` bytes
 */
export async function * linesOf (stream: Readable, bytesMax: number): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunksOf(stream)) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(lineFeed); end >= 0 && end <= bytesMax; end = rest.indexOf(lineFeed)) {
      yield rest.toString('utf8', 0, end)
      rest = rest.subarray(end + 1)
    }
    if (rest.length > bytesMax) throw new LineTooLongError(`received a line of more than ${bytesMax} bytes`)
  }
}

/** The stream stays open when its reader stops: there may be an answer to write yet. */
async function * chunksOf (stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield * stream.iterator({ destroyOnReturn: false })
  } catch {
    // Broken off.
  }
}
