/** Where the Kubernetes API is, and how to be let in. Read anew for each connection: tokens and certificates of a host are renewed while it runs. */
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import * as z from 'zod'

export interface ApiAccess {
  /** Without a path. */
  readonly server: URL
  /** Certificate authority, PEM; undefined: those that Node trusts. */
  readonly ca?: string
  /** Client certificate and key, PEM. Secret. */
  readonly cert?: string
  readonly key?: string
  /** Bearer token. Secret. */
  readonly token?: string
  readonly rejectUnauthorized: boolean
}

/** Nothing says where the API is, or what says so cannot be used; the message tells an operator what to do. `code`: `NO_API_ACCESS`. */
export class ApiAccessError extends Error {
  readonly code = 'NO_API_ACCESS'
}

export interface ApiAccessOptions {
  /** Path of a kubeconfig; null: the account of the Pod. */
  readonly kubeconfig: string | null
  /** `KUBERNETES_SERVICE_HOST` and `_PORT`, as the kubelet gives them to each Pod; null: not in a Pod. */
  readonly service: { readonly host: string, readonly port: string } | null
  /** @default where the kubelet mounts it */
  readonly accountDir?: string
}

const accountDirOfPods = '/var/run/secrets/kubernetes.io/serviceaccount'

/** @throws ApiAccessError */
export async function readApiAccess ({ kubeconfig, service, accountDir = accountDirOfPods }: ApiAccessOptions): Promise<ApiAccess> {
  if (kubeconfig !== null) return await accessIn(kubeconfig)
  if (service === null) throw new ApiAccessError('discovery by Kubernetes outside of a Pod needs KEEPALIVED_MESH_KUBECONFIG, the path of a kubeconfig')
  const { host, port } = service
  const [token, ca] = await Promise.all([read(`${accountDir}/token`), read(`${accountDir}/ca.crt`)])
  return { server: new URL(`https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`), token: token.trim(), ca, rejectUnauthorized: true }
}

async function read (path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ApiAccessError(`${path} cannot be read: ${String(error)}`, { cause: error })
  }
}

const text = z.string().optional()

/** As far as it is used (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1). */
const kubeconfigSchema = z.object({
  'current-context': z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({
    name: z.string(),
    cluster: z.object({ server: z.url({ protocol: /^https$/ }), 'certificate-authority': text, 'certificate-authority-data': text, 'insecure-skip-tls-verify': z.boolean().default(false) })
  })),
  users: z.array(z.object({
    name: z.string(),
    user: z.object({ token: text, tokenFile: text, 'client-certificate': text, 'client-certificate-data': text, 'client-key': text, 'client-key-data': text })
  }))
})

async function accessIn (path: string): Promise<ApiAccess> {
  const { parse } = await import('yaml')
  const contents = await read(path)
  const parsed = kubeconfigSchema.safeParse(unlessMalformed(path, () => parse(contents)))
  if (!parsed.success) throw new ApiAccessError(`${path} is no kubeconfig that can be used: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ')}`)
  const { contexts, clusters, users, 'current-context': current } = parsed.data
  const context = contexts.find(({ name }) => name === current)?.context
  const cluster = clusters.find(({ name }) => name === context?.cluster)?.cluster
  const user = users.find(({ name }) => name === context?.user)?.user
  if (cluster === undefined || user === undefined) throw new ApiAccessError(`${path} has no cluster and user for its current context, "${current}"`)
  const either = async (data: string | undefined, file: string | undefined): Promise<string | undefined> =>
    data === undefined ? file === undefined ? undefined : await read(resolve(dirname(path), file)) : Buffer.from(data, 'base64').toString()
  const [ca, cert, key, token] = await Promise.all([
    either(cluster['certificate-authority-data'], cluster['certificate-authority']),
    either(user['client-certificate-data'], user['client-certificate']),
    either(user['client-key-data'], user['client-key']),
    user.tokenFile === undefined ? user.token : read(resolve(dirname(path), user.tokenFile))
  ])
  if (token === undefined && (cert === undefined || key === undefined)) throw new ApiAccessError(`${path} lets in by neither a token nor a certificate with its key; programs and other ways are not supported`)
  return {
    server: new URL(cluster.server),
    rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
    ...ca !== undefined && { ca },
    ...cert !== undefined && key !== undefined && { cert, key },
    ...token !== undefined && { token: token.trim() }
  }
}

function unlessMalformed<T> (path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new ApiAccessError(`${path} is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`, { cause: error })
  }
}
