/**
 * Frames on a stream: four bytes of length, big-endian, then that many bytes of JSON in UTF-8. A fixed width, so that
 * a frame has one encoding and its limit is checked before anything of it is kept.
 */
import { LengthPrefixedDecoder, lpStream } from '@libp2p/utils'
import type { MessageStream } from '@libp2p/interface'

/** Bytes of one frame, without its length: five records of the largest size, or some two hundred of the usual one. */
export const frameBytesMax = 256 * 1024

const lengthBytes = 4

const bytesToText = new TextDecoder('utf-8', { fatal: true })

/** How `@libp2p/utils` is told of this framing. */
const framing = {
  maxDataLength: frameBytesMax,
  maxLengthLength: lengthBytes,
  encodingLength: () => lengthBytes,
  lengthEncoder: (length: number) => lengthPrefixOf(length),
  /** A RangeError asks for more bytes; any negative length is refused. An empty frame says nothing and costs nothing: refused. */
  lengthDecoder (data: { readonly byteLength: number, subarray: (start: number, end: number) => Uint8Array }) {
    if (data.byteLength < lengthBytes) throw new RangeError('length incomplete')
    const length = Buffer.from(data.subarray(0, lengthBytes)).readUInt32BE()
    return length === 0 ? -1 : length
  }
}

/** The frame around a text. */
export function frameOf (text: string): Uint8Array {
  const body = Buffer.from(text)
  return Buffer.concat([lengthPrefixOf(body.byteLength), body])
}

export type Chunk = Parameters<LengthPrefixedDecoder['decode']>[0]

/** Takes the chunks of a stream as they come and gives the texts of the frames that they complete. */
export interface FrameReader {
  /** @throws when a frame is empty, too long or no UTF-8; the stream is of no use then. */
  readonly read: (chunk: Chunk) => Iterable<string>
}

export function createFrameReader (): FrameReader {
  const decoder = new LengthPrefixedDecoder(framing)
  return {
    * read (chunk) {
      for (const body of decoder.decode(chunk)) yield bytesToText.decode(body.subarray())
    }
  }
}

/** One text after the other, for a stream that lives for one question and its answer. */
export interface FrameStream {
  readonly read: (signal: AbortSignal) => Promise<string>
  readonly write: (text: string, signal: AbortSignal) => Promise<void>
}

export function frameStreamOn (stream: MessageStream): FrameStream {
  const frames = lpStream(stream, framing)
  return {
    read: async (signal) => bytesToText.decode((await frames.read({ signal })).subarray()),
    write: (text, signal) => frames.write(Buffer.from(text), { signal })
  }
}

/** The text of a message that comes whole, as gossip does; null when it is too long or no UTF-8. */
export function textIn (bytes: Uint8Array): string | null {
  if (bytes.byteLength > frameBytesMax) return null
  try {
    return bytesToText.decode(bytes)
  } catch {
    return null
  }
}

function lengthPrefixOf (length: number): Uint8Array {
  const prefix = Buffer.alloc(lengthBytes)
  prefix.writeUInt32BE(length)
  return prefix
}
