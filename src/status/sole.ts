/**
 * One listener for one path: a unix socket that somebody answers on is in use, one that refuses was left by a process that
 * died. Of two that find such a one at the same time neither may remove the socket that the other has made by then, so what
 * stands there is moved away first, looked at once more under a name that nobody else knows, and put back if it answers.
 * Moved or not, a socket is reached by its name on the disk (unix(7)). A third one that begins in that very moment would find
 * the place free; three at once on one place are not looked out for.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, link, lstat, rename, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'

/** `sun_path` of unix(7) has 108 bytes, the last one zero; Node cuts a longer path off without a word. */
export const pathBytesMax = 107

/** Each means that another process was faster. */
const TRIES_MAX = 8

/** Whether `server` listens there now, for this user alone; false: somebody else does. @throws the system's errors */
export async function listenAlone (server: Server, path: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await answers(path)) return false
    if (await isLive(path)) return false
    if (await listens(server, path)) {
      await narrow(path)
      return true
    }
  }
  return false
}

/** Takes away what does not answer; whether it does after all. */
async function isLive (path: string): Promise<boolean> {
  const aside = join(dirname(path), `.${randomBytes(4).toString('hex')}`)
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  const isAlive = await answers(aside)
  if (isAlive) await link(aside, path).catch(() => {}) // a third one has the place
  await rm(aside)
  return isAlive
}

/** Whether somebody does. @throws for what is no socket */
async function answers (path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    if (codeOf(error) === 'ECONNREFUSED' && await mayBeSocket(path)) return false
    throw error
  } finally {
    socket.destroy()
  }
}

/** A plain file refuses as well; what another process has taken away meanwhile was a socket. */
async function mayBeSocket (path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSocket()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
}

/** It may be away for a moment, while somebody looks at it. */
async function narrow (path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await chmod(path, 0o600)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries === TRIES_MAX) throw error
      await answers(path)
    }
  }
}

async function listens (server: Server, path: string): Promise<boolean> {
  const listening = once(server, 'listening')
  server.listen(path)
  try {
    await listening
    return true
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return false
    throw error
  }
}

function codeOf (error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
