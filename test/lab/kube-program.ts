/**
 * A Kubernetes API on a host of the lab (test/mesh/discovery/kube-api.ts), told of its Nodes line by line: `put NAME ADDRESS`, `remove NAME`. Prints `listening` once.
 *
 *   kube-program.ts PORT SELECTOR KEY CERT
 */
import { readFileSync } from 'node:fs'
import { argv, stdin } from 'node:process'
import { createInterface } from 'node:readline'
import { startKubeApi } from '../mesh/discovery/kube-api.ts'

const [port = '', selector = '', key = '', cert = ''] = argv.slice(2)
const api = await startKubeApi({ selector, host: '::', port: Number(port), identity: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } })
console.log('listening')
for await (const line of createInterface({ input: stdin })) {
  const [what, name = '', address = ''] = line.split(' ')
  if (what === 'put') api.put(name, address)
  if (what === 'remove') api.remove(name)
}
