/** Two agents on one host: what one of them writes to, the other leaves alone, and says so. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { link, mkdir, readFile, readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { holdPlace, type Tenure } from '../../src/agent/tenure.ts'
import { scratch } from '../host/disk.ts'
import { ALONE, createStation, until } from './station.ts'

const placeAt = (socket: string): Parameters<typeof holdPlace>[0] => ({ what: 'the place', socket, remedy: 'SOME_DIR' })

/** What a process leaves that is killed: a socket that refuses. Closing one takes away the name that it was made with, and no other. */
async function leaveStale (path: string): Promise<void> {
  const server = createServer().listen(`${path}.made`)
  await once(server, 'listening')
  await link(`${path}.made`, path)
  server.close()
  await once(server, 'close')
}

test('the second is told who was first, and what to do; the place is free when that one ends', async (t) => {
  const path = join(await scratch(t), 'agent.sock')
  const first = await holdPlace(placeAt(path), 'the first')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  await assert.rejects(holdPlace(placeAt(path), 'the second'), { code: 'PLACE_IN_USE', message: /the place is in use by the first; received it for the second as well: .*SOME_DIR/ })
  await first.end()
  await (await holdPlace(placeAt(path), 'the second')).end()
})

test('of two that find the socket of one that was killed exactly one takes its place', async (t) => {
  const dir = await scratch(t)
  const path = join(dir, 'agent.sock')
  for (let round = 0; round < 200; round++) {
    await leaveStale(path)
    const tries = await Promise.allSettled(Array.from({ length: 2 }, async (_, i) => await holdPlace(placeAt(path), `agent ${i}`)))
    const held = tries.flatMap((one): Tenure[] => one.status === 'fulfilled' ? [one.value] : [])
    assert.equal(held.length, 1)
    await assert.rejects(holdPlace(placeAt(path), 'one more'), { code: 'PLACE_IN_USE' })
    await held[0]?.end()
    assert.deepEqual(await readdir(dir), [])
  }
})

test('where no socket can be made there is nothing to guard', async (t) => {
  await (await holdPlace(placeAt(join(await scratch(t), 'none', 'agent.sock')), 'who')).end()
})

test('an agent for another virtual router id on the same conf is refused, and the first one holds its VIP', async (t) => {
  const station = createStation(t)
  const first = station.start({ ...ALONE, KEEPALIVED_VIRTUAL_ROUTER_ID: '51' })
  await until('the VIP', () => station.holdsVip())
  const conf = await readFile(station.conf, 'utf8')
  const runDir = join(station.dir, 'run-52')
  const second = station.start({ ...ALONE, KEEPALIVED_VIRTUAL_ROUTER_ID: '52', KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.3/24', KEEPALIVED_MESH_RUN_DIR: runDir })
  const line = await second.line('the agent cannot start')
  assert.match(line, /is in use by virtual router id 51 .*run\); received it for virtual router id 52 .*run-52\) as well: .*KEEPALIVED_CONF/)
  assert.notEqual(await second.exit, 0)
  assert.equal(await readFile(station.conf, 'utf8'), conf)
  assert.ok(station.holdsVip())
  first.signal('SIGTERM')
  assert.equal(await first.exit, 0)
})

test('so is one on the same state directory', async (t) => {
  const station = createStation(t)
  const stateDir = join(station.dir, 'state')
  const meshed = (virtualRouterId: string): Record<string, string> => ({ KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24', KEEPALIVED_MESH_STATE_DIR: stateDir, KEEPALIVED_VIRTUAL_ROUTER_ID: virtualRouterId })
  const first = station.start(meshed('51'))
  await first.line('"listening"')
  await mkdir(join(station.dir, 'etc-52'))
  const other = { KEEPALIVED_MESH_RUN_DIR: join(station.dir, 'run-52'), KEEPALIVED_CONF: join(station.dir, 'etc-52', 'keepalived.conf') }
  const second = station.start({ ...meshed('52'), ...other })
  assert.match(await second.line('the agent cannot start'), /virtual router id 51 .*virtual router id 52 .*KEEPALIVED_MESH_STATE_DIR/)
  assert.notEqual(await second.exit, 0)
  const third = station.start({ ...meshed('52'), ...other, KEEPALIVED_MESH_STATE_DIR: join(station.dir, 'state-52') })
  await third.line('"listening"')
  for (const one of [third, first]) {
    one.signal('SIGTERM')
    assert.equal(await one.exit, 0)
  }
})
