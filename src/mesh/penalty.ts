/**
 * Peers that sent what no agent of ours sends are refused for a while, and named in the log once: they would come
 * back at once, and each time cost a handshake and a line. Whoever makes a new key for each time is refused by address, when
 * it has come so often.
 */
import type { Logger } from 'pino'
import type { Address, MemberId } from '../core/record.ts'
import { createAllowance, type Allowance } from './allowance.ts'
import { createRecent } from './recent.ts'

/** Long enough that a stream of handshakes costs nothing, short enough that a mended host is back before anyone asks. */
export const penaltyMs = 10_000

/** Peers that are remembered; the secret keeps strangers out, so this is about members gone wrong. */
const offendersMax = 256

/** Lines in the log: one who comes under a new key each time must not fill a disk. */
const linesPace = { burst: 20, perSecond: 1 / 60 }

/** Offences of one address: a group behind NAT may hold one that is broken, and that one comes back each ten seconds. */
const offencesPace = { burst: 8, perSecond: 0.2 }

export interface Penalties {
  readonly impose: (id: MemberId, offence: string, address: Address) => void
  readonly holds: (id: MemberId) => boolean
  /** Whether whoever comes from there is refused, whatever its key. */
  readonly holdsAddress: (address: Address) => boolean
}

export function createPenalties (dependencies: { readonly log: Logger, readonly nowMs: () => number }): Penalties {
  const { log, nowMs } = dependencies
  const lines = createAllowance(linesPace)
  const until = createRecent<MemberId, number>(offendersMax)
  const paces = createRecent<Address, Allowance>(offendersMax)
  const addressUntil = createRecent<Address, number>(offendersMax)
  return {
    impose (id, offence, address) {
      const isTold = until.get(id) === undefined && lines.take(nowMs())
      log[isTold ? 'warn' : 'debug']({ peer: id, address, offence, refusedForMs: penaltyMs }, 'peer dropped for what it sent')
      until.put(id, nowMs() + penaltyMs)
      const pace = paces.get(address) ?? createAllowance(offencesPace)
      paces.put(address, pace)
      if (!pace.take(nowMs())) addressUntil.put(address, nowMs() + penaltyMs)
    },
    holds: (id) => (until.get(id) ?? 0) > nowMs(),
    holdsAddress: (address) => (addressUntil.get(address) ?? 0) > nowMs()
  }
}
