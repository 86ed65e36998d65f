/** Passthrough: the conf is the operator's, and no VIP of it stays where keepalived is gone. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { test } from 'node:test'
import { daemonFiles } from '../../src/keepalived/daemon-files.ts'
import { createStation, until, type Station } from './station.ts'

/** Two instances; one in a file of its own, with multicast and all that we never write. */
function write (station: Station, vips: readonly string[]): void {
  mkdirSync(join(station.dir, 'etc'), { recursive: true })
  writeFileSync(station.conf, `global_defs {\n vrrp_startup_delay 0\n}\ninclude more-*.conf\n${instanceOf('A', 51, vips[0] ?? '')}`)
  writeFileSync(join(station.dir, 'etc', 'more-1.conf'), instanceOf('B', 52, vips[1] ?? ''))
}

function instanceOf (name: string, id: number, vip: string): string {
  return `vrrp_instance ${name} {
  state MASTER
  interface eth0
  virtual_router_id ${id}
  version 3
  advert_int 0.1
  virtual_ipaddress {
    ${vip}/32
  }
}
`
}

const PASSTHROUGH = { KEEPALIVED_AUTOCONF: 'false' }

test('a killed keepalived leaves no VIP of any instance, even of those that are not in the conf any more', async t => {
  const station = createStation(t)
  write(station, ['10.10.0.2', '10.10.0.3'])
  const agent = station.start(PASSTHROUGH)
  await until('both VIPs', () => station.holdsVip('10.10.0.2') && station.holdsVip('10.10.0.3'))
  await until('MASTER', async () => (await agent.status())?.keepalived.vrrpState === 'MASTER')
  write(station, ['10.10.0.4', '10.10.0.5'])
  agent.signal('SIGHUP')
  await until('the new VIPs', () => station.holdsVip('10.10.0.4') && station.holdsVip('10.10.0.5'))
  await agent.line('keepalived has reloaded its conf')
  assert.equal((await agent.status())?.keepalived.reloads, 1)
  write(station, ['10.10.0.6', '10.10.0.7'])
  const daemons = [...station.processes()].filter(([, command]) => command.includes('keepalived -n'))
  assert.equal(daemons.length, 2)
  for (const [pid] of daemons) kill(pid, 'SIGKILL')
  await agent.line('keepalived has died')
  assert.deepEqual(['10.10.0.4', '10.10.0.5'].filter(station.holdsVip), [])
  agent.signal('SIGTERM')
  assert.equal(await agent.exit, 0)
})

test('the command may name a pid file of its own; the script that it runs sees no secret', async t => {
  const station = createStation(t)
  write(station, ['10.10.0.2', '10.10.0.3'])
  const own = join(station.dir, 'own.pid')
  const agent = station.start({
    ...PASSTHROUGH, KEEPALIVED_CMD: `keepalived -n -l -p ${own} -f $KEEPALIVED_CONF`, KEEPALIVED_AUTH_PASS: 'hidden', KEEPALIVED_MESH_SECRET: 'hidden', KEPT: 'kept'
  })
  await until('both VIPs', () => station.holdsVip('10.10.0.2') && station.holdsVip('10.10.0.3'))
  const pid = await until('a pid', async () => (await agent.status())?.keepalived.pid ?? null)
  assert.deepEqual([own, daemonFiles(station.runDir).pid].map(file => Number(readFileSync(file, 'utf8'))), [pid, pid])
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
  assert.match(environment, /KEPT=kept/)
  assert.doesNotMatch(environment, /hidden/)
  agent.signal('SIGTERM')
  assert.equal(await agent.exit, 0)
  assert.ok(!station.holdsVip())
})

test('a crash loop is an alarm', async t => {
  const station = createStation(t)
  mkdirSync(join(station.dir, 'etc'))
  writeFileSync(station.conf, 'vrrp_instance A {\n  interface eth0\n  virtual_router_id 999\n}\n')
  const agent = station.start(PASSTHROUGH)
  const status = await until('blocked', async () => {
    const document = await agent.status()
    return document?.phase === 'blocked' ? document : null
  })
  assert.match(status.alarms.join(), /keepalived has died|did not start/)
  agent.signal('SIGTERM')
  assert.equal(await agent.exit, 0)
})
