/**
 * Tries each address of the own subnet: finds hosts where there is neither multicast nor a seed nor anybody who remembers. It connects and hangs up; only where
 * somebody accepts is an address found. Opt-in, since to whoever watches a network this looks like a scan, which it is.
 *
 * At most a /22 around the own address, at most so many at once and so many a second: a /24 takes 6 seconds.
 */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../../core/record.ts'
import type { Source, SourceDependencies } from './source.ts'
import { sweptAddresses } from './subnet.ts'

export interface SweepOptions {
  readonly port: number
  /** Prefix length of the subnet of an own address; null: not known. */
  readonly prefixLengthOf: (own: Address) => number | null
}

export interface SweepDependencies extends SourceDependencies {
  /** Whether somebody accepts there. @default by TCP */
  readonly accepts?: (address: Address, port: number, signal: AbortSignal) => Promise<boolean>
}

/** Between two of them. */
export const paceMs = 25
/** Between the end of one sweep and the next, alone and in a group. */
export const aloneRestMs = 10_000
export const togetherRestMs = 600_000
/** Where nobody answers at all, the kernel asks for the MAC for 3 s. */
const acceptWithinMs = 500

export function createSweep ({ port, prefixLengthOf }: SweepOptions, { found, alone, accepts = acceptsTcp }: SweepDependencies): Source {
  let own: Address | null = null
  let ending = new AbortController()
  let running = false

  async function look (address: Address, signal: AbortSignal): Promise<void> {
    if (await accepts(address, port, signal) && !signal.aborted) found({ address, port })
  }

  async function sweep (from: Address, { signal }: AbortController): Promise<void> {
    const prefixLength = prefixLengthOf(from)
    if (prefixLength === null) return
    for (const address of sweptAddresses(from, prefixLength)) {
      void look(address, signal)
      await sleep(paceMs, undefined, { signal })
    }
  }

  async function turns (from: Address, controller: AbortController): Promise<void> {
    const { signal } = controller
    try {
      for (;;) {
        await sweep(from, controller)
        // In a group for long; somebody who was in one and is alone looks around soon.
        for (let restedMs = 0; restedMs < (alone() ? aloneRestMs : togetherRestMs); restedMs += aloneRestMs) await sleep(aloneRestMs, undefined, { signal, ref: false })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  function begin (): void {
    ending.abort()
    ending = new AbortController()
    if (running && own !== null) void turns(own, ending)
  }

  return {
    start () {
      running = true
      begin()
    },
    setOwnAddress (address) {
      if (address === own) return
      own = address
      begin()
    },
    stop () {
      running = false
      ending.abort()
    }
  }
}

async function acceptsTcp (host: Address, port: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, timeout: acceptWithinMs })
  const end = (): void => { socket.destroy() }
  signal.addEventListener('abort', end, { once: true })
  socket.once('connect', () => { resolve(true) }).once('error', () => { resolve(false) }).once('timeout', () => { resolve(false) }).once('close', () => { resolve(false) })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}
