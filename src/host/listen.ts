/** Whether this host would let a program listen, found out by doing so for a moment. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { errnoOf } from './plain-file.ts'

/** The errno (`EADDRINUSE`, `EACCES`, …) for which nobody can listen on that TCP port of all addresses now; null when it can be done. */
export async function listenFaultOf (port: number): Promise<string | null> {
  const server = createServer().listen({ port, host: '0.0.0.0' })
  try {
    await once(server, 'listening')
    return null
  } catch (error) {
    return errnoOf(error)
  } finally {
    server.close()
  }
}
