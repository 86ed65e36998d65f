/**
 * One mDNS socket. It is bound to no address but sends and listens on the interface of the own address alone: by the
 * default route it would speak to the wrong network, or to none.
 *
 * A membership dies without a word when its interface is made anew. Our own questions come back to us for as long as
 * it lives, so one that does not is reason to open another socket.
 */
import { networkInterfaces } from 'node:os'
import createMulticastDns, { type MulticastDNS, type QueryPacket, type ResponsePacket } from 'multicast-dns'
import type { Logger } from 'pino'
import type { Address } from '../../core/record.ts'
import { answersFor, leadsIn, sameName, type Answers } from './announcement.ts'
import type { Lead, SourceDependencies } from './source.ts'

/**
 * When to ask, after the socket is open: often at first, since packets get lost; then for as long as the agent runs, unless another host has
 * asked the same meanwhile (RFC 6762, §7.3): all hear the answers, so one question serves them all, however many they are.
 */
const askAtMs = [0, 100, 400, 1500, 5000]
const askEveryMs = 15_000

/** Questions of our own that may go unheard before the socket counts as deaf. */
const unheardMax = 2

/** Answers are for all who listen, so one answers all that is asked within this; and none comes sooner than a second after the one before (RFC 6762, §6). */
const answerAfterMs = 100
const answerEveryMs = 1000

/** One socket's life. */
export interface Voice {
  readonly close: () => void
}

export interface VoiceDependencies extends SourceDependencies {
  readonly log: Logger
  /** The socket is of no more use; the caller closes it. Once or more. */
  readonly onLost: (reason: string) => void
}

/**
 * Asks and answers under the tag, from now on.
 * @param options.own what is announced; never a VIP
 */
export function createVoice (options: { readonly tag: string, readonly own: Lead }, dependencies: VoiceDependencies): Voice {
  const { tag, own } = options
  const { found, log, onLost } = dependencies
  const socket = openSocket(own.address)
  const timers = new Set<NodeJS.Timeout>()
  let unheard = 0
  let othersAskedAtMs = Number.NEGATIVE_INFINITY
  let answeredAtMs = Number.NEGATIVE_INFINITY
  let answerTimer: NodeJS.Timeout | null = null
  let closed = false

  function ask (): void {
    unheard++
    socket.query({ questions: [{ name: tag, type: 'PTR' }], additionals: answersFor(tag, own) }, noteFailure)
  }

  /** Judged here only: at the start several questions may go out before the first can come back. */
  function askAgain (): void {
    if (performance.now() - othersAskedAtMs < askEveryMs) return
    if (unheard < unheardMax) ask()
    else onLost('own questions are not heard')
  }

  function answerSoon (): void {
    const waitMs = Math.max(answerAfterMs, answeredAtMs + answerEveryMs - performance.now())
    answerTimer ??= setTimeout(() => {
      answerTimer = null
      answeredAtMs = performance.now()
      socket.respond({ answers: answersFor(tag, own) }, noteFailure)
    }, waitMs)
  }

  function noteFailure (error: unknown): void {
    if (error instanceof Error && !closed) onLost(error.message)
  }

  function hear (records: Answers): void {
    for (const lead of leadsIn(tag, records)) {
      if (lead.address !== own.address || lead.port !== own.port) found(lead)
    }
  }

  socket.on('query', ({ questions = [], additionals = [] }: QueryPacket) => {
    if (!questions.some(({ name, type }) => type === 'PTR' && sameName(name, tag))) return
    unheard = 0
    const [asker] = leadsIn(tag, additionals)
    if (asker?.address === own.address && asker.port === own.port) return
    othersAskedAtMs = performance.now()
    hear(additionals)
    answerSoon()
  })
  socket.on('response', ({ answers = [], additionals = [] }: ResponsePacket) => { hear([...answers, ...additionals]) })
  socket.on('error', (error: Error) => { onLost(error.message) })
  socket.on('warning', (error: Error) => { log.debug({ err: error }, 'mDNS warns') })
  socket.on('ready', () => {
    if (closed) return
    for (const atMs of askAtMs) timers.add(setTimeout(ask, atMs))
    timers.add(setInterval(askAgain, askEveryMs))
  })

  return {
    close () {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      if (answerTimer !== null) clearTimeout(answerTimer)
      socket.destroy()
    }
  }
}

/** On the interface of that address alone. */
export function openSocket (address: Address): MulticastDNS {
  if (!address.includes(':')) return createMulticastDns({ interface: address, bind: '0.0.0.0' })
  return createMulticastDns({ type: 'udp6', ip: 'ff02::fb', interface: `::%${interfaceOf(address)}`, bind: '::' })
}

/** The interface that carries the address; empty when none does, which the socket then reports. */
function interfaceOf (address: Address): string {
  const entry = Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(({ address: own }) => own === address))
  return entry?.[0] ?? ''
}
