/**
 * A Kubernetes API as far as Nodes go: a real HTTPS server that lists in pages and watches as the documentation says, forgets old versions (410 Gone), and can be
 * cut off or stopped. Nothing is faked but the cluster behind it.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: { readonly metadata: { readonly name: string, readonly resourceVersion: string } }
}

export interface KubeApi {
  readonly port: number
  /** The certificate that it shows, PEM: its own authority. */
  readonly ca: string
  readonly token: string
  /** Paths with their query, in the order in which they were asked for. */
  readonly asked: string[]
  readonly put: (name: string, address: string) => void
  readonly remove: (name: string) => void
  /** No version up to now can be watched from any more. */
  readonly compact: () => void
  /** Cuts every connection. */
  readonly disconnect: () => void
  readonly stop: () => Promise<void>
  /** Again on the same port. */
  readonly start: () => Promise<void>
  /** Resolves when so many watches are open. */
  readonly watched: (count: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Whose bearer is let in. */
export const KUBE_TOKEN = 'a-token'

/** What it shows to clients, PEM. */
export interface KubeIdentity {
  readonly key: string
  readonly cert: string
}

export interface KubeApiOptions {
  readonly selector: string
  /** Where it listens. */
  readonly host?: string
  readonly port?: number
  /** One for that host alone, unless given. */
  readonly identity?: KubeIdentity
}

/** A key with a certificate of its own for these addresses, good for two days. */
export function newKubeIdentity (addresses: readonly string[]): KubeIdentity {
  const folder = mkdtempSync(join(tmpdir(), 'kube-api-'))
  const names = addresses.map((address) => `IP:${address}`).join()
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=kubernetes', '-addext', `subjectAltName=${names}`, '-days', '2',
    '-keyout', join(folder, 'key'), '-out', join(folder, 'crt')], { stdio: 'ignore' })
  const [key, cert] = [readFileSync(join(folder, 'key'), 'utf8'), readFileSync(join(folder, 'crt'), 'utf8')]
  rmSync(folder, { recursive: true })
  return { key, cert }
}

export async function startKubeApi ({ selector, host = '127.0.0.1', port = 0, identity: { key, cert } = newKubeIdentity([host]) }: KubeApiOptions): Promise<KubeApi> {
  const nodes = new Map<string, Change['object']>()
  const history: Change[] = []
  const watches = new Set<ServerResponse>()
  const waiting = new Set<() => void>()
  const asked: string[] = []
  let version = 100
  let oldest = 0
  let server: Server
  let bound = port

  function record (type: Change['type'], object: Change['object']): void {
    const change = { type, object }
    history.push(change)
    for (const response of watches) response.write(`${JSON.stringify(change)}\n`)
  }

  function answer (request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'https://x')
    asked.push(request.url ?? '')
    // Open to all, as `system:public-info-viewer` has it.
    if (url.pathname === '/livez') return void response.writeHead(200).end('ok')
    if (request.headers.authorization !== `Bearer ${KUBE_TOKEN}`) return fail(response, 401, 'Unauthorized')
    if (url.pathname !== '/api/v1/nodes' || url.searchParams.get('labelSelector') !== selector) return fail(response, 404, 'not found')
    return url.searchParams.get('watch') === 'true' ? watch(Number(url.searchParams.get('resourceVersion')), response) : list(url, response)
  }

  function list (url: URL, response: ServerResponse): void {
    const all = [...nodes.values()]
    const from = Number(url.searchParams.get('continue') ?? 0)
    // Two a page, whatever is asked for: a server may give fewer.
    const items = all.slice(from, from + 2)
    const more = from + items.length < all.length
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ kind: 'NodeList', metadata: { resourceVersion: String(version), ...more && { continue: String(from + items.length) } }, items }))
  }

  function watch (from: number, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.flushHeaders()
    if (from < oldest) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, message: `too old resource version: ${from} (${oldest})` } })}\n`)
      return
    }
    for (const change of history) if (Number(change.object.metadata.resourceVersion) > from) response.write(`${JSON.stringify(change)}\n`)
    watches.add(response)
    response.once('close', () => watches.delete(response))
    for (const wake of waiting) wake()
  }

  async function start (): Promise<void> {
    server = createServer({ key, cert }, answer)
    server.listen(bound, host)
    await once(server, 'listening')
    const address = server.address()
    if (address !== null && typeof address === 'object') bound = address.port
  }

  async function stop (): Promise<void> {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  await start()
  return {
    port: bound,
    ca: cert,
    token: KUBE_TOKEN,
    asked,
    put (name, address) {
      const type = nodes.has(name) ? 'MODIFIED' : 'ADDED'
      const object = { metadata: { name, resourceVersion: String(++version) }, status: { addresses: [{ type: 'Hostname', address: name }, { type: 'InternalIP', address }] } }
      nodes.set(name, object)
      record(type, object)
    },
    remove (name) {
      const object = nodes.get(name)
      if (object === undefined) return
      nodes.delete(name)
      record('DELETED', { ...object, metadata: { name, resourceVersion: String(++version) } })
    },
    compact () {
      oldest = version
      history.length = 0
    },
    disconnect: () => { server.closeAllConnections() },
    stop,
    start,
    async watched (count) {
      while (watches.size < count) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake)
            resolve()
          }
          waiting.add(wake)
        })
      }
    },
    close: stop
  }
}

function fail (response: ServerResponse, code: number, message: string): void {
  response.writeHead(code)
  response.end(JSON.stringify({ kind: 'Status', code, message }))
}
