/** Variables of the mesh: how agents find each other, and whom they let in. Read in mesh and union mode. */
import * as z from 'zod'
import { discoverySources, usualSources } from '../config.ts'
import { absolutePath, oneOf, wholeNumber } from '../grammar.ts'
import { endpointOf } from '../endpoint.ts'
import { noSecret } from '../secret-file.ts'
import { seedOf } from '../seed.ts'
import type { DiscoverySource, Seed } from '../config.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Variable } from '../variable.ts'

const separator = /[\s,]+/

const sourceList = z.string().transform(text => text.toLowerCase().split(separator).filter(word => word !== ''))
  .pipe(z.array(z.enum(discoverySources, { error: `any of ${discoverySources.join(', ')}, comma separated` })))

const seedList = z.string().transform((text, context): readonly Seed[] => {
  const words = text.split(separator).filter(word => word !== '')
  const seeds = words.map(word => seedOf(word))
  const bad = words.find((_, i) => seeds[i] === null)
  if (bad === undefined) return seeds.filter(seed => seed !== null)
  context.issues.push({ code: 'custom', message: `hosts as IP, NAME, IP:PORT, NAME:PORT, [IPV6]:PORT or multiaddr; "${bad}" is none`, input: text })
  return z.NEVER
})

const endpointOrOff = z.string().transform((text, context): Endpoint | 'off' => {
  if (text.toLowerCase() === 'off') return 'off'
  const endpoint = endpointOf(text)
  if (endpoint !== null) return endpoint
  context.issues.push({ code: 'custom', message: 'IP:PORT, [IPV6]:PORT or off', input: text })
  return z.NEVER
})

const secretText = z.string().max(1024, { error: 'at most 1024 characters' })

export const mesh: Variable<'auto' | 'on' | 'off'> = {
  name: 'KEEPALIVED_MESH',
  schema: oneOf(['auto', 'on', 'off']),
  default: '`auto`',
  description: '`auto`: a mesh, unless static peers are given. `on`: a mesh with them. `off`: static.'
}
export const secret: Variable<string> = {
  name: 'KEEPALIVED_MESH_SECRET',
  schema: secretText.refine(text => text !== noSecret, { error: `a secret; for a mesh without one leave it unset` }),
  default: 'open mesh, warned',
  description: 'Pre-shared key: without it nobody can even shake hands. `keepalived-mesh secret` makes one.',
  secret: true
}
export const secretFile: Variable<string> = {
  name: 'KEEPALIVED_MESH_SECRET_FILE',
  schema: absolutePath,
  default: '',
  description: 'A file that holds the secret.'
}
export const previousSecret: Variable<string> = {
  name: 'KEEPALIVED_MESH_SECRET_PREVIOUS',
  schema: secretText,
  default: '',
  description: 'Accepted besides the secret while a group changes it, host by host; `none`: hosts without a secret are.',
  secret: true
}
export const previousSecretFile: Variable<string> = {
  name: 'KEEPALIVED_MESH_SECRET_PREVIOUS_FILE',
  schema: absolutePath,
  default: '',
  description: 'A file that holds the previous secret.'
}
export const name: Variable<string> = {
  name: 'KEEPALIVED_MESH_NAME',
  schema: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, { error: '1 to 32 letters, digits or . _ -, a letter or digit first' }),
  default: '`default`',
  description: 'Groups of another name never meet.'
}
export const port: Variable<number> = {
  name: 'KEEPALIVED_MESH_PORT',
  schema: wholeNumber(1, 64_535),
  default: '11200 + virtual router id',
  description: 'TCP port of the agents, on all addresses.'
}
export const seeds: Variable<readonly Seed[]> = {
  name: 'KEEPALIVED_MESH_SEEDS',
  schema: seedList,
  default: '',
  description: 'Hosts to ask, where neither the VIP nor multicast finds anybody; comma or space separated.'
}
export const discovery: Variable<readonly DiscoverySource[]> = {
  name: 'KEEPALIVED_MESH_DISCOVERY',
  schema: sourceList,
  default: `\`${usualSources.join(',')}\``,
  description: 'Ways in which hosts are found; besides the usual ones `kubernetes`, the Nodes of its API, and `sweep`, each address of the subnet.'
}
export const specRevision: Variable<number> = {
  name: 'KEEPALIVED_MESH_SPEC_REVISION',
  schema: wholeNumber(0, 2_147_483_647),
  default: '`0`',
  description: 'Of settings that differ, those that most hosts bring under a higher revision become the group\'s.'
}
export const unlist: Variable<number> = {
  name: 'KEEPALIVED_MESH_UNLIST',
  schema: wholeNumber(1, 604_800),
  default: '`60`',
  description: 'Seconds that a host is lost before its removal may be proposed.'
}
export const nodeSelector: Variable<string> = {
  name: 'KEEPALIVED_MESH_NODE_SELECTOR',
  schema: z.string().regex(/^[A-Za-z0-9._/=!,() -]{1,512}$/, { error: 'a label selector of Kubernetes, such as node-role.kubernetes.io/control-plane' }),
  default: '`node-role.kubernetes.io/control-plane`',
  description: 'Which Nodes are hosts of the group, for the source `kubernetes`: a label selector.'
}
export const kubeconfig: Variable<string> = {
  name: 'KEEPALIVED_MESH_KUBECONFIG',
  schema: absolutePath,
  default: 'the account of the Pod',
  description: 'A kubeconfig that may list and watch Nodes, for the source `kubernetes`.'
}
export const stateDir: Variable<string> = {
  name: 'KEEPALIVED_MESH_STATE_DIR',
  schema: absolutePath,
  default: '`/var/lib/keepalived-mesh`',
  description: 'Identity and last view; keep it across restarts.'
}
export const http: Variable<Endpoint | 'off'> = {
  name: 'KEEPALIVED_MESH_HTTP',
  schema: endpointOrOff,
  default: '`127.0.0.1:` and mesh port + 1000',
  description: 'Where `/healthz`, `/readyz`, `/metrics` and `/v1/status` are served over HTTP, or `off`.'
}
