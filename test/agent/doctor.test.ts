/**
 * `doctor` on hosts with a fault each: network namespaces on one switch, with real interfaces, sysctls, sockets and programs. Each fault is named,
 * with its remedy, and nothing else is.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { execPath } from 'node:process'
import { after, before, test } from 'node:test'
import * as z from 'zod'

const HOST = `kdoc-${process.pid}-host`
const OTHER = `kdoc-${process.pid}-other`
const VIP = '10.94.0.100'
const directory = mkdtempSync(join(tmpdir(), 'doctor-'))
const ip = (...args: string[]): void => { execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] }) }
const inHost = (...args: string[]): void => { execFileSync('ip', ['netns', 'exec', HOST, ...args], { stdio: ['ignore', 'ignore', 'pipe'] }) }

const answerSchema = z.object({
  healthy: z.boolean(),
  findings: z.array(z.object({ subject: z.string(), level: z.enum(['ok', 'warning', 'fault']), message: z.string(), remedy: z.string().nullable() }))
})
type Finding = z.infer<typeof answerSchema>['findings'][number]

before(() => {
  for (const name of [HOST, OTHER]) {
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  ip('-n', HOST, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', OTHER)
  ip('-n', HOST, 'address', 'add', '10.94.0.1/24', 'dev', 'eth0')
  ip('-n', OTHER, 'address', 'add', '10.94.0.2/24', 'dev', 'eth0')
  for (const name of [HOST, OTHER]) ip('-n', name, 'link', 'set', 'eth0', 'up')
  inHost('sysctl', '-qw', 'net.ipv4.conf.eth0.promote_secondaries=1')
})
after(() => {
  for (const name of [HOST, OTHER]) ip('netns', 'del', name)
  rmSync(directory, { recursive: true })
})

const WELL = {
  PATH: process.env['PATH'] ?? '',
  KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24`,
  KEEPALIVED_MESH_SECRET: 'correct horse battery staple',
  KEEPALIVED_MESH_RUN_DIR: join(directory, 'run'),
  KEEPALIVED_MESH_STATE_DIR: join(directory, 'state')
}

interface Ailing {
  /** In place of what is well, or besides; undefined: without. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Words before the command. */
  readonly within?: readonly string[]
}

/** All that is not well on the host, and the exit code. */
function examined ({ env = {}, within = [] }: Ailing): { readonly code: number | null, readonly findings: readonly Finding[] } {
  const given = Object.fromEntries(Object.entries({ ...WELL, ...env }).filter(([, value]) => value !== undefined))
  const words = ['netns', 'exec', HOST, ...within, execPath, '--import', './test/assets.js', 'src/main.ts', 'doctor', '--json']
  let stdout: string
  let code = 0
  try {
    stdout = execFileSync('ip', words, { encoding: 'utf8', env: given, stdio: ['ignore', 'pipe', 'inherit'] })
  } catch (error) {
    const failed = z.object({ status: z.number(), stdout: z.string() }).parse(error)
    stdout = failed.stdout
    code = failed.status
  }
  const { healthy, findings } = answerSchema.parse(JSON.parse(stdout))
  assert.equal(code, healthy ? 0 : 1)
  return { code, findings: findings.filter(({ level }) => level !== 'ok') }
}

function assertFound (ailing: Ailing, level: 'warning' | 'fault', subject: string, message: RegExp, remedy: RegExp): void {
  const { code, findings } = examined(ailing)
  assert.deepEqual(findings.map((found) => [found.level, found.subject]), [[level, subject]])
  assert.match(findings[0]?.message ?? '', message)
  assert.match(findings[0]?.remedy ?? '', remedy)
  assert.equal(code, level === 'fault' ? 1 : 0)
}

function program (name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

test('a host on which all is well', () => {
  assert.deepEqual(examined({}), { code: 0, findings: [] })
})

test('a variable with a typing error', () => {
  assertFound({ env: { KEEPALIVED_MESH_SEDS: '10.94.0.2' } }, 'warning', 'KEEPALIVED_MESH_SEDS', /KEEPALIVED_MESH_SEEDS is probably meant/, /change KEEPALIVED_MESH_SEDS/)
})

test('a variable with a value that it cannot have, and none that is needed', () => {
  assertFound({ env: { KEEPALIVED_ADVERT_INT: 'often' } }, 'fault', 'KEEPALIVED_ADVERT_INT', /received "often", expected a number/, /set KEEPALIVED_ADVERT_INT/)
  assertFound({ env: { KEEPALIVED_VIRTUAL_IPADDRESS_1: undefined, KEEPALIVED_MESH_SECRET: undefined, KEEPALIVED_MESH: 'off' } }, 'fault', 'KEEPALIVED_VIRTUAL_IPADDRESS_###', /received nothing/, /set KEEPALIVED_VIRTUAL/)
})

test('a secret that cannot be read', () => {
  assertFound({ env: { KEEPALIVED_MESH_SECRET: undefined, KEEPALIVED_MESH_SECRET_FILE: join(directory, 'none') } }, 'fault', 'KEEPALIVED_MESH_SECRET_FILE', /none/, /set KEEPALIVED_MESH_SECRET_FILE/)
})

test('a mesh without a secret', () => {
  assertFound({ env: { KEEPALIVED_MESH_SECRET: undefined } }, 'warning', 'KEEPALIVED_MESH_SECRET', /open: whoever reaches its port can join/, /change KEEPALIVED_MESH_SECRET/)
})

test('a capability that is missing', () => {
  assertFound({ within: ['setpriv', '--bounding-set=-net_admin'] }, 'fault', 'capabilities', /add NET_ADMIN/, /--cap-add/)
})

test('no keepalived, and one that is too old', () => {
  const conf = '/etc/keepalived/keepalived.conf'
  assertFound({ env: { KEEPALIVED_CMD: `${directory}/none -n -l -f ${conf}` } }, 'fault', 'keepalived', /none cannot be run/, /install keepalived 2.2/)
  const old = program('keepalived', '#!/bin/sh\necho "Keepalived v2.1.5 (07/13,2020)" >&2\n')
  assertFound({ env: { KEEPALIVED_CMD: `${old} -n -l -f ${conf}` } }, 'fault', 'keepalived', /version 2\.1\.5/, /install keepalived 2.2/)
})

test('no arping', () => {
  const bin = join(directory, 'bin')
  execFileSync('mkdir', [bin])
  symlinkSync(execFileSync('sh', ['-c', 'command -v ip'], { encoding: 'utf8' }).trim(), join(bin, 'ip'))
  const { code, findings } = examined({ env: { PATH: bin }, within: [] })
  assert.equal(code, 1)
  assert.deepEqual(findings.map(({ subject }) => subject), ['arping', 'VIP'])
  assert.match(findings[0]?.remedy ?? '', /install iputils-arping/)
})

test('an interface that is not there, one that is down, a source address of another host', () => {
  assertFound({ env: { KEEPALIVED_INTERFACE: 'eth9', KEEPALIVED_UNICAST_SRC_IP: '10.94.0.1' } }, 'fault', 'interface', /no interface eth9; it has lo, eth0/, /set KEEPALIVED_INTERFACE/)
  assertFound({ env: { KEEPALIVED_INTERFACE: 'eth0', KEEPALIVED_UNICAST_SRC_IP: '10.94.0.9' } }, 'fault', 'source address', /10\.94\.0\.9 is no address of this host/, /set KEEPALIVED_UNICAST_SRC_IP/)
  ip('-n', HOST, 'link', 'set', 'eth0', 'down')
  try {
    assertFound({}, 'fault', 'interface', /eth0 is down/, /ip link set eth0 up/)
  } finally {
    ip('-n', HOST, 'link', 'set', 'eth0', 'up')
  }
})

test('no interface for the VIP', () => {
  assertFound({ env: { KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.95.0.100/24' } }, 'fault', 'interface', /no interface has a subnet that holds the first VIP, 10\.95\.0\.100/, /set KEEPALIVED_INTERFACE/)
})

test('a sysctl for which the VIP would go with the address of the host', () => {
  inHost('sysctl', '-qw', 'net.ipv4.conf.all.promote_secondaries=0', 'net.ipv4.conf.eth0.promote_secondaries=0')
  try {
    assertFound({}, 'warning', 'sysctl', /net\.ipv4\.conf\.eth0\.promote_secondaries is 0/, /sysctl -w net\.ipv4\.conf\.eth0\.promote_secondaries=1/)
    assert.deepEqual(examined({ env: { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/32` } }).findings, [], 'with /32 it does not matter')
  } finally {
    inHost('sysctl', '-qw', 'net.ipv4.conf.eth0.promote_secondaries=1')
  }
})

test('a port that is taken', async (t) => {
  const listener = spawn('ip', ['netns', 'exec', HOST, execPath, '-e', "require('net').createServer().listen(11201, () => console.log('listening'))"], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => listener.kill())
  await once(listener.stdout, 'data')
  assertFound({}, 'fault', 'port', /TCP 11201 is taken/, /KEEPALIVED_MESH_PORT/)
})

test('a VIP that somebody else holds, and one that is left on this host', () => {
  ip('-n', OTHER, 'address', 'add', `${VIP}/24`, 'dev', 'eth0')
  try {
    assertFound({}, 'warning', 'VIP', /^[0-9a-f:]{17} answers for 10\.94\.0\.100/, /find it by its MAC/)
  } finally {
    ip('-n', OTHER, 'address', 'delete', `${VIP}/24`, 'dev', 'eth0')
  }
  ip('-n', HOST, 'address', 'add', `${VIP}/24`, 'dev', 'eth0')
  try {
    assertFound({}, 'warning', 'VIP', /10\.94\.0\.100 is on eth0 of this host, though no agent runs/, /ip address delete 10\.94\.0\.100\/24 dev eth0/)
  } finally {
    ip('-n', HOST, 'address', 'delete', `${VIP}/24`, 'dev', 'eth0')
  }
})

test('mDNS that is blocked', () => {
  inHost('nft', 'add table inet deaf; add chain inet deaf in { type filter hook input priority 0; }; add rule inet deaf in udp dport 5353 drop')
  try {
    assertFound({}, 'warning', 'mDNS', /not heard/, /KEEPALIVED_MESH_SEEDS/)
  } finally {
    inHost('nft', 'flush', 'ruleset')
  }
})

test('a state directory that cannot be written', () => {
  const mount = `mount -t tmpfs -o ro none ${directory}/ro && exec "$@"`
  execFileSync('mkdir', ['-p', join(directory, 'ro')])
  const within = ['unshare', '--mount', 'sh', '-c', mount, 'sh']
  assertFound({ within, env: { KEEPALIVED_MESH_STATE_DIR: join(directory, 'ro') } }, 'fault', 'state directory', /EROFS/, /KEEPALIVED_MESH_STATE_DIR/)
  assertFound({ within, env: { KEEPALIVED_MESH_STATE_DIR: join(directory, 'ro', 'deeper') } }, 'fault', 'state directory', /EROFS/, /mount a volume/)
})

test('a state directory that is full, and one that is a file', () => {
  const full = join(directory, 'full')
  execFileSync('mkdir', ['-p', full])
  const within = ['unshare', '--mount', 'sh', '-c', `mount -t tmpfs -o size=64k none ${full} && { head -c 100k /dev/zero > ${full}/fill 2>&1 || true; } && exec "$@"`, 'sh']
  assertFound({ within, env: { KEEPALIVED_MESH_STATE_DIR: full } }, 'fault', 'state directory', /has no room left/, /mount a volume/)
  assertFound({ env: { KEEPALIVED_MESH_STATE_DIR: program('plain', '') } }, 'fault', 'state directory', /ENOTDIR/, /mount a volume/)
  assertFound({ env: { KEEPALIVED_MESH_STATE_DIR: join(program('plain', ''), 'deeper') } }, 'fault', 'state directory', /ENOTDIR/, /mount a volume/)
})
