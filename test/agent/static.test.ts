/** Static mode on a host that is not what the environment says, or not yet: what is done, and what is said. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { test } from 'node:test'
import * as z from 'zod'
import { ALONE, createStation, until, type Started, type Station } from './station.ts'

const seedBackup = z.object({ env: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL('../golden/parity/seed-backup.json', import.meta.url), 'utf8'))).env

test('a source address that the host lacks: the conf is written, and read anew when the address is there', async t => {
  const station = createStation(t)
  station.ip('address', 'add', '10.10.0.99/24', 'dev', 'eth0')
  const agent = station.start({ ...seedBackup, KEEPALIVED_CONF: station.conf })
  await agent.line('This host does not have the source address 10.10.0.22.')
  await agent.line('The peer 10.10.0.21 is this host itself.')
  await until('FAULT', async () => (await agent.status())?.keepalived.vrrpState === 'FAULT')
  assert.match(readFileSync(station.conf, 'utf8'), /unicast_src_ip 10\.10\.0\.22/)
  station.ip('address', 'add', '10.10.0.22/24', 'dev', 'eth0')
  await agent.line('the source address is there now')
  await until('MASTER', async () => (await agent.status())?.keepalived.vrrpState === 'MASTER')
  assert.equal(agent.lines.filter(line => line.includes('does not have the source')).length, 1)
  await stops(agent)
})

test('a VIP that is the own address is refused, and status says so', async t => {
  const station = createStation(t)
  const agent = station.start({ ...ALONE, KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.21/24', KEEPALIVED_UNICAST_SRC_IP: '10.10.0.22' })
  await agent.line('the conf cannot be used')
  const status = await agent.status()
  assert.deepEqual([status?.phase, status?.applied, status?.keepalived.pid], ['blocked', false, null])
  assert.match(status?.alarms.join() ?? '', /VIP 10\.10\.0\.21 is an address of this host itself/)
  assert.equal(shown(station), 1)
  await stops(agent)
})

test('a command that never comes up is an alarm', async t => {
  const station = createStation(t)
  const agent = station.start({ ...ALONE, KEEPALIVED_CMD: '/bin/false' })
  const status = await until('an alarm', async () => {
    const document = await agent.status()
    return document !== null && document.alarms.length > 0 ? document : null
  })
  assert.deepEqual([status.phase, status.applied], ['blocked', false])
  assert.match(status.alarms.join(), /keepalived has died \(code 1\)/)
  await stops(agent)
})

test('a directory that cannot be written is an alarm, until it can', async t => {
  const station = createStation(t)
  writeFileSync(join(station.dir, 'etc'), '')
  const agent = station.start(ALONE)
  await until('blocked', async () => (await agent.status())?.phase === 'blocked')
  await agent.line('cannot be written')
  execFileSync('rm', [join(station.dir, 'etc')])
  station.ip('address', 'add', '10.10.0.98/24', 'dev', 'eth0')
  await until('active', async () => {
    const document = await agent.status()
    return document?.phase === 'active' && document.applied && document.alarms.length === 0
  })
  assert.equal(shown(station), 0)
  await stops(agent)
})

test('told to stop while it starts, it stops the keepalived that it adopts', async t => {
  const station = createStation(t)
  const first = station.start(ALONE)
  await until('MASTER', () => station.holdsVip())
  first.signal('SIGKILL')
  await first.exit
  const second = station.start(ALONE)
  await second.line('place for VRRP')
  await stops(second)
  assert.deepEqual([...station.processes().values()].filter(command => command.includes('keepalived -n')), [])
  assert.ok(!station.holdsVip())
})

test('a fifo in place of the conf holds up neither the stop nor the next agent', async t => {
  const station = createStation(t)
  const agent = station.start(ALONE)
  await until('the VIP', () => station.holdsVip())
  rmSync(station.conf)
  execFileSync('mkfifo', [station.conf])
  agent.signal('SIGKILL')
  await agent.exit
  const next = station.start(ALONE)
  await until('a conf that keepalived has read', async () => (await next.status())?.keepalived.reloads === 1)
  assert.ok(lstatSync(station.conf).isFile())
  rmSync(station.conf)
  execFileSync('mkfifo', [station.conf])
  next.signal('SIGTERM')
  assert.equal(await next.exit, 0)
  assert.ok(!station.holdsVip())
})

test('told twice, it stops at once', async t => {
  const station = createStation(t)
  const agent = station.start(ALONE)
  await until('MASTER', () => station.holdsVip())
  for (const [pid, command] of station.processes()) if (command.includes('keepalived -n')) kill(pid, 'SIGSTOP')
  const from = performance.now()
  agent.signal('SIGTERM')
  await until('SIGTERM taken', () => agent.lines.length > 0)
  agent.signal('SIGTERM')
  assert.equal(await agent.exit, 0)
  t.diagnostic(`${(performance.now() - from).toFixed(0)} ms`)
  assert.ok(!station.holdsVip())
})

test('the host keeps its own address when the VIP goes, although it came back after the VIP', async t => {
  const station = createStation(t)
  const agent = station.start(ALONE)
  await until('MASTER', () => station.holdsVip())
  station.ip('address', 'delete', '10.10.0.21/24', 'dev', 'eth0')
  assert.ok(station.holdsVip(), 'the VIP is promoted')
  station.ip('address', 'add', '10.10.0.21/24', 'dev', 'eth0')
  await stops(agent)
  assert.deepEqual([station.holdsVip(), station.holdsVip('10.10.0.21')], [false, true])
})

test('where that cannot be seen to, it says what to do', async t => {
  const station = createStation(t)
  const agent = station.start(ALONE, 'mount -o remount,bind,ro /proc/sys 2>/dev/null || { mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys; }')
  assert.match(await agent.line('promote_secondaries'), /set this sysctl to 1 on the host/)
  await stops(agent)
})

test('told to stop as a whole process group, it has nothing to complain of', async t => {
  const station = createStation(t)
  const agent = station.start(ALONE)
  await until('MASTER', () => station.holdsVip())
  kill(-agent.pid, 'SIGTERM')
  assert.equal(await agent.exit, 0)
  assert.deepEqual(agent.lines.filter(line => /"level":"(warn|error)"/.test(line) && !line.includes('keepalived says')), [])
})

test('a script of the operator\'s may run keepalived: reloaded, adopted and stopped like any', async t => {
  const station = createStation(t)
  const script = join(station.dir, 'run-keepalived')
  writeFileSync(script, `#!/bin/sh\n/usr/sbin/keepalived -n -l -f ${station.conf} "$@"\n`, { mode: 0o755 })
  const first = station.start({ ...ALONE, KEEPALIVED_CMD: script })
  await until('the VIP', () => station.holdsVip())
  first.signal('SIGHUP')
  await first.line('keepalived has reloaded its conf')
  const pid = (await first.status())?.keepalived.pid
  first.signal('SIGKILL')
  await first.exit
  const second = station.start({ ...ALONE, KEEPALIVED_CMD: script })
  await until('adopted', async () => (await second.status())?.keepalived.pid === pid)
  await stops(second)
  assert.deepEqual([...station.processes().values()], [])
  assert.ok(!station.holdsVip())
})

test('it starts once the interface is there', async t => {
  const station = createStation(t)
  const agent = station.start({ ...ALONE, KEEPALIVED_INTERFACE: 'eth7' })
  await agent.line('no place for VRRP')
  await until('blocked', async () => (await agent.status())?.phase === 'blocked')
  station.ip('link', 'add', 'eth7', 'type', 'veth', 'peer', 'name', 'eth8')
  for (const end of ['eth7', 'eth8']) station.ip('link', 'set', end, 'up')
  station.ip('address', 'add', '10.10.1.21/24', 'dev', 'eth7')
  await until('the VIP', () => station.holdsVip())
  await stops(agent)
})

async function stops (agent: Started): Promise<void> {
  agent.signal('SIGTERM')
  assert.equal(await agent.exit, 0, agent.lines.join('\n'))
}

/** The exit code of `status`. */
function shown (station: Station): number {
  try {
    execFileSync(process.execPath, ['--import', './test/assets.js', 'src/main.ts', 'status'], { env: { KEEPALIVED_MESH_RUN_DIR: station.runDir }, stdio: 'ignore' })
    return 0
  } catch (error) {
    return error instanceof Error && 'status' in error ? Number(error.status) : -1
  }
}
