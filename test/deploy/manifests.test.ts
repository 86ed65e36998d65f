/** What stands in deploy/: each file by its own schema or tool, and all of it by what the agent and the image really are. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env as ownEnv } from 'node:process'
import { describe, it, test } from 'node:test'
import { Ajv } from 'ajv'
import { DaemonSet } from 'kubernetes-models/apps/v1'
import { ClusterRole, ClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import { Pod, ServiceAccount } from 'kubernetes-models/v1'
import { parse, parseAllDocuments } from 'yaml'
import * as z from 'zod'
import { readConfig } from '../../src/config/read-config.ts'
import { isOnPath } from '../../src/host/on-path.ts'
import { rendered } from './go-template.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8')
const documentsIn = (text: string): readonly unknown[] => parseAllDocuments(text).map((document): unknown => document.toJS())

/** By kind; each throws where the schema of Kubernetes is not kept. */
const kinds = { DaemonSet, ClusterRole, ClusterRoleBinding, Pod, ServiceAccount } as const

const objectSchema = z.looseObject({ kind: z.enum(['DaemonSet', 'ClusterRole', 'ClusterRoleBinding', 'Pod', 'ServiceAccount']) })
const containerSchema = z.looseObject({
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  securityContext: z.object({ readOnlyRootFilesystem: z.literal(true), allowPrivilegeEscalation: z.literal(false), capabilities: z.object({ drop: z.tuple([z.literal('ALL')]), add: z.array(z.string()) }) }),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() }))
})
const podSpecSchema = z.looseObject({
  hostNetwork: z.literal(true), terminationGracePeriodSeconds: z.number().min(10), containers: z.tuple([containerSchema]), volumes: z.array(z.looseObject({ name: z.string() }))
})

const CAPABILITIES = ['NET_ADMIN', 'NET_RAW', 'SETGID', 'SETUID']
/** The three that the agent writes to. */
const WRITABLE = ['/etc/keepalived', '/run', '/var/lib/keepalived-mesh']

/** @throws where one of them is not what Kubernetes takes */
function validated (documents: readonly unknown[]): void {
  for (const document of documents) {
    const { kind, ...rest } = objectSchema.parse(document)
    // eslint-disable-next-line typescript/no-unsafe-type-assertion -- validate() is what judges it
    new kinds[kind](rest as never).validate()
  }
}

/** Runs where the image is meant to: with its capabilities, its places to write, and an environment that is no fault. */
function assertRuns (podSpec: unknown, more: Readonly<Record<string, string>> = {}): void {
  const { containers: [{ env, securityContext, volumeMounts }], volumes } = podSpecSchema.parse(podSpec)
  assert.deepEqual(securityContext.capabilities.add, CAPABILITIES)
  assert.deepEqual(volumeMounts.map(({ mountPath }) => mountPath).filter((path) => WRITABLE.includes(path)).toSorted(), WRITABLE)
  assert.deepEqual(volumeMounts.map(({ name }) => name).toSorted(), volumes.map(({ name }) => name).toSorted(), 'volumes and mounts')
  assertConfigures({ ...more, ...Object.fromEntries(env.map(({ name, value = '' }) => [name, value])) })
}

function assertConfigures (environment: Readonly<Record<string, string>>): void {
  const found = readConfig(environment, () => 'correct horse battery staple')
  assert.ok(!('faults' in found), JSON.stringify(found))
  assert.deepEqual(found.warnings, [])
}

const podSpecOf = (document: unknown): unknown => z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: z.unknown() }) }) }).parse(document).spec.template.spec
const literalsOf = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(z.looseObject({ configMapGenerator: z.array(z.looseObject({ literals: z.array(z.string()) })) }).parse(parse(read(path))).configMapGenerator.flatMap(({ literals }) => literals.map((line) => line.split(/=(.*)/s).slice(0, 2))))

describe('kubernetes', () => {
  it('the static Pod is one, and runs', () => {
    const [pod] = documentsIn(read('kubernetes/static-pod.yaml'))
    validated([pod])
    assertRuns(z.looseObject({ spec: z.unknown() }).parse(pod).spec)
  })

  it('the DaemonSet and its account are what Kubernetes takes, and run', () => {
    const [daemonSet] = documentsIn(read('kubernetes/base/daemonset.yaml'))
    validated([daemonSet, ...documentsIn(read('kubernetes/base/rbac.yaml'))])
    assertRuns(podSpecOf(daemonSet), literalsOf('kubernetes/base/kustomization.yaml'))
  })

  it('the overlay changes what the base has, and is no fault', () => {
    const base = literalsOf('kubernetes/base/kustomization.yaml')
    const overlay = literalsOf('kubernetes/overlays/example/kustomization.yaml')
    assert.ok(Object.keys(overlay).every((name) => name in base))
    assertConfigures({ KEEPALIVED_MESH_SECRET: 'correct horse battery staple', ...base, ...overlay })
    for (const folder of ['base', 'overlays/example']) {
      for (const resource of z.looseObject({ resources: z.array(z.string()) }).parse(parse(read(`kubernetes/${folder}/kustomization.yaml`))).resources) {
        assert.ok(existsSync(join(ROOT, 'deploy/kubernetes', folder, resource)), resource)
      }
    }
  })

  it('a schema that is not kept is noticed', () => {
    const [pod] = documentsIn(read('kubernetes/static-pod.yaml').replace('hostNetwork: true', 'hostNetwork: maybe'))
    assert.throws(() => { validated([pod]) }, /hostNetwork/)
  })
})

describe('helm', () => {
  const chart = z.object({ name: z.string(), version: z.string(), appVersion: z.coerce.string() }).parse(parse(read('helm/keepalived-mesh/Chart.yaml')))
  const values: Record<string, unknown> = z.record(z.string(), z.unknown()).parse(parse(read('helm/keepalived-mesh/values.yaml')))
  const accepts = new Ajv({ strict: false }).compile(z.record(z.string(), z.unknown()).parse(JSON.parse(read('helm/keepalived-mesh/values.schema.json'))))
  const render = (given: Readonly<Record<string, unknown>>): readonly unknown[] => readdirSync(join(ROOT, 'deploy/helm/keepalived-mesh/templates')).flatMap((name) =>
    documentsIn(rendered(read(`helm/keepalived-mesh/templates/${name}`), { Values: { ...values, ...given }, Release: { Name: 'vip', Namespace: 'kube-system' }, Chart: { Name: chart.name, Version: chart.version, AppVersion: chart.appVersion } })))

  it('is of the version of the package', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
    assert.deepEqual([chart.version, chart.appVersion], [version, version])
  })

  for (const [what, given] of [
    ['a VIP and no more', { virtualIpaddress: ['10.10.0.2/24'] }],
    ['all of it', { virtualIpaddress: ['10.10.0.2/24', 'fd00::2/64'], existingSecret: 'mesh', kubeApiserverCheck: false, env: { KEEPALIVED_MESH_UNLIST: 120, KEEPALIVED_VIRTUAL_ROUTER_ID: '7' } }]
  ] as const) {
    it(`renders ${what} into what Kubernetes takes`, () => {
      assert.ok(accepts({ ...values, ...given }), JSON.stringify(accepts.errors))
      const documents = render(given)
      validated(documents)
      const daemonSet = documents.find((document) => objectSchema.parse(document).kind === 'DaemonSet')
      const more = 'existingSecret' in given ? {} : { KEEPALIVED_MESH_SECRET: 'correct horse battery staple' }
      assertRuns(podSpecOf(daemonSet), more)
    })
  }

  for (const [what, given] of [['no VIP', {}], ['a VIP without a prefix length', { virtualIpaddress: ['10.10.0.2'] }], ['a variable of somebody else', { virtualIpaddress: ['10.10.0.2/24'], env: { FOO: '1' } }], ['a value that is none', { virtualIpaddress: ['10.10.0.2/24'], replicas: 3 }]] as const) {
    it(`its schema refuses ${what}`, () => {
      assert.ok(!accepts({ ...values, ...given }))
    })
  }
})

test('compose: capabilities, places to write and environment', () => {
  const { services } = z.object({
    services: z.record(z.string(), z.looseObject({
      network_mode: z.literal('host'), read_only: z.literal(true), cap_drop: z.tuple([z.literal('ALL')]), cap_add: z.array(z.string()), tmpfs: z.array(z.string()), volumes: z.array(z.string()), environment: z.record(z.string(), z.string())
    }))
  }).parse(parse(read('compose/compose.yaml')))
  const service = services['keepalived-mesh']
  assert(service !== undefined)
  assert.deepEqual(service.cap_add, CAPABILITIES)
  assert.deepEqual([...service.tmpfs, ...service.volumes.map((line) => line.split(':')[1] ?? '').filter((path) => WRITABLE.includes(path))].toSorted(), WRITABLE)
  assertConfigures(service.environment)
})

test('systemd: the unit is one, keeps keepalived apart from the agent, and is shut in', { skip: isOnPath('systemd-analyze', ownEnv['PATH'] ?? '') ? false : 'no systemd-analyze on this machine' }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'systemd-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  const unit = join(folder, 'keepalived-mesh.service')
  const text = read('systemd/keepalived-mesh.service')
  // Neither need be on this machine.
  writeFileSync(unit, text.replace('/usr/bin/node', '/bin/true'))
  execFileSync('systemd-analyze', ['verify', '--man=no', unit], { stdio: 'pipe' })
  const said = execFileSync('systemd-analyze', ['security', '--offline=yes', '--threshold=40', unit], { stdio: 'pipe', encoding: 'utf8' })
  assert.match(said, /Overall exposure level/)
  for (const line of ['KillMode=process', 'Restart=always', 'RuntimeDirectoryPreserve=yes', `CapabilityBoundingSet=${CAPABILITIES.map((name) => `CAP_${name}`).join(' ')}`]) assert.ok(text.includes(`\n${line}\n`), line)
  const [, line] = /^exec node (.* \S+\.mjs) "\$@"$/m.exec(read('docker/keepalived-mesh.sh')) ?? []
  assert.ok(line !== undefined && text.includes(`/usr/bin/node ${line} run\n`), 'not what the image runs')
})

test('systemd: the environment is read as systemd and a shell read it, and is no fault', () => {
  const assignments = [...read('systemd/keepalived-mesh.default').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name = '', value = '']): [string, string] => [name, value])
  assert.ok(assignments.length > 0)
  assertConfigures(Object.fromEntries(assignments))
})

test('each folder says in a few lines how it is used', () => {
  for (const folder of readdirSync(join(ROOT, 'deploy'))) {
    if (folder === 'demo') continue
    const lines = read(`${folder}/README.md`).trimEnd().split('\n').length
    assert.ok(lines <= 16, `${folder}/README.md has ${lines} lines`)
  }
})
