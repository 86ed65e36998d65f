/**
 * The status over HTTP, for probes and scripts that cannot reach the control socket. It only reads, and tells nothing that `status` does not; by default it
 * listens on this host alone.
 */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Endpoint } from '../config/endpoint.ts'
import type { StatusDocument } from './document.ts'
import { unreadyReasons } from './ready.ts'

export interface Http {
  /** Cuts whoever is still connected. */
  readonly close: () => Promise<void>
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
}

const pages: Readonly<Record<string, (status: () => StatusDocument) => Page | Promise<Page>>> = {
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

/** Listens when it resolves. @throws Error of Node's when it cannot, with `code` */
export async function createHttp ({ address, port }: Endpoint, { status }: { readonly status: () => StatusDocument }): Promise<Http> {
  // Here and not above: commands that only ask start without it.
  const { createServer } = await import('node:http')
  const server = createServer({ requestTimeout: requestWithinMs, headersTimeout: requestWithinMs, keepAliveTimeout: requestWithinMs }, (request, response) => { void respond(request, response, status) })
  server.maxConnections = connectionsMax
  server.listen(port, address)
  await once(server, 'listening')
  return {
    async close () {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    }
  }
}

/** A defect of ours costs this one answer, not the agent. */
async function respond ({ method, url = '' }: IncomingMessage, response: ServerResponse, status: () => StatusDocument): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return answer(response.setHeader('Allow', 'GET, HEAD'), plain(405, `received ${method ?? 'nothing'}, expected GET or HEAD`))
  const [path = ''] = url.split('?')
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  try {
    return answer(response, await page?.(status) ?? plain(404, `expected one of ${Object.keys(pages).join(', ')}`))
  } catch (error) {
    return answer(response, plain(500, String(error)))
  }
}

/** Node leaves the body out where HEAD asks. */
function answer (response: ServerResponse, { code, type, text }: Page): void {
  response.writeHead(code, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
