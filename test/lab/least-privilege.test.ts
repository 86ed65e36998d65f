// The bundle with no more than it needs: two capabilities, a root file system that cannot be written, nobody for the check.
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { COMMAND } from './agent.ts'
import { formed, holderAmong, ONLY_THE_VIP, startMember, VIP, type Member } from './group.ts'
import { openLab, type Lab } from './lab.ts'

const NEEDED = ['net_admin', 'net_raw'] as const
/** keepalived runs no script without the one, and the check becomes nobody with both. */
const FOR_THE_CHECK = ['setuid', 'setgid'] as const
const BITS: Readonly<Record<string, number>> = { setgid: 6, setuid: 7, net_admin: 12, net_raw: 13 }

const ROOT = join(import.meta.dirname, '../..')

/** As `docker run --read-only --tmpfs /run --tmpfs /etc/keepalived -v …:/var/lib/keepalived-mesh` has it. */
const READ_ONLY = `set -e
  mkdir -p /var/lib/keepalived-mesh /usr/lib/keepalived/scripts
  install -m 755 ${ROOT}/src/keepalived/chk_kube_apiserver.sh /usr/lib/keepalived/scripts/
  mount --bind /var/lib/keepalived-mesh /var/lib/keepalived-mesh
  for path in / /tmp /var/lib /usr/lib; do mountpoint -q $path || mount --bind $path $path; mount -o remount,bind,ro $path; done
  exec "$@"`

/** Stands for curl: says who asks, and that all is well. */
const CURL = '#!/bin/sh\nid -u > "/run/seen/$(id -u)"\nprintf 200\n'

const withOnly = (capabilities: readonly string[]): readonly string[] =>
  ['setpriv', `--bounding-set=-all,${capabilities.map((name) => `+${name}`).join()}`, '--inh-caps=-all', ...COMMAND, 'run']

async function startLeast (lab: Lab, name: string, capabilities: readonly string[], check: boolean): Promise<Member> {
  const host = await lab.addHost(name)
  await host.write('/run/bin/curl', CURL)
  await host.exec('sh', '-c', 'chmod 755 /run/bin/curl; mkdir /run/seen; chmod 777 /run/seen')
  const env = { ...ONLY_THE_VIP, KEEPALIVED_KUBE_APISERVER_CHECK: String(check), KUBE_APISERVER_CHK_INTERVAL: '1', PATH: `/run/bin:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  return await startMember(lab, host, env, ['unshare', '--mount', 'sh', '-c', READ_ONLY, 'sh', ...withOnly(capabilities)])
}

/** Of a process as seen from outside. */
function statusOf (pid: number): { readonly parent: number, readonly effective: bigint } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { parent: Number(/^PPid:\s+(\d+)$/m.exec(text)?.[1]), effective: BigInt(`0x${/^CapEff:\s+(\w+)$/m.exec(text)?.[1]}`) }
}

const maskOf = (capabilities: readonly string[]): bigint => capabilities.reduce((mask, name) => mask | 1n << BigInt(BITS[name] ?? 0), 0n)

function keepalivedUnder (agent: number): number {
  const children = readFileSync(`/proc/${agent}/task/${agent}/children`, 'utf8').trim().split(' ').map(Number)
  const found = children.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'keepalived')
  assert.ok(found !== undefined, 'keepalived is no child of the agent: something stands between')
  return found
}

test('two capabilities and a read-only root are enough for a group, and two more for a check by nobody', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const sets = [[...NEEDED, ...FOR_THE_CHECK], NEEDED]
  const members = await Promise.all(sets.map((capabilities, i) => startLeast(lab, ['one', 'two'][i] ?? '', capabilities, capabilities !== NEEDED)))
  await formed(lab, members)
  for (const [i, { host, agent }] of members.entries()) {
    const capabilities = sets[i] ?? []
    assert.equal(statusOf(agent.pid).effective, maskOf(capabilities))
    assert.equal(statusOf(keepalivedUnder(agent.pid)).effective, maskOf(capabilities))
    const root = `/proc/${host.pid}/root`
    assert.equal(statSync(`${root}/run/keepalived-mesh/control.sock`).mode & 0o777, 0o600)
    assert.equal(statSync(`${root}/run/keepalived-mesh`).mode & 0o777, 0o700)
    if (capabilities !== NEEDED) {
      // keepalived asks each second, and says nothing of a result that it had before.
      const seen = await host.exec('timeout', '20', 'sh', '-c', 'until [ -n "$(ls /run/seen)" ]; do sleep 0.1; done; ls /run/seen')
      assert.equal(seen, '65534\n')
    }
    assert.deepEqual(agent.log.filter(({ level }) => ['fatal', 'raw'].includes(level)), [])
  }
  const holder = holderAmong(lab, members)
  const other = members.find((member) => member !== holder)
  assert.deepEqual(await holder.agent.stop(), { code: 0, signal: null })
  await lab.until(() => lab.timeline.holders(VIP).join() === other?.host.name, { what: 'the other one to hold the VIP' })
})

test('without one that it needs: exit code 69, and one clear line', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('poor')
  const all = [...NEEDED, ...FOR_THE_CHECK]
  const cases = [
    ...NEEDED.map((missing) => ({ missing, env: ONLY_THE_VIP })),
    { missing: 'setgid', env: { ...ONLY_THE_VIP, KEEPALIVED_KUBE_APISERVER_CHECK: 'true' } },
    { missing: 'setgid', env: { ...ONLY_THE_VIP, KEEPALIVED_NOTIFY: '/bin/true' } }
  ]
  for (const { missing, env } of cases) {
    const { agent } = await startMember(lab, host, env, withOnly(all.filter((name) => name !== missing)))
    await lab.until(() => agent.exit() !== null, { what: 'the agent to end' })
    assert.equal(agent.exit()?.code, 69)
    const said = agent.log.filter(({ level }) => level !== 'warn')
    assert.equal(said.length, 1, JSON.stringify(said))
    assert.match(String(said[0]?.facts['fault']), new RegExp(`: add ${missing.toUpperCase()}$`))
  }
})

test('what scripts lack is told where it may be meant so: SETGID beside a conf of the operator\'s, and what the check needs to run as nobody', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('weak')
  await host.write('/etc/keepalived/keepalived.conf', 'global_defs {\n  router_id WEAK\n}\n')
  const check = { ...ONLY_THE_VIP, KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }
  for (const { env, lacks, told } of [
    { env: { KEEPALIVED_AUTOCONF: 'false' }, lacks: 'setgid', told: /: add SETGID$/ },
    { env: check, lacks: 'setuid', told: /runs as root/ },
    { env: check, lacks: 'none', told: null }
  ]) {
    const { agent } = await startMember(lab, host, env, withOnly([...NEEDED, ...FOR_THE_CHECK].filter((name) => name !== lacks)))
    await lab.until(() => agent.log.some(({ level }) => level === 'info'), { what: 'the agent to run' })
    const said = agent.log.filter(({ msg }) => msg === 'scripts of keepalived')
    assert.equal(said.length, told === null ? 0 : 1, lacks)
    if (told !== null) assert.match(String(said[0]?.facts['fault']), told)
    await agent.stop()
  }
})

test('a run directory that cannot be written: one clear line', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('sealed')
  await host.exec('mount', '-o', 'remount,ro', '/run')
  const { agent } = await startMember(lab, host, ONLY_THE_VIP)
  await lab.until(() => agent.exit() !== null, { what: 'the agent to end' })
  assert.equal(agent.exit()?.code, 1)
  const said = agent.log.filter(({ level }) => level !== 'warn')
  assert.equal(said.length, 1, JSON.stringify(said))
  assert.match(String(said[0]?.facts['fault']), /^\/run\/keepalived-mesh cannot be used: received EROFS/)
})

test('a port below 1024 without NET_BIND_SERVICE is told as such', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('low')
  const { agent } = await startMember(lab, host, { ...ONLY_THE_VIP, KEEPALIVED_MESH_PORT: '900' }, withOnly(NEEDED))
  await lab.until(() => agent.exit() !== null, { what: 'the agent to end' })
  assert.match(JSON.stringify(agent.log.at(-1)), /needs the capability NET_BIND_SERVICE/)
})
