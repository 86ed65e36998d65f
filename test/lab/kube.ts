/**
 * A Kubernetes API on hosts of the lab, as far as Nodes and the health check go. Each host that has one answers for the same cluster: there is
 * one list of Nodes, as if etcd kept it, and one certificate, for the VIP and every host.
 */
import { join } from 'node:path'
import { execPath } from 'node:process'
import { KUBE_TOKEN, newKubeIdentity } from '../mesh/discovery/kube-api.ts'
import type { Host } from './host.ts'
import type { Lab } from './lab.ts'
import type { Program } from './program.ts'

export const KUBE_PORT = 6443
export const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

/** By way of `/var/run`, a link, it would be written to the machine and not to the host. */
const ACCOUNT = '/run/secrets/kubernetes.io/serviceaccount'
const KEY = '/run/kube.key'
const CERT = '/run/kube.crt'

export interface Cluster {
  /** Starts an API on that host; resolves when it listens. */
  readonly serve: (host: Host) => Promise<void>
  /** A Node there, and one there no more. */
  readonly put: (host: Host) => void
  readonly remove: (host: Host) => void
  /** What the kubelet mounts into each Pod. */
  readonly giveAccount: (host: Host) => Promise<void>
  /** A kubeconfig whose server is at that address. */
  readonly kubeconfig: (server: string) => string
}

/** @param addresses at which an API of the cluster is asked */
export function newCluster (lab: Lab, addresses: readonly string[]): Cluster {
  const { key, cert } = newKubeIdentity(addresses)
  /** All that was ever told: an API that starts later must count its versions alike. */
  const history: string[] = []
  const apis = new Map<Host, Program>()
  function tell (line: string): void {
    history.push(line)
    for (const api of apis.values()) api.write(`${line}\n`)
  }
  return {
    async serve (host) {
      await host.write(KEY, key)
      await host.write(CERT, cert)
      let listens = false
      const api = await host.spawn([execPath, join(import.meta.dirname, 'kube-program.ts'), String(KUBE_PORT), CONTROL_PLANE, KEY, CERT], {
        onLine ({ source }) {
          listens ||= source === 'stdout'
          lab.changes.notify()
        }
      })
      await lab.until(() => listens, { what: `the API of ${host.name} to listen` })
      for (const line of history) api.write(`${line}\n`)
      apis.set(host, api)
      void api.exited.then(() => apis.delete(host))
    },
    put: ({ name, address }) => { tell(`put ${name} ${address}`) },
    remove: ({ name }) => { tell(`remove ${name}`) },
    async giveAccount (host) {
      await host.exec('mkdir', '-p', ACCOUNT)
      await host.write(join(ACCOUNT, 'token'), KUBE_TOKEN)
      await host.write(join(ACCOUNT, 'ca.crt'), cert)
    },
    kubeconfig: (server) => JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'lab',
      'contexts': [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
      'clusters': [{ name: 'lab', cluster: { 'server': `https://${server}:${KUBE_PORT}`, 'certificate-authority-data': Buffer.from(cert).toString('base64') } }],
      'users': [{ name: 'lab', user: { token: KUBE_TOKEN } }]
    })
  }
}
