/**
 * The status over HTTP, for probes and scripts that cannot reach the control socket. It only reads, and tells nothing that `status` does not; by default it
 * listens on this host alone.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
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
  readonly type: 'text/plain; charset=utf-8' | 'application/json'
  readonly text: string
}

const pages: Readonly<Record<string, (status: () => StatusDocument) => Page>> = {
  '/healthz': () => plain(200, 'the agent runs'),
  '/readyz': (status) => {
    const reasons = unreadyReasons(status())
    return reasons.length === 0 ? plain(200, 'ready') : plain(503, reasons.join('\n'))
  },
  '/v1/status': (status) => ({ code: 200, type: 'application/json', text: JSON.stringify(status()) })
}

const plain = (code: number, text: string): Page => ({ code, type: 'text/plain; charset=utf-8', text: `${text}\n` })

/** Listens when it resolves. @throws Error of Node's when it cannot, with `code` */
export async function createHttp ({ address, port }: Endpoint, { status }: { readonly status: () => StatusDocument }): Promise<Http> {
  const server = createServer({ requestTimeout: requestWithinMs, headersTimeout: requestWithinMs, keepAliveTimeout: requestWithinMs }, ({ method, url = '' }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return answer(response.setHeader('Allow', 'GET, HEAD'), plain(405, `received ${method ?? 'nothing'}, expected GET or HEAD`))
    const [path = ''] = url.split('?')
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined
    return answer(response, page?.(status) ?? plain(404, `expected one of ${Object.keys(pages).join(', ')}`))
  })
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

/** Node leaves the body out where HEAD asks. */
function answer (response: ServerResponse, { code, type, text }: Page): void {
  response.writeHead(code, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
