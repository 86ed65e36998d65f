/**
 * Tells of hosts that cannot join because of a secret, where each is told with what is likely wrong, once: they try again each
 * second, for as long as nobody mends it. A host that gets in afterwards, and then fails again, is told anew.
 */
import type { Logger } from 'pino'
import type { Address } from '../core/record.ts'
import type { Refusal } from './entrance.ts'

/** Hosts that are told of; a segment full of strangers must not fill a disk. */
const toldMax = 64

/**
 * `refusedUs`: dialled from here, it closed on our first words. `farOff`: it was not dialled, since the mesh is open. `tooFast`: it
 * connects faster than any agent does.
 */
export type Mismatch = Refusal | 'refusedUs' | 'farOff' | 'tooFast'

const likely: Readonly<Record<Mismatch, string>> = {
  otherSecret: 'a host with another secret, or no agent at all, connects to the mesh port: compare its KEEPALIVED_MESH_SECRET with this host\'s',
  noSecret: 'an agent without a secret connects to the mesh port: give it this group\'s KEEPALIVED_MESH_SECRET',
  hasSecret: 'an agent with a secret, or no agent at all, connects to the mesh port: give this host the KEEPALIVED_MESH_SECRET of its group',
  offLink: 'an agent without a secret connects from another network: without a secret only hosts of the same network are heard',
  farOff: 'a host on another network is not connected to: without a secret only those that are named by address are',
  tooFast: 'connections come faster than any agent makes them: most of this host\'s are closed unseen',
  refusedUs: 'an agent closes on our first words: compare its KEEPALIVED_MESH_SECRET with this host\'s'
}

export interface Strangers {
  readonly note: (address: Address, mismatch: Mismatch) => void
  /** It got in. */
  readonly forget: (address: Address) => void
}

export function createStrangers ({ log }: { readonly log: Logger }): Strangers {
  const told = new Map<Address, Set<Mismatch>>()
  let isFull = false
  return {
    note (address, mismatch) {
      const about = told.get(address) ?? new Set()
      if (about.has(mismatch)) return
      if (about.size === 0 && told.size >= toldMax) {
        if (!isFull) log.warn({ hosts: toldMax }, 'more hosts than these cannot join: no further one is named')
        isFull = true
        return
      }
      told.set(address, about.add(mismatch))
      log.warn({ address, mismatch }, likely[mismatch])
    },
    forget (address) { told.delete(address) }
  }
}
