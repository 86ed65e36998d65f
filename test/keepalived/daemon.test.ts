/** One real keepalived in a network namespace, from its start to every way in which it can end. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { kill } from 'node:process'
import { describe, it, type TestContext } from 'node:test'
import { membersOf } from '../../src/keepalived/session.ts'
import { keepalivedOf, ownerOf, processOf } from '../../src/keepalived/process.ts'
import { createRoom, type Room } from './room.ts'

describe('daemon', () => {
  it('starts, becomes MASTER, and leaves no VIP when it stops', async t => {
    const room = roomFor(t)
    const pid = await timed(t, 'start', room.daemon.start())
    assert.equal(room.daemon.pid(), pid)
    const { priority, instance } = await room.events.next('state', event => event.state === 'MASTER')
    assert.deepEqual({ priority, instance }, { priority: 200, instance: 'MAIN' })
    assert.ok(room.holdsVip())
    await timed(t, 'stop', room.daemon.stop({ graceMs: 5_000 }))
    const { asked, code, signal } = await room.events.next('exit')
    assert.deepEqual({ asked, code, signal }, { asked: true, code: 0, signal: null })
    assert.ok(!room.holdsVip())
    assert.equal(room.daemon.pid(), null)
  })

  it('starts over stale pid files', async t => {
    const room = roomFor(t)
    for (const path of [room.files.pid, room.files.vrrpPid]) writeFileSync(path, `${process.pid}\n`)
    await room.daemon.start()
    assert.equal(ownerOf(room.files.pid)?.pid, room.daemon.pid())
  })

  it('refuses to start beside one that runs', async t => {
    const room = roomFor(t)
    await room.daemon.start()
    await assert.rejects(room.another().daemon.start(), { code: 'ALREADY_RUNNING' })
  })

  it('says what is wrong when it does not come up', async t => {
    const room = roomFor(t)
    room.write({ virtualRouterId: 999 })
    await assert.rejects(timed(t, 'failed start', room.daemon.start()), { code: 'START_FAILED', message: /VRID '999' not valid/ })
    const { asked, code } = await room.events.next('exit')
    assert.equal(asked, false)
    assert.notEqual(code, null)
  })

  it('reloads, and knows when the new conf runs', async t => {
    const room = roomFor(t)
    await master(room)
    room.write({ priority: 150 })
    await timed(t, 'reload', room.daemon.reload())
    room.daemon.lower(-1)
    const { priority } = await room.events.next('priority')
    assert.equal(priority, 149, 'the offset is counted from the new priority')
    assert.ok(room.holdsVip())
  })

  it('tells a refused reload with the reasons, and runs on', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    room.write({ virtualRouterId: 999 })
    await assert.rejects(timed(t, 'refused reload', room.daemon.reload()), { code: 'RELOAD_REFUSED', message: /VRID '999' not valid/ })
    room.write()
    await room.daemon.reload()
    assert.equal(room.daemon.pid(), pid)
    assert.ok(room.holdsVip())
  })

  it('leaves no VIP when an untested conf ends it', async t => {
    const room = roomFor(t)
    room.write({ testsReload: false })
    await master(room)
    room.write({ testsReload: false, virtualRouterId: 999 })
    await assert.rejects(timed(t, 'fatal reload', room.daemon.reload()), { code: 'NOT_RUNNING' })
    const { asked, said } = await room.events.next('exit')
    assert.equal(asked, false)
    assert.match(said.join(), /VRID '999' not valid/)
    assert.ok(!room.holdsVip())
  })

  it('lowers the priority at once, over reloads, until told otherwise', async t => {
    const room = roomFor(t)
    await master(room)
    const from = performance.now()
    room.daemon.lower(-50)
    const { priority } = await room.events.next('priority')
    t.diagnostic(`lower ${(performance.now() - from).toFixed(1)} ms`)
    assert.equal(priority, 150)
    await room.daemon.reload()
    room.daemon.lower(0)
    assert.equal((await room.events.next('priority', event => event.priority !== 150)).priority, 200)
  })

  it('counts', async t => {
    const room = roomFor(t)
    await master(room)
    const stats = await timed(t, 'stats', room.daemon.stats())
    assert.equal(stats?.length, 1)
    assert.deepEqual({ ...stats[0], sent: 0 }, { instance: 'MAIN', received: 0, sent: 0, becameMaster: 1, releasedMaster: 0 })
  })

  it('tells that the vrrp child was replaced', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    const child = childIn(room)
    kill(child, 'SIGKILL')
    const respawned = await room.events.next('respawned')
    assert.notEqual(respawned.pid, child)
    await room.events.next('state', event => event.state === 'BACKUP')
    await room.events.next('state', event => event.state === 'MASTER')
    assert.equal(room.daemon.pid(), pid)
  })

  it('leaves no VIP when parent and child are killed', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    const from = performance.now()
    for (const victim of [pid, childIn(room)]) kill(victim, 'SIGKILL')
    const { asked, signal } = await room.events.next('exit')
    t.diagnostic(`kill -9 of both to VIP removed ${(performance.now() - from).toFixed(1)} ms`)
    assert.deepEqual({ asked, signal }, { asked: false, signal: 'SIGKILL' })
    assert.ok(!room.holdsVip())
    await master(room)
  })

  it('ends the child of a killed parent, even a hung one', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    const child = childIn(room)
    kill(child, 'SIGSTOP')
    kill(pid, 'SIGKILL')
    await room.events.next('exit')
    assert.equal(processOf(child), null)
    assert.ok(!room.holdsVip())
  })

  it('stops one that hangs', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    const child = childIn(room)
    kill(child, 'SIGSTOP')
    kill(pid, 'SIGSTOP')
    await timed(t, 'hung stop with 200 ms of grace', room.daemon.stop({ graceMs: 200 }))
    assert.deepEqual([processOf(pid), processOf(child), room.holdsVip()], [null, null, false])
    assert.equal((await room.events.next('exit')).asked, true)
  })
})

describe('adoption', () => {
  it('finds the one that runs, its state, and hears what happens next', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    room.daemon.detach()
    const { daemon, events } = room.another()
    const adoption = await timed(t, 'adopt', daemon.adopt())
    assert.deepEqual({ ...adoption, checks: null }, { pid, states: new Map([['MAIN', 'MASTER']]), checks: null })
    daemon.lower(-7)
    assert.equal((await events.next('priority')).priority, 193)
    await daemon.reload()
    await timed(t, 'stop of an adopted one', daemon.stop({ graceMs: 5_000 }))
    assert.deepEqual(await events.next('exit'), { kind: 'exit', asked: true, code: null, signal: null, said: [] })
    assert.ok(!room.holdsVip())
  })

  it('tells BACKUP and FAULT apart', async t => {
    const room = roomFor(t)
    await master(room)
    room.ip('link', 'set', 'eth1', 'down')
    await room.events.next('state', event => event.state === 'FAULT')
    room.daemon.detach()
    const fault = room.another()
    assert.equal((await fault.daemon.adopt())?.states.get('MAIN'), 'FAULT')
    room.ip('link', 'set', 'eth1', 'up')
    await fault.events.next('state', event => event.state === 'BACKUP')
    fault.daemon.detach()
    assert.equal((await room.another().daemon.adopt())?.states.get('MAIN'), 'BACKUP')
  })

  it('sees the end of an adopted one, and leaves no VIP', async t => {
    const room = roomFor(t)
    const pid = await master(room)
    room.daemon.detach()
    const { daemon, events } = room.another()
    await daemon.adopt()
    const from = performance.now()
    for (const victim of [pid, childIn(room)]) kill(victim, 'SIGKILL')
    assert.equal((await events.next('exit')).asked, false)
    t.diagnostic(`adopted: kill -9 of both to VIP removed ${(performance.now() - from).toFixed(1)} ms`)
    assert.ok(!room.holdsVip())
  })

  it('takes nobody else: not a reused pid, not another conf', async t => {
    const room = roomFor(t)
    assert.equal(await room.daemon.adopt(), null)
    writeFileSync(room.files.pid, `${process.pid}\n`)
    assert.equal(await room.daemon.adopt(), null)
    await room.daemon.start()
    assert.equal(keepalivedOf(room.files.pid, '/etc/keepalived/other.conf'), null)
  })

  it('removes a VIP that nobody runs for', async t => {
    const room = roomFor(t)
    room.ip('address', 'add', '10.10.0.2/24', 'dev', 'eth0')
    assert.equal(await room.daemon.adopt(), null)
    assert.ok(!room.holdsVip())
  })
})

let rooms = 0

function roomFor (t: TestContext): Room {
  const room = createRoom(`km-${process.pid}-${rooms++}`)
  t.after(room.release)
  room.write()
  return room
}

/** Starts and waits until it holds the VIP. */
async function master (room: Room): Promise<number> {
  const pid = await room.daemon.start()
  await room.events.next('state', event => event.state === 'MASTER')
  return pid
}

function childIn (room: Room): number {
  const parent = ownerOf(room.files.pid)
  assert.ok(parent !== null)
  const child = membersOf(parent.session).find(member => member.parent === parent.pid)
  assert.ok(child !== undefined)
  return child.pid
}

async function timed<T> (t: TestContext, what: string, work: Promise<T>): Promise<T> {
  const from = performance.now()
  try {
    return await work
  } finally {
    t.diagnostic(`${what} ${(performance.now() - from).toFixed(1)} ms`)
  }
}
