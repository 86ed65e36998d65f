/**
 * One agent for one place. Two groups on one host are two agents, each with directories and a conf of its own; what they would
 * share, each would overwrite for the other. So whoever writes to a place listens on a socket in it, and says to everybody who
 * connects who it is. A socket goes with its process, however that ends, and is seen from another container on the same volume.
 *
 * Where none can be made (a disk that is full or read-only) nothing is written either, and there is nothing to guard.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { ProcessConfig } from '../config/config.ts'
import { linesOf } from '../lines.ts'
import { listenAlone, pathBytesMax } from '../status/sole.ts'

/** Another agent writes there. `code`: `PLACE_IN_USE`. */
export class PlaceInUseError extends Error {
  readonly code = 'PLACE_IN_USE'

  constructor (what: string, holder: string | null, own: string, remedy: string) {
    super(`${what} is in use by ${holder ?? 'another agent, which does not say who it is'}; received it for ${own} as well: give each virtual router id its own ${remedy}`)
  }
}

export interface Place {
  /** For people. */
  readonly what: string
  /** Where the socket is; its directory is there. */
  readonly socket: string
  /** The variable that gives another place. */
  readonly remedy: string
}

export interface Tenure {
  readonly end: () => Promise<void>
}

const NO_TENURE: Tenure = { end: async () => {} }

/** More than any name of an agent. */
const NAME_BYTES_MAX = 1024
/** A busy machine; whoever is stopped says nothing, and is there all the same. */
const ANSWER_MAX_MS = 2000

/** Who this agent is, as the operator of another one would look for it. */
export function nameOf ({ virtualRouterId, runDir }: Pick<ProcessConfig, 'runDir'> & { readonly virtualRouterId: number }): string {
  return `virtual router id ${virtualRouterId} (run directory ${runDir})`
}

/** @param own who this agent is, for the other one's operator. @throws PlaceInUseError */
export async function holdPlace ({ what, socket: path, remedy }: Place, own: string): Promise<Tenure> {
  if (Buffer.byteLength(path) > pathBytesMax) return NO_TENURE
  const server = createServer((socket) => {
    socket.on('error', () => { socket.destroy() })
    socket.end(`${own}\n`)
  })
  const isAlone = await listenAlone(server, path).catch(() => null)
  if (isAlone === null) {
    server.close()
    return NO_TENURE
  }
  if (!isAlone) throw new PlaceInUseError(what, await holderOf(path), own, remedy)
  server.unref()
  return {
    async end () {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      await closed
    }
  }
}

async function holderOf (path: string): Promise<string | null> {
  const socket = connect(path).setTimeout(ANSWER_MAX_MS, () => { socket.destroy() })
  try {
    for await (const line of linesOf(socket, NAME_BYTES_MAX)) return line
    return null
  } catch {
    return null
  } finally {
    socket.destroy()
  }
}
