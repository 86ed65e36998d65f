/** The agent dies in the hardest way; keepalived does not notice, and the next agent takes over. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { execPath } from 'node:process'
import { describe, it } from 'node:test'
import { processOf } from '../../src/keepalived/process.ts'
import { createRoom } from './room.ts'

const AGENT = resolve('test/fixture/agent.ts')

describe('an agent that is killed', () => {
  it('leaves keepalived running; the next one hears what happens and reloads', async t => {
    const room = createRoom(`km-k${process.pid}`)
    t.after(room.release)
    room.write()
    room.daemon.detach()
    const agent = spawn(execPath, ['--import', './test/assets.js', AGENT, room.files.runDir, ...room.command], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(agent.stdout.setEncoding('utf8'), 'data')
    const pid = Number(String(line).trim())
    agent.kill('SIGKILL')
    await once(agent, 'exit')
    fill(room.files.notifyFifo)
    const { daemon, events } = room.another()
    assert.equal((await daemon.adopt())?.pid, pid)
    assert.deepEqual(events.seen.filter(event => event.kind === 'state'), [], 'no stale state')
    daemon.lower(-1)
    assert.equal((await events.next('priority', event => event.priority === 199)).priority, 199)
    room.write({ priority: 150 })
    await daemon.reload()
    assert.equal((await events.next('priority', event => event.priority === 149)).priority, 149)
    room.ip('link', 'set', 'eth1', 'down')
    await events.next('state', event => event.state === 'FAULT')
    assert.notEqual(processOf(pid), null)
  })
})

describe('a check script', () => {
  it('is followed: its results are told when they change', async t => {
    const room = createRoom(`km-s${process.pid}`)
    t.after(room.release)
    const script = join(dirname(room.conf), 'check.sh')
    const verdict = join(dirname(room.conf), 'verdict')
    writeFileSync(script, `#!/bin/sh\nexit $(cat ${verdict})\n`)
    chmodSync(script, 0o755)
    writeFileSync(verdict, '0')
    room.write({ script })
    await room.daemon.start()
    assert.deepEqual(await told(), ['check', true])
    writeFileSync(verdict, '1')
    assert.deepEqual(await told(), ['check', false])
    assert.equal((await room.events.next('priority')).priority, 150)
    await room.daemon.reload()
    room.daemon.detach()
    const { daemon } = room.another()
    assert.deepEqual([...(await daemon.adopt())?.checks ?? []], [['check', false]])
    assert.equal(room.events.seen.filter(event => event.kind === 'check').length, 2, 'a reload is no news')

    async function told (): Promise<readonly [string, boolean]> {
      const event = await room.events.next('check')
      return [event.script, event.healthy]
    }
  })
})

/** As after a long time of events that nobody read: the next one that keepalived writes is lost. */
function fill (fifo: string): void {
  const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
  try {
    for (;;) writeSync(fd, 'INSTANCE "MAIN" FAULT 1\n')
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'EAGAIN')
  } finally {
    closeSync(fd)
  }
}
