// A pool that is scaled by Kubernetes: hosts find each other by their Nodes alone, and one that was switched off and deleted leaves the lists long before silence alone would do that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { backupsAmong, formed, listsExactly, ONLY_THE_VIP, startMember, type Member } from './group.ts'
import { newCluster } from './kube.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

const KUBECONFIG = '/run/kubeconfig'
/** Silence alone would take this long, in seconds, and a majority. */
const UNLIST = '3600'
const ENV = { ...ONLY_THE_VIP, KEEPALIVED_MESH_DISCOVERY: 'kubernetes', KEEPALIVED_MESH_KUBECONFIG: KUBECONFIG, KEEPALIVED_MESH_UNLIST: UNLIST }

test('a pool grows and shrinks with its Nodes, and the VIP stays', async (t) => {
  const lab = await openLab()
  t.after(lab.close)
  const kubernetes = await lab.addHost('kubernetes')
  const cluster = newCluster(lab, [kubernetes.address])
  await cluster.serve(kubernetes)
  const scaledOut = async (name: string): Promise<Member> => {
    const host = await lab.addHost(name)
    await host.write(KUBECONFIG, cluster.kubeconfig(kubernetes.address))
    cluster.put(host)
    return await startMember(lab, host, ENV)
  }
  const three = [await scaledOut('one'), await scaledOut('two'), await scaledOut('three')]
  await formed(lab, three)
  const calm = await watchCalm(lab)
  const five = [...three, await scaledOut('four'), await scaledOut('five')]
  const [status] = await formed(lab, five)
  await calm.lasts('two more hosts', 100)

  const [, , , last] = backupsAmong(lab, five, status)
  assert(last !== undefined)
  const rest = five.filter((member) => member !== last)
  await last.host.crash()
  const deletedAtMs = Date.now()
  cluster.remove(last.host)
  await lab.until(() => rest.every((member) => listsExactly(member, rest.filter((other) => other !== member))), { what: 'the host whose Node was deleted to be out of all lists', ceilingMs: 60_000 })
  await report('a host is switched off and its Node deleted: out of all lists', Date.now() - deletedAtMs)
  await formed(lab, rest)
  await calm.lasts('one is gone', 100)
  await calm.ends()
})
