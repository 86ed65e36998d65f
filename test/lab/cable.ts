/**
 * The cable between a host's eth0 and the switch, and the ways in which it fails. A *cut* is silent: the host keeps its
 * carrier and its addresses, as behind a broken switch. *Unplugged*, the host sees that its link is down.
 */
import { spawnSync } from 'node:child_process'
import { enter, execIn } from './program.ts'

export interface Cable {
  /** No frame passes any more, and neither end sees why. */
  readonly cut: () => Promise<void>
  /** Plugged into the other switch: it reaches whoever else is there, and nobody of the first. */
  readonly moveApart: () => Promise<void>
  /** Back on the first switch, after a cut or a move. */
  readonly heal: () => Promise<void>
  /** Link down at both ends. Synchronous: nothing that this process does later gets out. */
  readonly unplug: () => void
  readonly plug: () => Promise<void>
  /** The host's eth0 is gone, and another one there in its place, with the same MAC and address. */
  readonly renew: () => Promise<void>
  /** Takes the cable away, which the kernel would do by itself some time after the host's end. */
  readonly remove: () => Promise<void>
}

/** The processes whose namespaces hold the ends. */
export interface Ends {
  readonly room: number
  readonly host: number
}

/** Of the host with that number. */
export function macOf (number: number): string {
  return `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`
}

/** Lays the cable of the host with that number on the switch (1 … 200) and sets the addresses on its eth0. */
export async function layCable ({ room, host }: Ends, number: number, addresses: readonly string[]): Promise<Cable> {
  const port = `port${number}`
  await lay()
  return { cut: () => outside('link', 'set', port, 'nomaster'), moveApart: () => outside('link', 'set', port, 'master', 'apart'), heal, unplug, plug, renew, remove }

  async function lay (): Promise<void> {
    await outside('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'address', macOf(number), 'netns', String(host))
    // Nobody else has it: what duplicate address detection would take a second to find out.
    for (const address of addresses) await inside('address', 'add', address, 'dev', 'eth0', ...address.includes(':') ? ['nodad'] : [])
    await inside('link', 'set', 'eth0', 'up')
    await heal()
    await plug()
  }

  async function renew (): Promise<void> {
    await outside('link', 'delete', port)
    await lay()
  }

  function heal (): Promise<void> { return outside('link', 'set', port, 'master', 'switch') }
  function plug (): Promise<void> { return outside('link', 'set', port, 'up') }

  async function remove (): Promise<void> {
    // The kernel may have been faster; only a port that is still there is a failure, and the next cable will say so.
    await outside('link', 'delete', port).catch(() => undefined)
  }

  function unplug (): void {
    const [file = '', ...args] = inRoom(['ip', 'link', 'set', port, 'down'])
    const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`could not unplug ${port}: ${stderr}`)
  }

  async function inside (...args: string[]): Promise<void> { await execIn(host, ['ip', ...args]) }

  /** With the room's network but this machine's view of processes, so that `netns PID` means what we mean. */
  async function outside (...args: string[]): Promise<void> { await execIn(room, ['ip', ...args], { namespaces: ['net'] }) }

  function inRoom (command: readonly string[]): string[] { return enter(room, command, ['net']) }
}
