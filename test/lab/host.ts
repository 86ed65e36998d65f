/**
 * A host of the lab: namespaces of its own for network, mounts, processes and host name, a cable to the switch, and a
 * disk (/var/lib) that outlives a crash. To a program inside it looks like a container on a machine of its own.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Cable, layCable, macOf } from './cable.ts'
import { execIn, type Program, type ProgramOptions, signalAll, spawnIn } from './program.ts'
import { startHost } from './init.ts'
import type { Timeline } from './timeline.ts'

export interface Host {
  readonly name: string
  /** Its own address on eth0, without prefix length. */
  readonly address: string
  /** Of eth0. */
  readonly mac: string
  /** Its init, as seen from outside: the target for nsenter. */
  readonly pid: number
  readonly cable: Cable
  /** Runs a command to its end and returns its output. @throws when it fails */
  readonly exec: (file: string, ...args: string[]) => Promise<string>
  readonly execWith: (env: Readonly<Record<string, string>>, file: string, ...args: string[]) => Promise<string>
  readonly spawn: (command: readonly string[], options?: ProgramOptions) => Promise<Program>
  readonly read: (path: string) => Promise<string>
  readonly write: (path: string, text: string) => Promise<void>
  /** Every process stands still, as when a hypervisor takes the processor away; the kernel goes on. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** Power loss: silent on the network first, then every process gone at once. The disk stays. */
  readonly crash: () => Promise<void>
}

export interface HostOptions {
  readonly name: string
  /** Place on the switch: 1 … 200. */
  readonly number: number
  /** With prefix length, the one that it is known by first. */
  readonly addresses: readonly [string, ...string[]]
}

export interface HostDependencies {
  /** Process id of the room's init. */
  readonly room: number
  readonly timeline: Timeline
  /** Told when the host has been switched off. */
  readonly gone: (name: string) => void
}

/** Switches a host on; resolves when its network works and its addresses are followed. */
export async function openHost ({ name, number, addresses }: HostOptions, { room, timeline, gone }: HostDependencies): Promise<Host> {
  const init = await startHost(room, name)
  await timeline.follow(name, init.pid)
  const cable = await layCable({ room, host: init.pid }, number, addresses)
  const outside = (path: string): string => join(`/proc/${init.pid}/root`, path)
  return {
    name,
    address: addresses[0].replace(/\/.*/, ''),
    mac: macOf(number),
    pid: init.pid,
    cable,
    exec: (...command) => execIn(init.pid, command),
    execWith: (env, ...command) => execIn(init.pid, command, { env }),
    spawn: (command, options) => spawnIn(init.pid, command, options),
    read: path => readFile(outside(path), 'utf8'),
    write,
    pause: async () => { signalAll(init.pid, 'SIGSTOP') },
    resume: async () => { signalAll(init.pid, 'SIGCONT') },
    crash
  }

  async function write (path: string, text: string): Promise<void> {
    await mkdir(dirname(outside(path)), { recursive: true })
    await writeFile(outside(path), text)
  }

  async function crash (): Promise<void> {
    cable.unplug()
    timeline.lose(name, Date.now())
    gone(name)
    // Of a paused host, what waits outside has stopped too, and would not see what ends inside.
    signalAll(init.pid, 'SIGCONT')
    await init.end()
    await cable.remove()
  }
}
