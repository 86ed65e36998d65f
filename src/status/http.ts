/**
 * The status over HTTP: for probes and scripts that cannot reach the control socket, and for people a page that follows it. It only reads, and tells nothing that
 * `status` does not; by default it listens on this host alone.
 */
import { once } from 'node:events'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server as NetServer, type Socket } from 'node:net'
import type { Endpoint } from '../config/endpoint.ts'
import type { Board } from './board.ts'
import type { StatusDocument } from './document.ts'
import { unreadyReasons } from './ready.ts'
import { follow } from './sse.ts'

export interface Http {
  /** Cuts whoever is still connected. */
  readonly close: () => Promise<void>
}

export interface HttpDependencies {
  readonly status: () => StatusDocument
  readonly board: Pick<Board, 'entries' | 'watch'>
}

/** Far above what probes need; a flood leaves the agent its descriptors. */
const connectionsMax = 64
/** Milliseconds that a request may take to arrive, and a connection may idle. */
const requestWithinMs = 5000

interface Page {
  readonly code: number
  /** Of the media. */
  readonly type: string
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const eventsPath = '/v1/events'

const pages: Readonly<Record<string, (status: () => StatusDocument) => Page | Promise<Page>>> = {
  async '/' () {
    const { page, policy } = await import('./page.ts')
    return { code: 200, type: 'text/html; charset=utf-8', text: page, headers: { 'Content-Security-Policy': policy } }
  },
  '/healthz': () => plain(200, 'the agent runs'),
  '/readyz': (status) => {
    const reasons = unreadyReasons(status())
    return reasons.length === 0 ? plain(200, 'ready') : plain(503, reasons.join('\n'))
  },
  async '/metrics' (status) {
    const { metricsOf, metricsType } = await import('./metrics.ts')
    return { code: 200, type: metricsType, text: await metricsOf(status()) }
  },
  '/v1/status': (status) => ({ code: 200, type: 'application/json', text: JSON.stringify(status()) })
}

const plain = (code: number, text: string): Page => ({ code, type: 'text/plain; charset=utf-8', text: `${text}\n` })

/**
 * Listens when it resolves. What speaks HTTP is loaded when somebody connects: 4 MiB that an agent has no use for where nobody does.
 * @throws Error of Node's when it cannot, with `code`
 */
export async function createHttp ({ address, port }: Endpoint, dependencies: HttpDependencies): Promise<Http> {
  let speaking: Promise<HttpServer> | null = null
  const speak = async (socket: Socket): Promise<void> => {
    speaking ??= speaker(listener, dependencies)
    const server = await speaking
    server.emit('connection', socket)
    socket.resume()
  }
  // Paused, so that nothing is read before there is somebody to read it.
  const listener = createServer({ pauseOnConnect: true }, (socket) => { void speak(socket) })
  listener.maxConnections = connectionsMax
  listener.listen(port, address)
  await once(listener, 'listening')
  return {
    async close () {
      const server = await speaking ?? listener
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    }
  }
}

/** Takes over where the other listens, and whoever connects from then on. */
async function speaker (listener: NetServer, dependencies: HttpDependencies): Promise<HttpServer> {
  const http = await import('node:http')
  const server = http.createServer({ requestTimeout: requestWithinMs, headersTimeout: requestWithinMs, keepAliveTimeout: requestWithinMs },
    (request, response) => { void respond(request, response, dependencies) })
  server.maxConnections = connectionsMax
  server.listen(listener)
  await once(server, 'listening')
  return server
}

/** A defect of ours costs this one answer, not the agent. */
async function respond ({ method, url = '' }: IncomingMessage, response: ServerResponse, { status, board }: HttpDependencies): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return answer(response.setHeader('Allow', 'GET, HEAD'), plain(405, `received ${method ?? 'nothing'}, expected GET or HEAD`))
  const [path = ''] = url.split('?')
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  try {
    if (path === eventsPath && method === 'GET') return follow(response, status(), board)
    return answer(response, await page?.(status) ?? plain(404, `expected one of ${[...Object.keys(pages), eventsPath].join(', ')}`))
  } catch (error) {
    return answer(response, plain(500, String(error)))
  }
}

/** Node leaves the body out where HEAD asks. */
function answer (response: ServerResponse, { code, type, text, headers = {} }: Page): void {
  response.writeHead(code, { ...headers, 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
