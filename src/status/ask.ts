/**
 * The other end of the control socket: asks the agent of this host one thing. Nothing here retries; that no agent
 * answers is itself an answer, and says which socket was tried.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { linesOf } from '../lines.ts'
import { answerBytesMax, answerSchema } from './request.ts'
import type { ControlRequest } from './request.ts'

export interface AskOptions {
  /** Path of the agent's control socket. */
  readonly path: string
  /** Whole time for connecting and the answer. */
  readonly timeoutMs: number
}

/** What went wrong, as one line for people. */
export class AskError extends Error {
  readonly code: 'ERR_NO_AGENT' | 'ERR_AGENT_SILENT' | 'ERR_AGENT_REFUSED' | 'ERR_ANSWER_UNREADABLE'

  constructor (code: AskError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * The agent's answer to `request`.
 *
 * @throws AskError `ERR_NO_AGENT` when none listens; `ERR_AGENT_SILENT` when it took too long or hung up;
 * `ERR_AGENT_REFUSED` with the agent's own words; `ERR_ANSWER_UNREADABLE`
 */
export async function askAgent (request: ControlRequest, options: AskOptions): Promise<unknown> {
  const signal = AbortSignal.timeout(options.timeoutMs)
  const socket = connect(options.path)
  try {
    await reach(socket, options.path, signal)
    socket.write(JSON.stringify(request) + '\n')
    return resultOf(await firstLine(socket, options, signal), options.path)
  } finally {
    socket.destroy()
  }
}

async function reach (socket: Socket, path: string, signal: AbortSignal): Promise<void> {
  try {
    await once(socket, 'connect', { signal })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_UNKNOWN'
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AskError('ERR_NO_AGENT', `the control socket ${path} may not be opened by this user: run as the agent's user`, { cause: error })
    }
    throw new AskError('ERR_NO_AGENT', `no agent answers at ${path} (${code}): is it running, with this KEEPALIVED_MESH_RUN_DIR?`, { cause: error })
  }
}

async function firstLine (socket: Socket, { path, timeoutMs }: AskOptions, signal: AbortSignal): Promise<string> {
  const hangUp = () => { socket.destroy() }
  signal.addEventListener('abort', hangUp)
  try {
    for await (const line of linesOf(socket, answerBytesMax)) return line
  } catch (error) {
    throw new AskError('ERR_ANSWER_UNREADABLE', `the agent at ${path} gives no end of an answer`, { cause: error })
  } finally {
    signal.removeEventListener('abort', hangUp)
  }
  throw new AskError('ERR_AGENT_SILENT', signal.aborted
    ? `the agent at ${path} did not answer within ${timeoutMs} ms`
    : `the agent at ${path} hung up without an answer`)
}

function resultOf (line: string, path: string): unknown {
  const answer = answerSchema.safeParse(parseJson(line))
  if (!answer.success) throw new AskError('ERR_ANSWER_UNREADABLE', `the answer of the agent at ${path} is not understood: is it of another version?`, { cause: answer.error })
  if (!answer.data.ok) throw new AskError('ERR_AGENT_REFUSED', answer.data.error)
  return answer.data.result
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
