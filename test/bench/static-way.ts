/** keepalived alone, with a conf by hand that names all three: what the rest is measured against. */
import type { Host } from '../lab/host.ts'
import { VIP } from '../lab/group.ts'
import { startBareKeepalived } from '../lab/keepalived.ts'
import type { Lab } from '../lab/lab.ts'
import { followLists } from '../lab/lists.ts'
import type { Contender, Way } from './way.ts'

/** As close as the members of a compacted group are. */
const PRIORITIES = [254, 252, 250]

export const staticWay: Way = {
  name: 'static keepalived',
  isDynamic: false,
  async three (lab) {
    const hosts: Host[] = []
    for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
    const started = await Promise.all(hosts.map(async (host, i) => await startOne(lab, host, PRIORITIES[i] ?? 1, hosts)))
    await lab.until(() => lab.timeline.holders(VIP).join() === 'one', { what: 'the first to hold the VIP' })
    return started
  },
  async join () { throw new Error('nobody joins a static group') },
  async toldLost () { throw new Error('nobody tells who is lost in a static group') }
}

async function startOne (lab: Lab, host: Host, priority: number, all: readonly Host[]): Promise<Contender> {
  const peers = all.filter((other) => other !== host).map(({ address }) => address)
  const startedAtMs = Date.now()
  const { program } = await startBareKeepalived(host, { priority, peers, vip: `${VIP}/24` })
  return {
    host,
    lists: followLists(host, lab.changes),
    pid: null,
    startedAtMs,
    async stop () {
      program.signal('SIGTERM')
      await program.exited
    },
    listeningAfterMs: () => null
  }
}
