/** Programs that behave as keepalived does on a bad day, where a real one would need luck. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { DaemonEvent } from '../../src/keepalived/daemon-event.ts'
import { daemonFiles } from '../../src/keepalived/daemon-files.ts'
import { createDaemon, type Daemon } from '../../src/keepalived/daemon.ts'
import { processOf } from '../../src/keepalived/process.ts'
import { clearVarRun, type Kept } from '../../src/keepalived/var-run.ts'

interface Odd {
  readonly daemon: Daemon
  readonly runDir: string
  readonly events: DaemonEvent[]
  readonly released: () => number
}

function odd (t: TestContext, ...command: readonly string[]): Odd {
  const runDir = mkdtempSync(join(tmpdir(), 'km-'))
  const events: DaemonEvent[] = []
  let released = 0
  const daemon = createDaemon({ command, runDir, environment: process.env }, {
    emit: event => { events.push(event) },
    releaseVips: async () => { released++ }
  })
  t.after(async () => {
    await daemon.stop({ graceMs: 0 })
    daemon.detach()
    rmSync(runDir, { recursive: true })
  })
  return { daemon, runDir, events, released: () => released }
}

describe('daemon on a bad day', () => {
  it('rejects a program that is not there', async t => {
    await assert.rejects(odd(t, '/nowhere/keepalived').daemon.start(), { code: 'NOT_FOUND' })
  })

  it('tells why it ended', async t => {
    const { daemon, events } = odd(t, resolve('test/fixture/rejects-conf.sh'))
    await assert.rejects(daemon.start(), { code: 'START_FAILED', message: /Unknown keyword 'nonsense'/ })
    const exit = events.at(-1)
    assert.deepEqual(exit, { kind: 'exit', asked: false, code: 2, signal: null, said: ["(Line 1) Unknown keyword 'nonsense'"] })
  })

  it('takes exit code 0 of a second one for no start', async t => {
    const { daemon } = odd(t, resolve('test/fixture/already-running.sh'))
    await assert.rejects(daemon.start(), { code: 'ALREADY_RUNNING' })
  })

  it('kills one that ignores SIGTERM, and then looks after the VIPs', async t => {
    const { daemon, events, released } = odd(t, resolve('test/fixture/ignores-sigterm.sh'))
    const pid = await daemon.start()
    const before = released()
    await daemon.stop({ graceMs: 50 })
    assert.equal(processOf(pid), null)
    assert.equal(released(), before + 1)
    const exit = events.at(-1)
    assert.ok(exit?.kind === 'exit' && exit.asked && exit.signal === 'SIGKILL')
  })

  it('has a fifo and a TMPDIR that nobody else may read', t => {
    const { runDir } = odd(t, 'true')
    const files = daemonFiles(runDir)
    assert.deepEqual([files.notifyFifo, files.tmpDir, files.log].map(path => (statSync(path).mode & 0o777).toString(8)), ['600', '700', '600'])
  })

  it('does nothing when nothing runs', async t => {
    const { daemon } = odd(t, 'true')
    await daemon.stop({ graceMs: 0 })
    daemon.signal('SIGHUP')
    assert.equal(await daemon.stats(), null)
    await assert.rejects(daemon.reload(), { code: 'NOT_RUNNING' })
    assert.throws(() => { daemon.lower(1) }, RangeError)
    assert.throws(() => { daemon.lower(-254) }, RangeError)
  })
})

describe('clearVarRun', () => {
  const nothing = { directories: [], files: [] }

  it('removes what an earlier container left, and nothing that others need', async t => {
    const dir = directoryFor(t)
    writeFileSync(join(dir, 'keepalived.pid'), `${process.pid}\n`)
    execFileSync('mkfifo', [join(dir, 'notify.fifo')])
    assert.deepEqual(await clearVarRun(dir, nothing), { ok: true })
    assert.ok(!existsSync(dir))
    assert.deepEqual(await clearVarRun(dir, nothing), { ok: true })
    for (const precious of ['/', '/run/', '/var/run', '//etc/.']) await stays(precious, nothing)
  })

  it('leaves alone what holds our files, or lies among them, by whatever name', async t => {
    const dir = directoryFor(t)
    const [run, link] = [join(dir, 'run'), join(dir, 'link')]
    mkdirSync(join(run, 'below'), { recursive: true })
    symlinkSync(run, link)
    for (const directory of [dir, run, link, join(run, 'below'), join(link, 'below')]) await stays(directory, { directories: [run], files: [] })
    await stays(link, { directories: [], files: [join(run, 'keepalived.conf')] })
    assert.deepEqual(await clearVarRun(join(link, 'below'), { directories: [], files: [join(run, 'keepalived.conf')] }), { ok: true })
    assert.ok(existsSync(run))
  })
})

function directoryFor (t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'km-'))
  t.after(() => { rmSync(dir, { recursive: true, force: true }) })
  return dir
}

async function stays (directory: string, kept: Kept): Promise<void> {
  const result = await clearVarRun(directory, kept)
  assert.ok(!result.ok && result.code === 'PRECIOUS', directory)
}
