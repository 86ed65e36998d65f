/**
 * The control socket: how the operator's commands reach the agent that runs. A unix socket that only its owner may
 * open, so whoever can write to it could as well have killed the agent; there is no other authentication.
 *
 * It also keeps a second agent out of the same run directory (sole.ts).
 */
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { dirname } from 'node:path'
import { LineTooLongError, linesOf } from '../lines.ts'
import { requestBytesMax, requestIn } from './request.ts'
import type { ControlAnswer, ControlRequest } from './request.ts'
import { listenAlone, pathBytesMax } from './sole.ts'

export interface ControlOptions {
  /** Path of the socket; its directory is made (0700) when missing. */
  readonly path: string
}

export interface ControlDependencies {
  /** Performs a request. A fault of the operator is an answer; a rejection is a defect and is not caught. */
  readonly answer: (request: ControlRequest) => Promise<ControlAnswer>
}

export interface Control {
  /** Stops listening, hangs up on everybody, removes the socket. */
  readonly close: () => Promise<void>
}

/** The socket cannot be opened; the message says why and what to do. */
export class ControlError extends Error {
  readonly code: 'ERR_CONTROL_IN_USE' | 'ERR_CONTROL_UNUSABLE'

  constructor (code: ControlError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A status a second from a few people, with room: beyond it connections are dropped at once. */
const connectionsMax = 32

/** Who connects and then says nothing is hung up on. */
const silenceMaxMs = 10_000

/**
 * Opens the control socket and answers until closed.
 *
 * @throws ControlError `ERR_CONTROL_IN_USE` when another agent answers there; `ERR_CONTROL_UNUSABLE` when the path
 * cannot be a socket
 */
export async function createControl (options: ControlOptions, dependencies: ControlDependencies): Promise<Control> {
  const { path } = options
  if (Buffer.byteLength(path) > pathBytesMax) {
    throw new ControlError('ERR_CONTROL_UNUSABLE', `control socket ${path}: received a path of ${Buffer.byteLength(path)} bytes, expected at most ${pathBytesMax}`)
  }
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    void converse(socket, dependencies)
  })
  server.maxConnections = connectionsMax
  await open(server, path)
  return {
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    }
  }
}

async function open (server: Server, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    if (await listenAlone(server, path)) return
  } catch (error) {
    throw new ControlError('ERR_CONTROL_UNUSABLE', `control socket ${path}: cannot be opened: ${String(error)}`, { cause: error })
  }
  throw new ControlError('ERR_CONTROL_IN_USE', `control socket ${path}: another agent answers there; stop it, or give this one its own KEEPALIVED_MESH_RUN_DIR`)
}

async function converse (socket: Socket, { answer }: ControlDependencies): Promise<void> {
  socket.on('error', () => socket.destroy())
  socket.setTimeout(silenceMaxMs, () => socket.destroy())
  try {
    for await (const line of linesOf(socket, requestBytesMax)) {
      const read = requestIn(line)
      socket.setTimeout(0)
      const given = read.ok ? await answer(read.request) : read
      if (!socket.writable) return
      socket.write(lineOf(given))
      socket.setTimeout(silenceMaxMs)
    }
    socket.end()
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error
    socket.end(lineOf({ ok: false, error: error.message }), () => socket.destroy())
  }
}

function lineOf (answer: ControlAnswer): string {
  return JSON.stringify(answer) + '\n'
}
