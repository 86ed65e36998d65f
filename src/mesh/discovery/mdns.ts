/**
 * Members on the same segment, by multicast DNS on the interface of the own source address, for as long as there is
 * one. A socket whose address has changed, that could not be opened or that went deaf is replaced by another.
 */
import type { Logger } from 'pino'
import type { Address } from '../../core/record.ts'
import { serviceTagOf, type Group } from '../group.ts'
import type { Lead, Source, SourceDependencies } from './source.ts'
import { createVoice, type Voice } from './voice.ts'

/**
 * Endpoints that are followed, for each own address. Anybody on the segment can announce any number of them, and each is dialled; those
 * beyond this are not missed, since a host of ours that is not found here finds us.
 */
export const leadsMax = 128

/** A socket that could not be opened, or lost its interface, is replaced after this. */
const reopenAfterMs = 2000

export interface MdnsDependencies extends SourceDependencies {
  readonly log: Logger
}

export function createMdns (options: { readonly group: Group, readonly port: number }, dependencies: MdnsDependencies): Source {
  const tag = serviceTagOf(options.group)
  let ownAddress: Address | null = null
  let started = false
  let voice: Voice | null = null
  let reopenTimer: NodeJS.Timeout | null = null

  function open (): void {
    close()
    if (!started || ownAddress === null) return
    const found = atMost(leadsMax, dependencies.found, () => { dependencies.log.warn({ endpoints: leadsMax }, 'more endpoints than these are announced by mDNS: no further one is followed') })
    voice = createVoice({ tag, own: { address: ownAddress, port: options.port } }, { ...dependencies, found, onLost: reopenSoon })
  }

  function close (): void {
    if (reopenTimer !== null) clearTimeout(reopenTimer)
    reopenTimer = null
    voice?.close()
    voice = null
  }

  function reopenSoon (reason: string): void {
    if (reopenTimer !== null) return
    dependencies.log.debug({ address: ownAddress, reason }, 'mDNS socket is opened anew')
    voice?.close()
    voice = null
    reopenTimer = setTimeout(open, reopenAfterMs)
  }

  return {
    start () {
      started = true
      open()
    },
    setOwnAddress (address) {
      if (address === ownAddress) return
      ownAddress = address
      open()
    },
    stop () {
      started = false
      close()
    }
  }
}

/** Passes so many different leads on, each as often as it comes. */
export function atMost (leads: number, found: (lead: Lead) => void, onMore: () => void): (lead: Lead) => void {
  const passed = new Set<string>()
  let isFull = false
  return (lead) => {
    const place = `${lead.address} ${lead.port}`
    if (!passed.has(place) && passed.size >= leads) {
      if (!isFull) onMore()
      isFull = true
      return
    }
    passed.add(place)
    found(lead)
  }
}
