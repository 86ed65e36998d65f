/**
 * Lines out of a stream of bytes, with a bound on each: whoever sends without an end is cut off before memory is
 * spent on it. (`node:readline` has no such bound.)
 */

const lineFeed = 0x0a

/** More bytes than allowed came without the end of a line. */
export class LineTooLongError extends Error {
  readonly code = 'ERR_LINE_TOO_LONG'
}

/**
 * Each line of `stream`, without its line feed, as UTF-8 text; what follows the last line feed is dropped.
 *
 * @throws LineTooLongError when a line has more than `bytesMax` bytes
 */
export async function * linesOf (stream: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed)) {
      if (end > bytesMax) break
      yield rest.toString('utf8', 0, end)
      rest = rest.subarray(end + 1)
    }
    if (rest.length > bytesMax) throw new LineTooLongError(`a line has more than ${bytesMax} bytes`)
  }
}
