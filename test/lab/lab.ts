/**
 * A lab: hosts on one switch, all in namespaces that nobody else sees, so that any number of labs run side by side on
 * one machine. Nothing in it has a name outside and all of it dies with this process, so nothing is ever left behind.
 *
 * The first host gets 10.10.0.21/24, the next 10.10.0.22/24 and so on; the VIP of most tests is 10.10.0.2. With IPv6 they get
 * fd00:10::21/64 and so on, alone or besides.
 */
import { type Changes, createChanges } from './changes.ts'
import { type Host, openHost } from './host.ts'
import { startRoom } from './init.ts'
import { execIn } from './program.ts'
import { FEW_HOSTS, makeRoomForMany } from './limits.ts'
import { type Probe, type ProbeOptions, startProbe } from './probe.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export interface Lab {
  /** Those that are switched on, in the order in which they were. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly timeline: Timeline
  /** Notified of all that happens in the lab. */
  readonly changes: Changes
  readonly until: Changes['until']
  /** Switches a host on. A name that was used before gets its address and its disk back. */
  readonly addHost: (name: string) => Promise<Host>
  /** Empties the disk of a host that is off. */
  readonly wipe: (name: string) => Promise<void>
  /** A host that runs nothing of ours, as clients of the VIP are; switched on at the first call. */
  readonly client: () => Promise<Host>
  /** Pings from the client. */
  readonly probe: (target: string, options?: ProbeOptions) => Promise<Probe>
  readonly close: () => Promise<void>
}

/** Host name of the probing client, and its place on the switch, out of the way of all others. */
const CLIENT = { name: 'client', number: 200 }

/** Which addresses the hosts of a lab have; of both, the one that a test knows a host by comes first. */
export type Families = 'ipv4' | 'ipv6' | 'ipv4 and ipv6' | 'ipv6 and ipv4'

export async function openLab ({ families = 'ipv4' }: { readonly families?: Families } = {}): Promise<Lab> {
  const room = await startRoom()
  const changes = createChanges()
  const timeline = createTimeline(changes)
  const hosts = new Map<string, Host>()
  const numbers = new Map<string, number>()
  const gone = (name: string): void => { hosts.delete(name) }
  let opened: Promise<Host> | null = null
  return { hosts, timeline, changes, until: changes.until, addHost, wipe, client, probe, close: room.end }

  async function addHost (name: string): Promise<Host> {
    const number = numbers.get(name) ?? numbers.size + 1
    numbers.set(name, number)
    if (numbers.size > FEW_HOSTS) makeRoomForMany()
    const host = await open(name, number, 20 + number)
    hosts.set(name, host)
    return host
  }

  async function wipe (name: string): Promise<void> {
    if (hosts.has(name)) throw new Error(`${name} is on: its disk is in use`)
    // Inside the room, where this is the disk: outside of it the same path would be this machine's.
    await execIn(room.pid, ['rm', '-rf', `/var/lib/${name}`], { namespaces: ['mount'] })
  }

  async function probe (target: string, options?: ProbeOptions): Promise<Probe> {
    return startProbe((await client()).pid, target, options?.watch ?? changes, options)
  }

  function client (): Promise<Host> {
    opened ??= open(CLIENT.name, CLIENT.number, CLIENT.number)
    return opened
  }

  function open (name: string, number: number, lastByte: number): Promise<Host> {
    const [ipv4, ipv6] = [`10.10.0.${lastByte}/24`, `fd00:10::${lastByte}/64`] as const
    const addresses = ({ ipv4: [ipv4], ipv6: [ipv6], 'ipv4 and ipv6': [ipv4, ipv6], 'ipv6 and ipv4': [ipv6, ipv4] } as const)[families]
    return openHost({ name, number, addresses }, { room: room.pid, timeline, gone })
  }
}
