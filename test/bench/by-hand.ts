/**
 * What a user would build without this project: keepalived and `serf` on each host, and a script that serf runs when membership
 * changes, which renders the peer list and sends SIGHUP. The priority comes from the host's address, as it does in most such set-ups.
 */
import { join } from 'node:path'
import type { Host } from '../lab/host.ts'
import { followLists, type Lists } from '../lab/lists.ts'
import type { Lab } from '../lab/lab.ts'
import { VIP } from '../lab/group.ts'
import type { Program } from '../lab/program.ts'

export interface ByHand {
  readonly host: Host
  readonly lists: Lists
  readonly serf: Program
  readonly startedAtMs: number
}

const CONF = '/etc/keepalived/keepalived.conf'
const HANDLER = '/run/handler.sh'

/** The list is written beside the conf and renamed; keepalived is told only if it changed. */
const handlerOf = (address: string): string => `#!/bin/sh
peers=$(serf members -status=alive | awk '{ sub(/:.*/, "", $2); print "    " $2 }' | grep -vw ${address} | sort)
cat > ${CONF}.new <<END
vrrp_instance MAIN {
  state BACKUP
  interface eth0
  virtual_router_id 1
  priority $((200 - ${address.split('.').at(-1) ?? '0'}))
  advert_int 1
  nopreempt
  unicast_src_ip ${address}
  unicast_peer {
$peers
  }
  virtual_ipaddress {
    ${VIP}/24
  }
}
END
cmp -s ${CONF}.new ${CONF} && exit 0
mv ${CONF}.new ${CONF}
[ -e /run/keepalived.pid ] && kill -HUP "$(cat /run/keepalived.pid)"
exit 0
`

/** Starts serf on a host that is on, and keepalived once there is a conf. @param seed who is joined; null for the first */
export async function startByHand (lab: Lab, host: Host, seed: string | null): Promise<ByHand> {
  await host.write(HANDLER, handlerOf(host.address))
  await host.exec('chmod', '+x', HANDLER)
  const lists = followLists(host, lab.changes)
  const startedAtMs = Date.now()
  const serf = await host.spawn(['serf', 'agent', `-node=${host.name}`, `-bind=${host.address}`, '-profile=lan', `-event-handler=${HANDLER}`,
    ...(seed === null ? [] : [`-retry-join=${seed}`])])
  await lab.until(() => lists.history.length > 0 || hasConf(host), { what: `serf of ${host.name} to write a conf` })
  await host.spawn(['keepalived', '-n', '-l', '-P', '-p', '/run/keepalived.pid', '-f', CONF])
  return { host, lists, serf, startedAtMs }
}

async function hasConf (host: Host): Promise<boolean> {
  return await host.read(join('/', CONF)).then(() => true, () => false)
}

/** Whether that host's serf says that the other has failed. */
export async function saysFailed ({ host }: ByHand, other: Host): Promise<boolean> {
  return (await host.exec('serf', 'members', '-status=failed')).includes(other.address)
}
