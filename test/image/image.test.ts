/**
 * The Debian image, built as the README says and run as it says: three containers, each in a network of its own, form a group; an agent dies; the MASTER's container is stopped.
 * (The Alpine one needs Alpine's packages; what both share is tested in test/deploy.)
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as z from 'zod'
import { VIP } from '../lab/group.ts'
import { openLab, type Lab } from '../lab/lab.ts'
import { report } from '../lab/report.ts'
import { documentSchema, type StatusDocument } from '../../src/status/document.ts'
import { missing, openEngine, type Engine } from './engine.ts'

const IMAGE = 'localhost/keepalived-mesh:debian'
const HOSTS = ['one', 'two', 'three'] as const
type Name = typeof HOSTS[number]

const skip = missing.length === 0 ? false : `not on this machine: ${missing.join(', ')}`
if (skip !== false) console.error(`image: ${skip}`)

let engine: Engine
let lab: Lab

before(async () => {
  if (skip !== false) return
  engine = await openEngine()
  await engine.buildah('bud', '--isolation', 'chroot', '--network', 'host', '--pull-never', '--format', 'docker', '--target', 'debian', '--build-arg', 'VERSION=9.9.9', '--build-arg', 'REVISION=abc', '--tag', IMAGE, '.')
  lab = await openLab()
})
after(async () => {
  if (skip !== false) return
  await lab.close()
  await engine.close()
})

const inspectSchema = z.tuple([z.looseObject({
  Size: z.number(),
  User: z.string(),
  Config: z.looseObject({ Entrypoint: z.array(z.string()), StopSignal: z.string(), Labels: z.record(z.string(), z.string()), Volumes: z.record(z.string(), z.unknown()), Healthcheck: z.looseObject({ Test: z.array(z.string()) }).optional() })
})])

test('what the image says of itself', { skip }, async () => {
  const [{ Size, User, Config: { Entrypoint, StopSignal, Labels, Volumes } }] = inspectSchema.parse(JSON.parse(await engine.podman('image', 'inspect', IMAGE)))
  assert.deepEqual([User, StopSignal, Entrypoint], ['root', 'SIGTERM', ['tini', '-s', '--', '/usr/local/lib/keepalived-mesh/launcher.sh']])
  assert.equal(Labels['org.opencontainers.image.version'], '9.9.9')
  assert.equal(Labels['org.opencontainers.image.revision'], 'abc')
  assert.deepEqual(Object.keys(Volumes), ['/var/lib/keepalived-mesh'])
  await report('image, Debian: size', Math.round(Size / 2 ** 20), 'count')
})

test('nothing of the build is left in it', { skip }, async () => {
  const found = await engine.podman('run', '--rm', ...limits, '--network', 'none', '--entrypoint', 'sh', IMAGE, '-c',
    'ls /root /home /tmp /var/lib/apt/lists /var/cache/apt/archives; find / -xdev \\( -name "*.npmrc" -o -name node_modules -o -name builder.crt \\) -print')
  assert.deepEqual(found.split('\n').filter((line) => line !== '' && !line.endsWith(':') && line !== 'partial' && line !== 'lock'), [])
})

test('its commands, and the exit code of a bad configuration', { skip }, async () => {
  assert.equal(await once(IMAGE, '--version'), await packageVersion())
  assert.match(await once(IMAGE, 'secret'), /^[A-Za-z0-9_-]{43}$/)
  // What V8 made of the bundle, for each start.
  await engine.podman('run', '--rm', ...limits, '--network', 'none', '--entrypoint', 'test', IMAGE, '-s', '/usr/local/lib/keepalived-mesh/keepalived-mesh.mjs.code')
  await assert.rejects(once('-e', 'KEEPALIVED_VIRTUAL_IPADDRESS_1=nonsense', IMAGE), { code: 64 })
})

test('three containers form a group; an agent that is killed moves nothing; a MASTER that is stopped hands over', { skip, timeout: 300_000 }, async () => {
  for (const name of HOSTS) {
    const host = await lab.addHost(name)
    await engine.podman('run', '--detach', '--name', name, ...limits, '--network', `ns:/proc/${host.pid}/ns/net`, '--read-only', '--tmpfs', '/run', '--tmpfs', '/etc/keepalived', '--volume', `${name}:/var/lib/keepalived-mesh`,
      '--cap-drop', 'ALL', ...['NET_ADMIN', 'NET_RAW', 'SETGID', 'SETUID'].flatMap((capability) => ['--cap-add', capability]), '--env', `KEEPALIVED_VIRTUAL_IPADDRESS_1=${VIP}/24`, IMAGE)
  }
  await formed(HOSTS)
  assert.equal(lab.timeline.of(VIP).length, 1, 'the VIP moved while the group formed')
  const master = holder()
  await engine.podman('exec', master, '/bin/sh', '-c', HEALTH)

  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const moved = lab.timeline.of(VIP).length
  const pid = await engine.podman('exec', master, 'sh', '-c', AGENT)
  await engine.podman('exec', master, 'sh', '-c', `kill -9 ${pid}`)
  await lab.until(async () => await engine.podman('exec', master, 'sh', '-c', AGENT).catch(() => pid) !== pid, { what: 'the launcher to start another agent', ceilingMs: 60_000 })
  await formed(HOSTS)
  assert.equal(lab.timeline.of(VIP).length, moved, 'the VIP moved when an agent died')
  assert.equal(probe.report().lost, 0)

  const rest = HOSTS.filter((name) => name !== master)
  await engine.podman('stop', '--time', '15', master)
  await formed(rest)
  await probe.answers(100)
  const seen = await probe.stop()
  assert.deepEqual(lab.timeline.of(VIP).slice(moved).map(({ event }) => event).toSorted(), ['added', 'removed'], 'the VIP moved more than once')
  await report('containers, MASTER stopped: gap of a client', seen.longestGapMs)
  await report('containers, MASTER stopped: lost pings', seen.lost, 'count')
  assert.equal(await engine.podman('inspect', '--format', '{{.State.ExitCode}}', master), '0')
})

async function once (...args: readonly string[]): Promise<string> {
  return await engine.podman('run', '--rm', ...limits, '--network', 'none', ...args)
}

/** Where containers may have less than podman asks for, and no systemd looks after their health. */
const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1000:1000', '--pull', 'never', '--no-healthcheck'] as const
/** As HEALTHCHECK of the image has it. */
const HEALTH = 'keepalived-mesh status >/dev/null'
/** The pid of the agent inside its container, without any program that a slim image lacks. */
const AGENT = 'for p in /proc/[0-9]*; do case $(tr "\\0" " " <$p/cmdline) in *keepalived-mesh.mjs\\ run*) echo ${p#/proc/}; break ;; esac; done'

async function packageVersion (): Promise<string> {
  const { default: { version } } = await import('../../package.json', { with: { type: 'json' } })
  return version
}

function holder (): Name {
  const name = HOSTS.find((one) => lab.timeline.holders(VIP).includes(one))
  assert(name !== undefined)
  return name
}

async function statusOf (name: Name): Promise<StatusDocument | null> {
  const said = await engine.podman('exec', name, 'keepalived-mesh', 'status', '--json').catch(() => null)
  return said === null ? null : documentSchema.parse(JSON.parse(said))
}

async function formed (names: readonly Name[]): Promise<void> {
  await lab.until(async () => {
    const statuses = await Promise.all(names.map(statusOf))
    return lab.timeline.holders(VIP).length === 1 && statuses.every((status) => status !== null && status.phase === 'active' && status.agreed && status.members.filter(({ state }) => state === 'active').length === names.length)
  }, { what: `${names.length} containers to be a group`, ceilingMs: 120_000, state: () => lab.timeline.holders(VIP) })
}
