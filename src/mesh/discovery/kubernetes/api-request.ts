/** One request of the Kubernetes API over HTTPS, whose answer is read as it comes. Plain `node:https`: a client of the whole API would be larger than the rest of the agent. */
import type { IncomingMessage } from 'node:http'
import type { ApiAccess } from './api-access.ts'

/** The API answered something else than 200. */
export class ApiStatusError extends Error {
  readonly code = 'API_STATUS'
  readonly status: number

  constructor (status: number, said: string) {
    super(`the API answers ${status}: ${said}`)
    this.status = status
  }
}

/** Until the first byte; a server that is gone must not hold up what is tried next. */
const answerWithinMs = 10_000
/** Of an answer that is no success. */
const saidMax = 200

/** Resolves with the answer's body, once its status is 200. @throws ApiStatusError, and what `node:https` throws */
export async function requestApi ({ server, ...access }: ApiAccess, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  // Not at the top: a bundle loads what any of its modules imports there at each start, and with this one all of HTTP and TLS.
  const { request } = await import('node:https')
  const { token, ...tls } = access
  const sent = request(new URL(path, server), { ...tls, agent: false, signal, timeout: answerWithinMs, headers: { Accept: 'application/json', ...token !== undefined && { Authorization: `Bearer ${token}` } } })
  sent.once('timeout', () => { sent.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`)) })
  sent.end()
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  sent.once('response', resolve).once('error', reject)
  const response = await promise
  sent.setTimeout(0)
  // What ends it later is the reader's to see.
  sent.on('error', () => {})
  const status = response.statusCode ?? 0
  if (status === 200) return response
  let said = ''
  for await (const chunk of response.setEncoding('utf8')) if ((said += String(chunk)).length > saidMax) break
  throw new ApiStatusError(status, said.slice(0, saidMax))
}
