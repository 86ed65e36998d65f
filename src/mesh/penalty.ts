/**
 * Peers that sent what no agent of ours sends are refused for a while, and named in the log once: they would come
 * back at once, and each time cost a handshake and a line.
 */
import type { Logger } from 'pino'
import type { MemberId } from '../core/record.ts'
import { createAllowance } from './allowance.ts'
import { createRecent } from './recent.ts'

/** Long enough that a stream of handshakes costs nothing, short enough that a mended host is back before anyone asks. */
export const penaltyMs = 10_000

/** Peers that are remembered; the secret keeps strangers out, so this is about members gone wrong. */
const offendersMax = 256

/** Lines in the log: one who comes under a new key each time must not fill a disk. */
const linesPace = { burst: 20, perSecond: 1 / 60 }

export interface Penalties {
  readonly impose: (id: MemberId, offence: string) => void
  readonly holds: (id: MemberId) => boolean
}

export function createPenalties (dependencies: { readonly log: Logger, readonly nowMs: () => number }): Penalties {
  const { log, nowMs } = dependencies
  const lines = createAllowance(linesPace)
  const until = createRecent<MemberId, number>(offendersMax)
  return {
    impose (id, offence) {
      const isTold = until.get(id) === undefined && lines.take(nowMs())
      log[isTold ? 'warn' : 'debug']({ peer: id, offence, refusedForMs: penaltyMs }, 'peer dropped for what it sent')
      until.put(id, nowMs() + penaltyMs)
    },
    holds: (id) => (until.get(id) ?? 0) > nowMs()
  }
}
