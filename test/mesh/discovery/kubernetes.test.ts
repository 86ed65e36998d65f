/** Nodes as a source, against a real HTTPS server that lists and watches as the API does. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { createKubernetes, type KubernetesOptions } from '../../../src/mesh/discovery/kubernetes/kubernetes.ts'
import { readApiAccess } from '../../../src/mesh/discovery/kubernetes/api-access.ts'
import { startKubeApi, type KubeApi } from './kube-api.ts'

const SELECTOR = 'node-role.kubernetes.io/control-plane'

interface Following {
  readonly api: KubeApi
  readonly told: string[]
  readonly log: string[]
  /** Resolves when that was told, once more than before. */
  readonly until: (text: string) => Promise<void>
}

function folderFor (t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  return folder
}

function accountOf (t: TestContext, { ca, token }: Pick<KubeApi, 'ca' | 'token'>): string {
  const folder = folderFor(t)
  writeFileSync(join(folder, 'token'), `${token}\n`)
  writeFileSync(join(folder, 'ca.crt'), ca)
  return folder
}

/** Follows an API that has these Nodes already, by the account of a Pod unless told. */
async function follow (t: TestContext, nodes: Readonly<Record<string, string>>, given: (api: KubeApi) => Partial<KubernetesOptions> = () => ({})): Promise<Following> {
  const api = await startKubeApi({ selector: SELECTOR })
  t.after(async () => { await api.close().catch(() => {}) })
  for (const [name, address] of Object.entries(nodes)) api.put(name, address)
  const told: string[] = []
  const log: string[] = []
  const waiting: Array<() => void> = []
  const wake = (): void => { waiting.splice(0).forEach((resolve) => { resolve() }) }
  const say = (text: string): void => {
    told.push(text)
    wake()
  }
  const options: KubernetesOptions = { labelSelector: SELECTOR, port: 11_201, kubeconfig: null, service: { host: '127.0.0.1', port: String(api.port) }, accountDir: accountOf(t, api), ...given(api) }
  const source = createKubernetes(options, {
    alone: () => true,
    found: ({ address }) => { say(`+${address}`) },
    gone: (address) => { say(`-${address}`) },
    log: pino({ level: 'info' }, { write (line: string) { log.push(line); wake() } })
  })
  t.after(source.stop)
  source.start()
  return {
    api,
    told,
    log,
    async until (text) {
      while (!told.includes(text) && !log.some((line) => line.includes(text))) await new Promise<void>((resolve) => { waiting.push(resolve) })
    }
  }
}

test('all Nodes are found, page by page; then who comes, who moves, and who is deleted', async (t) => {
  const { api, told, until } = await follow(t, { one: '10.0.0.1', two: '10.0.0.2', three: '10.0.0.3' })
  await api.watched(1)
  assert.deepEqual(told.splice(0), ['+10.0.0.1', '+10.0.0.2', '+10.0.0.3'])
  assert.equal(api.asked.filter((path) => path.includes('continue=2')).length, 1)
  api.put('four', '10.0.0.4')
  await until('+10.0.0.4')
  api.put('one', '10.0.0.11')
  await until('-10.0.0.1')
  assert.ok(told.includes('+10.0.0.11'))
  api.remove('two')
  await until('-10.0.0.2')
})

test('a Node whose address another one has taken is not gone', async (t) => {
  const { api, told, until } = await follow(t, { one: '10.0.0.1' })
  await api.watched(1)
  api.put('anew', '10.0.0.1')
  api.remove('one')
  api.put('last', '10.0.0.9')
  await until('+10.0.0.9')
  assert.deepEqual(told.filter((text) => text.startsWith('-')), [])
})

test('a watch that is cut goes on from where it was, without a list', async (t) => {
  const { api, until } = await follow(t, { one: '10.0.0.1' })
  await api.watched(1)
  const lists = api.asked.filter((path) => !path.includes('watch')).length
  api.disconnect()
  api.put('two', '10.0.0.2')
  await until('+10.0.0.2')
  assert.equal(api.asked.filter((path) => !path.includes('watch')).length, lists)
})

test('410 Gone: listed anew, and who was deleted meanwhile is gone', async (t) => {
  const { api, until } = await follow(t, { one: '10.0.0.1', two: '10.0.0.2' })
  await api.watched(1)
  await api.stop()
  api.remove('two')
  api.put('three', '10.0.0.3')
  api.compact()
  await api.start()
  await until('+10.0.0.3')
  await until('-10.0.0.2')
})

test('an API that is down costs one line, and one when it is back; what is known stays', async (t) => {
  const { api, told, log, until } = await follow(t, { one: '10.0.0.1' })
  await api.watched(1)
  await api.stop()
  await until('does not tell of its Nodes')
  api.put('two', '10.0.0.2')
  await api.start()
  await until('tells of its Nodes again')
  assert.deepEqual(told.filter((text) => text.startsWith('-')), [])
  assert.ok(log.filter((line) => line.includes('does not tell')).length <= 2, log.join(''))
})

test('whoever is not let in is told so', async (t) => {
  const { log, until } = await follow(t, {}, () => ({ accountDir: accountOf(t, { ca: 'x', token: 'another' }) }))
  await until('does not tell of its Nodes')
  assert.equal(log.length, 1)
})

test('a kubeconfig: by token, with its authority beside it', async (t) => {
  const { told, api } = await follow(t, { one: '10.0.0.1' }, ({ port, ca, token }) => {
    const folder = folderFor(t)
    writeFileSync(join(folder, 'ca.crt'), ca)
    writeFileSync(join(folder, 'config'), `
apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: here, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:${port}", certificate-authority: ca.crt } }]
users: [{ name: u, user: { token: ${token} } }]
`)
    return { kubeconfig: join(folder, 'config'), service: null }
  })
  await api.watched(1)
  assert.deepEqual(told, ['+10.0.0.1'])
})

for (const [text, complaint] of [
  ['a: [', /is no YAML/],
  ['current-context: x', /is no kubeconfig that can be used/],
  ['{ current-context: x, contexts: [], clusters: [], users: [] }', /no cluster and user for its current context, "x"/],
  ['{ current-context: x, contexts: [{ name: x, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: "http://a" } }], users: [] }', /server/],
  ['{ current-context: x, contexts: [{ name: x, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: "https://a" } }], users: [{ name: u, user: {} }] }', /neither a token nor a certificate/]
] as const) {
  test(`a kubeconfig that cannot be used: ${text.slice(0, 40)}`, async (t) => {
    const path = join(folderFor(t), 'config')
    writeFileSync(path, text)
    await assert.rejects(readApiAccess({ kubeconfig: path, service: null }), complaint)
  })
}

test('nothing that says where the API is', async () => {
  await assert.rejects(readApiAccess({ kubeconfig: null, service: null }), /KEEPALIVED_MESH_KUBECONFIG/)
})
