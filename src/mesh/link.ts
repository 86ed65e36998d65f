/**
 * One link: a stream that stays open between two members, both ways, on a connection of its own. It turns frames into
 * messages and back, holds a talkative peer to its allowance, and ends for good on the first thing that is no message.
 * Which of two links to one member counts is for links.ts.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Message } from '../core/message.ts'
import type { Address, MemberId } from '../core/record.ts'
import { createAllowance } from './allowance.ts'
import { closeConnection } from './dialer.ts'
import { createFrameReader, frameOf, type Chunk } from './frame.ts'
import type { Account } from './scrutiny.ts'
import { decodeMessage, encodeMessage } from './wire.ts'

/** Messages: beats, answers and a table at each change stay below a tenth; the burst takes a large group's formation. */
const allowance = { burst: 600, perSecond: 100 }

/** Characters that count as a message more: 800 kB a second, where the largest table of a group has 400 kB. */
const charactersPerMessage = 8192

/** No beat, question or answer is longer, but an answer with the record of a member of a large group. */
const smallMax = 4096

/** What a peer may leave unread of ours before it counts as stuck: the tables of a large group, twice over. */
const unsentBytesMax = 8 * 1024 * 1024

/**
 * Characters of tables that go out: a few of the largest, then one each two seconds. Others are asked for by whoever finds that it lacks
 * something, and who makes tables large and asks without end would have all of the processor.
 */
const tables = { burst: 2 * 1024 * 1024, perSecond: 192 * 1024 }

/** A table below this is a word of its own: a member's record, or a few. */
const wholeTableMin = 64 * 1024

/** How long nothing is read of who sends more than all together may: a beat may wait so long, and nobody is missed for it. */
const overflowPauseMs = 1000

/** How long the remote may take to close its side after ours. */
const farewellMs = 1000

/**
 * A link on which no whole message comes for this long is of no use: each side sends a beat every forty seconds at least. Whoever
 * holds one open in silence, or sends a byte now and then, holds a connection and a buffer.
 */
export const silentMaxMs = 100_000

/** This process may not have run for a while: what came meanwhile is read first. */
const secondLookMs = 1000

export interface LinkOptions {
  readonly id: MemberId
  /** Whether this side opened it. */
  readonly dialled: boolean
  /** Where it was reached, or where it came from. */
  readonly address: Address
  /** 0 when it came in. */
  readonly port: number
}

export interface LinkDependencies {
  readonly connection: Connection
  readonly stream: Stream
  readonly account: Account
  readonly nowMs: () => number
  readonly deliver: (message: Message) => void
  /** Once, when nothing goes in or out any more. */
  readonly onEnd: (link: Link) => void
  /** The remote sent what no agent sends; the link ends with it. */
  readonly onOffence: (offence: string) => void
  /** Claims that only a newer agent may understand, and those that were not opened, since that one has cost too much. */
  readonly onSkipped: (claims: { readonly skipped: number, readonly deferred: number }) => void
  /** @default {@link silentMaxMs} */
  readonly silentMs?: number
}

export interface Link extends LinkOptions {
  readonly connection: Connection
  readonly openedAtMs: number
  /** Whether messages can still go out. */
  readonly isOpen: () => boolean
  /** Dropped in silence when the link has ended. */
  readonly send: (message: Message) => void
  /** Ends it once both sides have sent what they had to say. */
  readonly retire: () => void
  /** Ends it now; what was sent last may be lost. */
  readonly cut: () => void
}

/** A link on a stream that was just opened. Reads from now on; `onEnd` comes later in any case. */
export function createLink (options: LinkOptions, dependencies: LinkDependencies): Link {
  const { connection, stream, account, nowMs, deliver, onOffence, onSkipped, silentMs = silentMaxMs } = dependencies
  const frames = createFrameReader()
  const budget = createAllowance(allowance)
  const telling = createAllowance(tables)
  let ended = false
  let pauseTimer: NodeJS.Timeout | null = null
  let dueAtMs = nowMs() + silentMs
  const silenceTimer = setInterval(endSilence, silentMs).unref()
  stream.maxWriteBufferLength = unsentBytesMax

  const link: Link = {
    ...options,
    connection,
    openedAtMs: nowMs(),
    isOpen: () => !ended && stream.writeStatus === 'writable',
    send (message) {
      if (!link.isOpen() || !mayTell(message)) return
      try {
        for (const text of encodeMessage(message)) stream.send(frameOf(text))
      } catch (error) {
        cut(error)
      }
    },
    retire () {
      stream.close({ signal: AbortSignal.timeout(farewellMs) }).catch(cut)
      setTimeout(end, farewellMs).unref()
    },
    cut: () => { cut(new Error('link cut')) }
  }

  function end (): void {
    if (ended) return
    ended = true
    if (pauseTimer !== null) clearTimeout(pauseTimer)
    clearInterval(silenceTimer)
    void closeConnection(connection)
    dependencies.onEnd(link)
  }

  function cut (error: unknown): void {
    connection.abort(error instanceof Error ? error : new Error('link failed', { cause: error }))
    end()
  }

  function offend (offence: string): void {
    onOffence(offence)
    cut(new Error(offence))
  }

  function receive (text: string): void {
    dueAtMs = nowMs() + silentMs
    account.hear()
    const waitMs = budget.spend(nowMs(), 1 + text.length / charactersPerMessage)
    if (waitMs > 0) pause(waitMs)
    // It is told again: tables differ for as long as it is not read.
    if (text.length > smallMax && !account.reads(text.length)) {
      pause(overflowPauseMs)
      return
    }
    const decoded = decodeMessage(text, account.open, options.id)
    if (!decoded.ok) {
      offend(`message ${decoded.fault}`)
      return
    }
    if (decoded.value.kind === 'table' && !account.bears(decoded.value.claims)) {
      offend('tells of more members than any group has')
      return
    }
    if (decoded.skipped + decoded.deferred > 0) onSkipped(decoded)
    deliver(decoded.value)
  }

  /** A table that does not go out now goes once more is left: tables differ until then. */
  function mayTell (message: Message): boolean {
    const characters = message.kind === 'table' ? message.claims.reduce((sum, { envelope }) => sum + envelope.payload.length, 0) : 0
    if (characters < wholeTableMin) return true
    if (telling.spend(nowMs(), 0) > 0) return false
    telling.spend(nowMs(), characters)
    return true
  }

  /** What is paused is silent because we do not read. */
  const isSilent = (): boolean => nowMs() >= dueAtMs && pauseTimer === null && !ended

  function endSilence (): void {
    if (isSilent()) setTimeout(() => { if (isSilent()) cut(new Error('silent')) }, secondLookMs).unref()
  }

  function pause (waitMs: number): void {
    if (pauseTimer !== null || stream.readStatus !== 'readable') return
    stream.pause()
    pauseTimer = setTimeout(() => {
      pauseTimer = null
      if (stream.readStatus === 'paused') stream.resume()
    }, waitMs)
  }

  function read (chunk: Chunk): void {
    try {
      for (const text of frames.read(chunk)) {
        if (ended) return
        receive(text)
      }
    } catch (error) {
      offend(`bad frame: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  stream.addEventListener('message', ({ data }) => { read(data) })
  stream.addEventListener('remoteCloseWrite', () => { stream.close({ signal: AbortSignal.timeout(farewellMs) }).catch(cut) })
  stream.addEventListener('close', end)
  if (stream.status !== 'open') queueMicrotask(end)
  return link
}
