/**
 * What a user would build without this project: keepalived and `serf` on each host, and a script that serf runs when membership
 * changes, which renders the peer list and sends SIGHUP. The priority comes from the host's address, as it does in most such set-ups.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Host } from '../lab/host.ts'
import { followLists } from '../lab/lists.ts'
import type { Lab } from '../lab/lab.ts'
import { VIP } from '../lab/group.ts'
import type { Contender, Way } from './way.ts'

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

export function byHandWay (): Way {
  const started: Contender[] = []
  const start = async (lab: Lab, name: string): Promise<Contender> => {
    const one = await startByHand(lab, await lab.addHost(name), started[0]?.host.address ?? null)
    started.push(one)
    return one
  }
  return {
    name: 'serf by hand',
    isDynamic: true,
    async three (lab) {
      const three = [await start(lab, 'one'), await start(lab, 'two'), await start(lab, 'three')]
      await lab.until(() => three.every(({ lists }) => lists.now().length === 2) && lab.timeline.holders(VIP).length === 1, { what: 'three hosts by hand to list each other', ceilingMs: 60_000 })
      // Each list came with a reload, which restarts elections: until the first of them is over.
      await wait(5000)
      return three
    },
    join: start,
    async toldLost (lab, among, gone) {
      await lab.until(async () => (await Promise.all(among.map(async ({ host }) => await saysFailed(host, gone)))).every(Boolean),
        { what: 'serf to call it failed everywhere', ceilingMs: 60_000 })
    }
  }
}

/** Starts serf on a host that is on, and keepalived once there is a conf. @param seed who is joined; null for the first */
async function startByHand (lab: Lab, host: Host, seed: string | null): Promise<Contender> {
  await host.write(HANDLER, handlerOf(host.address))
  await host.exec('chmod', '+x', HANDLER)
  const lists = followLists(host, lab.changes)
  const startedAtMs = Date.now()
  const serf = await host.spawn(['serf', 'agent', `-node=${host.name}`, `-bind=${host.address}`, '-profile=lan', `-event-handler=${HANDLER}`,
    ...(seed === null ? [] : [`-retry-join=${seed}`])])
  await lab.until(() => lists.history.length > 0 || hasConf(host), { what: `serf of ${host.name} to write a conf` })
  const keepalived = await host.spawn(['keepalived', '-n', '-l', '-P', '-p', '/run/keepalived.pid', '-f', CONF])
  return {
    host,
    lists,
    pid: serf.pid,
    startedAtMs,
    async stop () {
      keepalived.signal('SIGTERM')
      await keepalived.exited
      await host.exec('serf', 'leave')
    },
    listeningAfterMs: () => null
  }
}

async function hasConf (host: Host): Promise<boolean> {
  return await host.read(CONF).then(() => true, () => false)
}

async function saysFailed (host: Host, other: Host): Promise<boolean> {
  return (await host.exec('serf', 'members', '-status=failed')).includes(other.address)
}
