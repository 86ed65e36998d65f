/**
 * A real HTTPS server on a host, in the place of a kube-apiserver, with a self-signed certificate made on the spot.
 */
import { join } from 'node:path'
import { execPath } from 'node:process'
import type { Changes } from './changes.ts'
import type { Host } from './host.ts'

/** How `/livez` answers: with that status, or not at all. */
export type Livez = 200 | 401 | 500 | 'hang'

export interface Apiserver {
  /** Resolves when every later request is answered so. */
  readonly answer: (livez: Livez) => Promise<void>
  /** As when the process crashes: connections are refused. */
  readonly kill: () => Promise<void>
}

export const APISERVER_PORT = 6443

const KEY = '/run/apiserver.key'
const CERT = '/run/apiserver.crt'
const NEW_CERT = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=lab', '-days', '2']

/** Starts the server on a host; resolves when it listens and is healthy. */
export async function startApiserver (host: Host, watch: Changes): Promise<Apiserver> {
  let now = ''
  await host.exec('openssl', ...NEW_CERT, '-keyout', KEY, '-out', CERT)
  const program = join(import.meta.dirname, 'apiserver-program.ts')
  const server = await host.spawn([execPath, program, String(APISERVER_PORT), KEY, CERT], {
    onLine: ({ source, text }) => {
      if (source === 'stdout') now = text
      watch.notify()
    }
  })
  await reached(200)
  return {
    answer: async livez => {
      server.write(`${livez}\n`)
      await reached(livez)
    },
    kill: async () => {
      server.signal('SIGKILL')
      await server.exited
    }
  }

  async function reached (livez: Livez): Promise<void> {
    await watch.until(() => now === String(livez), { what: `the apiserver of ${host.name} to answer ${livez}`, state: () => now })
  }
}
