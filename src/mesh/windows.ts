/**
 * yamux without a word for each message. It lets a sender have a window of bytes under way (hashicorp/yamux, spec.md, "Flow Control"), and
 * `@libp2p/yamux` gives back what it has read as soon as it has: two packets that follow each beat, and more bytes on the wire than the beat
 * itself. Here that is held back until a quarter of a window is owed. The sender has three quarters then, so nothing waits for it.
 */
import type { StreamMuxerFactory } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'

type Yamux = ReturnType<ReturnType<typeof yamux>>
type Muxer = ReturnType<Yamux['createStreamMuxer']>
type Frame = Parameters<Muxer['send']>[0]

/** version 1, type 1, flags 2, stream 4, length 4 */
const headerBytes = 12
const typeWindowUpdate = 1

export interface WindowOptions {
  /** Bytes that a stream may have under way. */
  readonly windowBytes: number
  /** Streams of a connection that the remote may open. */
  readonly streamsMax: number
}

export function yamuxInFewWords ({ windowBytes, streamsMax }: WindowOptions): () => StreamMuxerFactory<Muxer> {
  const create = yamux({ enableKeepAlive: false, maxInboundStreams: streamsMax, streamOptions: { initialStreamWindowSize: windowBytes, maxStreamWindowSize: windowBytes } })
  return () => {
    const factory = create()
    return {
      protocol: factory.protocol,
      createStreamMuxer (connection) {
        const muxer = factory.createStreamMuxer(connection)
        holdBack(muxer, { owedMax: windowBytes / 4, streamsMax: 2 * streamsMax })
        return muxer
      }
    }
  }
}

function holdBack (muxer: Muxer, { owedMax, streamsMax }: { readonly owedMax: number, readonly streamsMax: number }): void {
  /** Bytes by stream. */
  const owed = new Map<number, number>()
  const send = muxer.send.bind(muxer)

  muxer.send = (frame) => {
    const update = updateIn(frame)
    if (update === null) return send(frame)
    const { stream, flags } = update
    const bytes = update.bytes + (owed.get(stream) ?? 0)
    // One that is refused by the remote is never ended from here.
    if (flags === 0 && bytes < owedMax && (owed.has(stream) || owed.size < streamsMax)) {
      owed.set(stream, bytes)
      return true
    }
    owed.delete(stream)
    return send(updateOf({ stream, flags, bytes }))
  }
}

interface WindowUpdate {
  readonly stream: number
  /** Whether it opens, accepts or ends the stream besides. */
  readonly flags: number
  readonly bytes: number
}

/** Null for any other frame. */
function updateIn (frame: Frame): WindowUpdate | null {
  if (frame.byteLength !== headerBytes) return null
  const header = Buffer.from(frame.subarray())
  return header.readUInt8(1) === typeWindowUpdate ? { flags: header.readUInt16BE(2), stream: header.readUInt32BE(4), bytes: header.readUInt32BE(8) } : null
}

function updateOf ({ stream, flags, bytes }: WindowUpdate): Uint8Array {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(typeWindowUpdate, 1)
  header.writeUInt16BE(flags, 2)
  header.writeUInt32BE(stream, 4)
  header.writeUInt32BE(bytes, 8)
  return header
}
