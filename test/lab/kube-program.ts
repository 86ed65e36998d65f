/**
 * A Kubernetes API on a host of the lab (test/mesh/discovery/kube-api.ts), told of its Nodes line by line: `put NAME ADDRESS`, `remove NAME`. Prints its kubeconfig once, as one line of JSON, which is YAML too.
 *
 *   kube-program.ts ADDRESS PORT SELECTOR
 */
import { argv, stdin } from 'node:process'
import { createInterface } from 'node:readline'
import { startKubeApi } from '../mesh/discovery/kube-api.ts'

const [host = '', port = '', selector = ''] = argv.slice(2)
const api = await startKubeApi({ selector, host, port: Number(port) })
console.log(JSON.stringify({
  'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'lab',
  'contexts': [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
  'clusters': [{ name: 'lab', cluster: { 'server': `https://${host}:${port}`, 'certificate-authority-data': Buffer.from(api.ca).toString('base64') } }],
  'users': [{ name: 'lab', user: { token: api.token } }]
}))
for await (const line of createInterface({ input: stdin })) {
  const [what, name = '', address = ''] = line.split(' ')
  if (what === 'put') api.put(name, address)
  if (what === 'remove') api.remove(name)
}
