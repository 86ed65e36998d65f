/**
 * The mesh as the shell shows it to a core: streams that stay, one each pair, with the manners of TCP. What makes it a
 * good adversary is what TCP does when a cable is cut, namely nothing: both ends stay open, what is sent waits, and after a
 * heal comes late, at the next retransmission. Only a process that ends says so (FIN or RST, in milliseconds), and
 * only if the other host can hear it; a host that lost its power says so when it is back and hears of an old stream.
 */
import type { Happening } from '../../src/core/event.ts'
import type { Message } from '../../src/core/message.ts'
import type { Address, MemberId } from '../../src/core/record.ts'
import type { Clock } from './clock.ts'
import type { Network } from './network.ts'

/** A process that can hold streams: one run of an agent. */
export interface Endpoint {
  readonly id: MemberId
  /** Index of the host that it runs on. */
  readonly host: number
  readonly address: () => Address | null
  readonly port: number
  readonly isAlive: () => boolean
  readonly deliver: (happening: Happening) => void
}

export interface Links {
  /** Opens a stream between two processes that reached each other; where a live one is there, only the dialler hears who answered. */
  readonly open: (dialler: Endpoint, listener: Endpoint, dialled: Address) => void
  readonly send: (from: Endpoint, to: MemberId, message: Message) => void
  readonly hangUp: (from: Endpoint, to: MemberId) => void
  /** The members that this process has a stream to. */
  readonly linkedTo: (from: Endpoint) => Iterable<Endpoint>
  /** The process has ended: its kernel closes all its streams. `silently`: the kernel is gone as well. */
  readonly end: (endpoint: Endpoint, silently: boolean) => void
  /** A cut is over: what waits is sent again, each stream at its own next retransmission. */
  readonly resume: () => void
}

/** One end of a stream. */
interface Line {
  readonly owner: Endpoint
  readonly to: Endpoint
  far: Line | null
  isOpen: boolean
  /** Nothing that is sent later arrives earlier. */
  arrivesAtMs: number
  readonly waiting: Message[]
  waitsSinceMs: number
}

const FIRST_RETRANSMISSION_MS = 200
/** A kernel tells of the end of a process: 5–11 ms measured. */
const FAREWELL_MS = 6
const EPHEMERAL_PORT = 40_000

export function createLinks ({ clock, network }: { readonly clock: Clock, readonly network: Network }): Links {
  const linesOf = new Map<Endpoint, Map<MemberId, Line>>()
  const lines = (endpoint: Endpoint): Map<MemberId, Line> => {
    const known = linesOf.get(endpoint)
    if (known !== undefined) return known
    const fresh = new Map<MemberId, Line>()
    linesOf.set(endpoint, fresh)
    return fresh
  }

  /** This end is over; its owner is told, if it still lives. */
  const close = (line: Line): void => {
    if (!line.isOpen) return
    line.isOpen = false
    line.waiting.length = 0
    if (lines(line.owner).get(line.to.id) === line) lines(line.owner).delete(line.to.id)
    if (line.owner.isAlive()) line.owner.deliver({ kind: 'unlinked', id: line.to.id })
  }

  /** Tells the other end, if that can be heard just now. */
  const closeFar = (line: Line): void => {
    const { far } = line
    if (far === null || !network.passes('mesh', line.owner.host, line.to.host)) return
    clock.at(Math.max(clock.nowMs() + FAREWELL_MS, line.arrivesAtMs), () => close(far))
  }

  const transmit = (line: Line, message: Message): void => {
    line.arrivesAtMs = Math.max(line.arrivesAtMs, clock.nowMs() + network.segmentMs())
    clock.at(line.arrivesAtMs, () => {
      if (line.far?.isOpen === true && line.to.isAlive()) line.to.deliver({ kind: 'message', from: line.owner.id, message })
      else if (network.joins('mesh', line.owner.host, line.to.host)) close(line)
    })
  }

  const retransmit = (line: Line): void => {
    if (!line.isOpen || line.waiting.length === 0 || !network.joins('mesh', line.owner.host, line.to.host)) return
    for (const message of line.waiting.splice(0)) transmit(line, message)
  }

  return {
    open (dialler, listener, dialled) {
      const old = [lines(dialler).get(listener.id), lines(listener).get(dialler.id)]
      if (old.every(line => line !== undefined && line.far?.isOpen === true && line.to.isAlive())) {
        return dialler.deliver({ kind: 'verified', id: listener.id, address: dialled, port: listener.port })
      }
      for (const line of old) if (line !== undefined) close(line)
      const arrivesAtMs = clock.nowMs() + network.delayMs()
      const line = (owner: Endpoint, to: Endpoint): Line =>
        ({ owner, to, far: null, isOpen: true, arrivesAtMs, waiting: [], waitsSinceMs: 0 })
      const near = line(dialler, listener)
      const far = line(listener, dialler)
      near.far = far
      far.far = near
      lines(dialler).set(listener.id, near)
      lines(listener).set(dialler.id, far)
      dialler.deliver({ kind: 'linked', id: listener.id, address: dialled, port: listener.port, dialled: true })
      clock.at(arrivesAtMs, () => {
        if (!far.isOpen || !listener.isAlive()) return
        const address = dialler.address() ?? dialled
        listener.deliver({ kind: 'linked', id: dialler.id, address, port: EPHEMERAL_PORT + dialler.host, dialled: false })
      })
    },
    send (from, to, message) {
      const line = lines(from).get(to)
      if (line === undefined) return
      if (line.waiting.length === 0 && network.passes('mesh', from.host, line.to.host)) return transmit(line, message)
      if (line.waiting.length === 0) line.waitsSinceMs = clock.nowMs()
      line.waiting.push(message)
    },
    hangUp (from, to) {
      const line = lines(from).get(to)
      if (line === undefined) return
      closeFar(line)
      close(line)
    },
    * linkedTo (from) {
      for (const line of lines(from).values()) yield line.to
    },
    end (endpoint, silently) {
      for (const line of Array.from(lines(endpoint).values())) {
        if (!silently) closeFar(line)
        close(line)
      }
      linesOf.delete(endpoint)
    },
    resume () {
      for (const ends of linesOf.values()) {
        for (const line of ends.values()) {
          if (line.waiting.length > 0) clock.at(nextRetransmissionMs(line.waitsSinceMs, clock.nowMs()), () => retransmit(line))
        }
      }
    },
  }
}

/** Retransmissions come 0.2, 0.6, 1.4, 3, … s after the first try: each wait is twice the one before (RFC 6298). */
export function nextRetransmissionMs (firstTriedAtMs: number, nowMs: number): number {
  let waitMs = FIRST_RETRANSMISSION_MS
  let atMs = firstTriedAtMs + waitMs
  while (atMs <= nowMs) {
    waitMs *= 2
    atMs += waitMs
  }
  return atMs
}
