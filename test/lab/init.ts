/**
 * Starts the first process of a set of new namespaces: the room, or a host nested in it. The room is tied to this
 * process by its parent-death signal, so that even a test that is killed with -9 takes its whole lab with it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { childOf, continueAll, enter, signalIfThere } from './program.ts'

export interface Init {
  /** As seen from outside. */
  readonly pid: number
  /** Kills it and with it every process in its namespaces; resolves when it is gone. */
  readonly end: () => Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')
const NAMESPACES = ['--mount', '--uts', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']

export async function startRoom (): Promise<Init> {
  const unshare = ['unshare', ...NAMESPACES, 'sh', join(import.meta.dirname, 'room.sh'), ROOT]
  return start(['setpriv', '--pdeathsig', 'KILL', ...unshare], 1)
}

/** @param room the process id of the room's init */
export async function startHost (room: number, name: string): Promise<Init> {
  const unshare = ['unshare', ...NAMESPACES, 'sh', join(import.meta.dirname, 'host.sh'), ROOT, name]
  return start(enter(room, unshare, ['mount', 'pid']), 2)
}

/** @param forks how many processes down the init is: one for `unshare`, and one more for `nsenter` */
async function start ([file = '', ...args]: string[], forks: 1 | 2): Promise<Init> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const exited = once(child, 'exit')
  const complaints: string[] = []
  createInterface({ input: child.stderr }).on('line', line => { complaints.push(line) })
  const ready = once(createInterface({ input: child.stdout }), 'line')
  if (await Promise.race([ready, exited.then(() => null)]) === null) {
    throw new Error(`could not make namespaces (are you root?): ${complaints.join('; ')}`)
  }
  const first = childOf(child.pid)
  const pid = forks === 1 ? first : childOf(first)
  return { pid, end }

  async function end (): Promise<void> {
    signalIfThere(pid, 'SIGKILL')
    continueAll()
    await exited
  }
}
