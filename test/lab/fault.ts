/**
 * The ways in which a host of the lab half fails, while it stays switched on: a disk that takes nothing any more,
 * processes that hang or die. Power and cables are the host's own (host.ts, cable.ts); packets are dropped by firewall.ts.
 */
import { readFileSync } from 'node:fs'
import type { LabAgent } from './agent.ts'
import type { Host } from './host.ts'

/** Where the agent leaves keepalived's process id, as seen inside. */
const KEEPALIVED_PID = '/run/keepalived-mesh/keepalived.pid'

/** The directory of keepalived.conf takes nothing any more, as on a disk that is full, or takes it again. */
export async function setConfWritable (host: Host, isWritable: boolean): Promise<void> {
  await host.exec('mount', '-o', `remount,${isWritable ? 'rw' : 'ro'}`, '/etc/keepalived')
}

/** The agent stops in its tracks, as in a machine that thrashes: its streams stay open, and nothing answers. */
export function hang (agent: LabAgent): void { agent.signal('SIGSTOP') }
export function resume (agent: LabAgent): void { agent.signal('SIGCONT') }

/** Kills keepalived with -9: the parent, or the child that speaks VRRP. */
export async function killKeepalived (host: Host, which: 'parent' | 'child'): Promise<void> {
  const parent = (await host.read(KEEPALIVED_PID)).trim()
  const children = readFileSync(`/proc/${host.pid}/root/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')
  await host.exec('kill', '-9', which === 'parent' ? parent : children[0] ?? '')
}
