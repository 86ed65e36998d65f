/**
 * A room for one real keepalived: a network namespace with eth0 (10.10.0.21/24) whose other end is in the same
 * namespace, a run directory under /tmp, and the conf that it runs on. What it leaves behind is taken away at the end.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DaemonEvent } from '../../src/keepalived/daemon-event.ts'
import { daemonFiles, type DaemonFiles } from '../../src/keepalived/daemon-files.ts'
import { createDaemon, type Daemon } from '../../src/keepalived/daemon.ts'

export const VIP = '10.10.0.2'
/** Far beyond what any step needs on a busy host; only a failure waits for it. */
const CEILING_MS = 60_000

export interface Room {
  readonly name: string
  readonly conf: string
  readonly files: DaemonFiles
  readonly command: readonly string[]
  readonly events: Events
  readonly daemon: Daemon
  /** Another agent's view of the same keepalived. */
  readonly another: (command?: readonly string[]) => { readonly daemon: Daemon, readonly events: Events }
  readonly write: (settings?: ConfSettings) => void
  readonly ip: (...words: readonly string[]) => string
  readonly holdsVip: () => boolean
  readonly release: () => Promise<void>
}

export interface ConfSettings {
  readonly priority?: number
  readonly virtualRouterId?: number
  readonly script?: string
  /** @default true */
  readonly testsReload?: boolean
}

export interface Events {
  readonly seen: DaemonEvent[]
  readonly emit: (event: DaemonEvent) => void
  /** The first event from now on, or already seen and not yet taken, of that kind that fits. */
  readonly next: <K extends DaemonEvent['kind']>(kind: K, fits?: (event: EventOf<K>) => boolean) => Promise<EventOf<K>>
}

type EventOf<K extends DaemonEvent['kind']> = Extract<DaemonEvent, { kind: K }>

/** @param commandIn what runs keepalived, in the namespace. @default keepalived itself */
export function createRoom (name: string, commandIn?: (dir: string) => readonly string[]): Room {
  const dir = mkdtempSync(join(tmpdir(), 'km-'))
  const conf = join(dir, 'keepalived.conf')
  const files = daemonFiles(join(dir, 'run'))
  const command = ['ip', 'netns', 'exec', name, ...commandIn?.(dir) ?? ['/usr/sbin/keepalived', '-n', '-l', '-f', conf]]
  const ip = (...words: readonly string[]): string => execFileSync('ip', ['-n', name, ...words], { encoding: 'utf8' })
  execFileSync('ip', ['netns', 'add', name])
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  ip('link', 'set', 'eth1', 'up')
  ip('link', 'set', 'eth0', 'up')
  ip('address', 'add', '10.10.0.21/24', 'dev', 'eth0')
  const daemons: Daemon[] = []
  const holdsVip = (): boolean => ip('-o', 'address', 'show', 'dev', 'eth0').includes(`inet ${VIP}/`)

  async function releaseVips (): Promise<void> {
    if (holdsVip()) ip('address', 'del', `${VIP}/24`, 'dev', 'eth0')
  }

  function another (words: readonly string[] = command): { readonly daemon: Daemon, readonly events: Events } {
    const events = createEvents()
    const daemon = createDaemon({ command: words, runDir: files.runDir, environment: process.env }, { emit: events.emit, releaseVips })
    daemons.push(daemon)
    return { daemon, events }
  }

  return {
    name, conf, files, command, ...another(), another, ip, holdsVip,
    write: settings => { writeFileSync(conf, confOf(files, settings ?? {}), { mode: 0o600 }) },
    release: async () => {
      for (const daemon of daemons) daemon.detach()
      const last = another().daemon
      await last.adopt()
      await last.stop({ graceMs: 0 })
      last.detach()
      execFileSync('ip', ['netns', 'delete', name])
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

function createEvents (): Events {
  const seen: DaemonEvent[] = []
  const waiters = new Set<() => void>()
  let taken = 0
  return {
    seen,
    emit: event => {
      seen.push(event)
      for (const waiter of waiters) waiter()
    },
    next: async <K extends DaemonEvent['kind']> (kind: K, fits: (event: EventOf<K>) => boolean = () => true) => await new Promise<EventOf<K>>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiters.delete(look)
        reject(new Error(`no ${kind} in ${CEILING_MS} ms; since the last one ${JSON.stringify(seen.slice(taken))}`))
      }, CEILING_MS)
      function look (): void {
        for (const [index, event] of seen.entries()) {
          if (index < taken || !isKind(event, kind) || !fits(event)) continue
          taken = index + 1
          clearTimeout(timer)
          waiters.delete(look)
          resolve(event)
          return
        }
      }
      waiters.add(look)
      look()
    })
  }
}

function isKind<K extends DaemonEvent['kind']> (event: DaemonEvent, kind: K): event is EventOf<K> {
  return event.kind === kind
}

function confOf (files: DaemonFiles, { priority = 200, virtualRouterId = 51, script, testsReload = true }: ConfSettings): string {
  return `global_defs {
  enable_script_security
  script_user root
  ${testsReload ? `reload_check_config ${files.reloadCheckLog}` : ''}
  vrrp_notify_priority_changes true
  vrrp_notify_fifo ${files.notifyFifo}
}
track_file offset {
  file ${files.trackFile}
}
${script === undefined ? '' : `vrrp_script check {
  script "${script}"
  interval 1
  fall 1
  rise 1
  weight -50
}`}
vrrp_instance MAIN {
  state BACKUP
  interface eth0
  virtual_router_id ${virtualRouterId}
  priority ${priority}
  advert_int 0.1
  version 3
  unicast_src_ip 10.10.0.21
  unicast_peer {
    10.10.0.22
  }
  track_file {
    offset weight 1
  }
  virtual_ipaddress {
    ${VIP}/24 dev eth0
  }
${script === undefined ? '' : 'track_script {\n check\n}'}
}
`
}
