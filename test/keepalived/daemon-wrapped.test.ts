/** keepalived that is started by a script of the operator's, and what may outlive one of the two. */
import assert from 'node:assert/strict'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { kill } from 'node:process'
import { describe, it, type TestContext } from 'node:test'
import { processOf } from '../../src/keepalived/process.ts'
import { keepalivedAmong, membersOf } from '../../src/keepalived/session.ts'
import { createRoom, type Room } from './room.ts'

/** A script that does not become keepalived, with what the daemon appends to its command, and without. */
for (const appended of ['"$@"', '']) {
  describe(`keepalived below a script that passes on ${appended === '' ? 'nothing' : appended}`, () => {
    it('is the one that is reloaded, lowered and stopped', async t => {
      const room = wrapped(t, appended)
      const pid = await master(room)
      assert.equal(processOf(pid)?.comm, 'keepalived')
      room.write({ priority: 150 })
      await room.daemon.reload()
      room.daemon.lower(-1)
      assert.equal((await room.events.next('priority')).priority, 149)
      const members = membersOf(processOf(pid)?.session ?? -1)
      assert.ok(members.length >= 3, 'script, parent, child')
      await room.daemon.stop({ graceMs: 5_000 })
      assert.deepEqual([members.filter(({ pid: left }) => processOf(left) !== null), room.holdsVip()], [[], false])
      assert.equal((await room.events.next('exit')).asked, true)
    })

    it('ends with its script, and the other way round', async t => {
      const room = wrapped(t, appended)
      const pid = await master(room)
      const { session = -1 } = processOf(pid) ?? {}
      kill(session, 'SIGKILL')
      room.daemon.signal('SIGUSR1')
      assert.notEqual(processOf(pid), null, 'keepalived runs on without its script')
      for (const { pid: victim } of membersOf(session)) kill(victim, 'SIGKILL')
      assert.equal((await room.events.next('exit')).asked, false)
      assert.ok(!room.holdsVip())
    })
  })
}

describe('what is left over', () => {
  it('a process that the command leaves behind', async t => {
    const room = wrapped(t, '')
    writeFileSync(room.wrapper, `#!/bin/sh\nsleep 100 &\nexec /usr/sbin/keepalived -n -l -f ${room.conf} "$@"\n`)
    const pid = await master(room)
    const members = membersOf(processOf(pid)?.session ?? -1)
    assert.ok(members.some(({ comm }) => comm === 'sleep'))
    await room.daemon.stop({ graceMs: 5_000 })
    assert.deepEqual(members.filter(({ pid: left }) => processOf(left) !== null), [])
  })

  it('a vrrp process without a parent and without a pid file, found by the next agent', async t => {
    const room = createRoom(`km-o${process.pid}`)
    t.after(room.release)
    room.write()
    const pid = await master(room)
    const child = membersOf(processOf(pid)?.session ?? -1).find(({ parent }) => parent === pid)
    assert.ok(child !== undefined)
    room.daemon.detach()
    kill(child.pid, 'SIGSTOP')
    kill(pid, 'SIGKILL')
    for (const file of [room.files.pid, room.files.vrrpPid]) rmSync(file, { force: true })
    assert.equal(await room.another().daemon.adopt(), null)
    assert.deepEqual([processOf(child.pid), room.holdsVip()], [null, false])
  })

  it('one on another conf, below our pid files', async t => {
    const room = createRoom(`km-p${process.pid}`)
    t.after(room.release)
    room.write()
    const pid = await master(room)
    room.daemon.detach()
    const { daemon } = room.another([...room.command.slice(0, -1), join(dirname(room.conf), 'other.conf')])
    assert.equal(await daemon.adopt(), null)
    assert.deepEqual([processOf(pid), room.holdsVip()], [null, false])
  })

  it('a keepalived is told from its children by its place', () => {
    const one = { comm: 'keepalived', state: 'S', session: 5, startedAt: '1', argv: ['keepalived'] }
    const members = [{ ...one, pid: 8, parent: 7 }, { ...one, pid: 5, parent: 1, comm: 'sh', argv: ['sh'] }, { ...one, pid: 7, parent: 5 }]
    assert.equal(keepalivedAmong(members)?.pid, 7)
    assert.equal(keepalivedAmong(members.slice(1, 2)), null)
  })
})

let rooms = 0

function wrapped (t: TestContext, appended: string): Room & { readonly wrapper: string } {
  const room = createRoom(`km-w${process.pid}-${rooms++}`, dir => ['sh', join(dir, 'wrapper')])
  const wrapper = join(dirname(room.conf), 'wrapper')
  const own = join(dirname(room.conf), 'own')
  const words = appended === '' ? `-p ${own}.pid -r ${own}-vrrp.pid -c ${own}-check.pid -G` : appended
  writeFileSync(wrapper, `/usr/sbin/keepalived -n -l -f ${room.conf} ${words}\necho the script goes on\n`)
  chmodSync(wrapper, 0o755)
  t.after(room.release)
  room.write()
  return { ...room, wrapper }
}

/** Starts and waits until it holds the VIP. */
async function master (room: Room): Promise<number> {
  const pid = await room.daemon.start()
  await room.events.next('state', event => event.state === 'MASTER')
  return pid
}
