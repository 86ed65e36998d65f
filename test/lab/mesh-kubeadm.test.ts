// The control plane of a cluster from its first host on, with the environments of the manifests: static Pods before there is an API, the DaemonSet after; then it grows, one host is replaced, and it shrinks.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import * as z from 'zod'
import { backupsAmong, formed, holderAmong, startMember, VIP, type Member } from './group.ts'
import { lostNothing, movedOnce } from './handover.ts'
import type { Host } from './host.ts'
import { KUBE_PORT, newCluster } from './kube.ts'
import { openLab } from './lab.ts'

const KUBERNETES = join(import.meta.dirname, '../../deploy/kubernetes')
const SECRET = 'MmEyZDdhNzQ2NjQ1NzE3NTY4Nzg2ZDc5NjE2NzY1'
/** As a Pod of the DaemonSet finds the API: here by way of the VIP, which leads to one of them as the Service does. */
const SERVICE = { KUBERNETES_SERVICE_HOST: VIP, KUBERNETES_SERVICE_PORT: String(KUBE_PORT) }

const podSchema = z.object({ spec: z.object({ containers: z.tuple([z.object({ env: z.array(z.object({ name: z.string(), value: z.string() })) })]) }) })
const daemonSetSchema = z.object({ spec: z.object({ template: podSchema }) })
const kustomizationSchema = z.object({ configMapGenerator: z.tuple([z.object({ literals: z.array(z.string()) })]) })

const parsed = async (name: string): Promise<unknown> => parse(await readFile(join(KUBERNETES, name), 'utf8'))

const envOf = ({ spec: { containers: [{ env }] } }: z.infer<typeof podSchema>): Record<string, string> => Object.fromEntries(env.map(({ name, value }) => [name, value]))

/** Of the static Pod, and of the DaemonSet with the settings of its base, of which a user changes the VIP. */
async function environments (): Promise<Record<'staticPod' | 'daemonSet', Record<string, string>>> {
  const staticPod = envOf(podSchema.parse(await parsed('static-pod.yaml')))
  const { configMapGenerator: [{ literals }] } = kustomizationSchema.parse(await parsed('base/kustomization.yaml'))
  const settings = Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s).slice(0, 2)))
  const ofDaemonSet = envOf(daemonSetSchema.parse(await parsed('base/daemonset.yaml')).spec.template)
  return { staticPod, daemonSet: { ...settings, ...ofDaemonSet, ...SERVICE, KEEPALIVED_VIRTUAL_IPADDRESS_1: staticPod['KEEPALIVED_VIRTUAL_IPADDRESS_1'] ?? '' } }
}

async function isAnswered (client: Host): Promise<void> {
  assert.equal(await client.exec('curl', '--silent', '--insecure', `https://${VIP}:${KUBE_PORT}/livez`), 'ok')
}

test('a control plane grows from its first host, is renewed and shrinks; the VIP moves when its holder goes, and answers throughout', async (t) => {
  const env = await environments()
  const lab = await openLab()
  t.after(lab.close)
  const cluster = newCluster(lab, [VIP])
  const joined = async (name: string, by: 'staticPod' | 'daemonSet'): Promise<Member> => {
    const host = await lab.addHost(name)
    const { KEEPALIVED_MESH_SECRET_FILE: secretFile = '' } = env[by]
    await host.exec('sh', '-c', `umask 077; mkdir -p "$(dirname ${secretFile})" && echo ${SECRET} > ${secretFile}`)
    if (by === 'staticPod') {
      const member = await startMember(lab, host, env.staticPod)
      // kubeadm starts the API server beside it, and a Node there is once that answers.
      await cluster.serve(host)
      cluster.put(host)
      return member
    }
    await cluster.serve(host)
    cluster.put(host)
    await cluster.giveAccount(host)
    return await startMember(lab, host, env.daemonSet)
  }
  const first = await joined('one', 'staticPod')
  await lab.until(() => lab.timeline.holders(VIP).join() === 'one', { what: 'the first host to hold the VIP, though no API answers yet' })
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const events = lab.timeline.of(VIP).length
  let members: Member[] = [first]
  for (const name of ['two', 'three']) members.push(await joined(name, 'staticPod'))
  await formed(lab, members)
  for (const name of ['four', 'five']) members.push(await joined(name, 'daemonSet'))
  await formed(lab, members)
  await probe.answers(400)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved while hosts joined')
  await isAnswered(await lab.client())
  // mDNS alone would have found them as well.
  const complaints = members.flatMap(({ agent }) => agent.log.filter(({ msg }) => msg.includes('Kubernetes API')))
  assert.deepEqual(complaints, [], 'the Pods of the DaemonSet read the Nodes by their account')

  const letGo = async (going: Member): Promise<void> => {
    const [told] = await formed(lab, members)
    const [before, master] = [lab.timeline.of(VIP).length, holderAmong(lab, members)]
    const [next = master] = backupsAmong(lab, members, told)
    assert.equal((await going.agent.stop()).code, 0)
    cluster.remove(going.host)
    await going.host.crash()
    members = members.filter((member) => member !== going)
    await formed(lab, members)
    if (going === master) movedOnce(lab, before, master, next)
    else assert.equal(lab.timeline.of(VIP).length, before, 'a BACKUP that left moved the VIP')
  }
  const [, second, , fourth] = members
  assert.ok(second !== undefined && fourth !== undefined)
  members.push(await joined('six', 'daemonSet'))
  await letGo(second)
  await letGo(fourth)
  await letGo(holderAmong(lab, members))
  await probe.answers(400)
  await isAnswered(await lab.client())
  await lostNothing((await probe.stop()).gaps, lab.timeline.of(VIP).slice(events))
  assert.equal(members.length, 3)
})
