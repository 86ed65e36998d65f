/**
 * A bare keepalived with a conf by hand, for the lab's own tests and for experiments: it shows that the lab behaves as
 * the real thing does, with none of our code in between.
 */
import type { Host } from './host.ts'
import type { Line, Program } from './program.ts'

export interface BareConf {
  readonly priority: number
  readonly peers: readonly string[]
  readonly vip: string
  /** @default BACKUP */
  readonly state?: 'MASTER' | 'BACKUP'
  /** Seconds. @default 1 */
  readonly advertInt?: number
  /** @default 2 */
  readonly version?: 2 | 3
}

export interface BareKeepalived {
  readonly program: Program
  /** Writes the conf and sends SIGHUP. */
  readonly reload: (conf: BareConf) => Promise<void>
  /** Lowers the priority through the track file: −253 … 0. */
  readonly lower: (by: number) => Promise<void>
}

const CONF = '/etc/keepalived/keepalived.conf'
const LOWER = '/run/lower'
/** The priority of an address owner, which keepalived 2.2.7 refuses to start with when a tracked file has a weight. */
const OWNER = 255
const TRACK_FILE = `track_file {
    lower weight 1
  }`

/** Starts keepalived on a host; resolves when the process runs, before it has read its conf. */
export async function startBareKeepalived (host: Host, conf: BareConf, onLine?: (line: Line) => void): Promise<BareKeepalived> {
  await host.write(LOWER, '0\n')
  await host.write(CONF, textOf(host, conf))
  const program = await host.spawn(['keepalived', '-n', '-l', '-D', '-P', '-f', CONF], onLine === undefined ? {} : { onLine })
  return {
    program,
    lower: by => host.write(LOWER, `${by}\n`),
    reload: async next => {
      await host.write(CONF, textOf(host, next))
      program.signal('SIGHUP')
    }
  }
}

function textOf ({ address }: Host, { priority, peers, vip, state = 'BACKUP', advertInt = 1, version = 2 }: BareConf): string {
  return `
global_defs {
  vrrp_version ${version}
  reload_check_config
  vrrp_higher_prio_send_advert true
  vrrp_lower_prio_no_advert true
}
track_file lower {
  file ${LOWER}
}
vrrp_instance MAIN {
  state ${state}
  interface eth0
  virtual_router_id 1
  priority ${priority}
  advert_int ${advertInt}
  unicast_src_ip ${address}
  unicast_peer {
    ${peers.join('\n    ')}
  }
  ${priority === OWNER ? '' : TRACK_FILE}
  virtual_ipaddress {
    ${vip}
  }
}
`
}
