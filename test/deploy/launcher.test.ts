/** The launcher under each shell that is here: Debian's dash always, the ash of busybox (Alpine's) when installed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { launch } from './launched.ts'

const shells = [['sh'], ['busybox', 'sh']]

for (const shell of shells) {
  const missing = spawnSync(shell[0] ?? '', ['--help']).error === undefined ? false : `${shell[0]} is not installed`

  describe(`launcher under ${shell.join(' ')}`, { skip: missing, concurrency: true }, () => {
    for (const code of [0, 64, 69]) {
      it(`ends with the agent that ends with ${code}`, async () => {
        await using launched = await launch(shell, `exit:${code}`)
        assert.equal(await launched.exitCode, code)
      })
    }

    for (const plan of ['exit:70 exit:64', 'exit:1 exit:64', 'kill exit:64']) {
      it(`starts the agent again: ${plan}`, async () => {
        await using launched = await launch(shell, plan)
        assert.match(await launched.line('starting it again'), /ended with code (70|1|137); starting it again in 1 s/)
        await launched.line('run 2: exit')
        assert.equal(await launched.exitCode, 64)
      })
    }

    it('passes signals on and ends when told to', async () => {
      await using launched = await launch(shell, 'obey')
      await launched.line('run 1: obey (run)')
      for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const) {
        launched.signal(signal)
        assert.equal(await launched.line('SIG'), signal)
      }
      launched.signal('SIGTERM')
      await launched.line('SIGTERM')
      assert.equal(await launched.exitCode, 0)
    })

    it('passes the interrupt of a terminal on, though a background job ignores it', async () => {
      await using launched = await launch(shell, 'obey')
      await launched.line('run 1')
      launched.signal('SIGINT')
      await launched.line('SIGINT')
      assert.equal(await launched.exitCode, 0)
    })

    it('does not end while keepalived runs: a detached agent is started again', async () => {
      await using launched = await launch(shell, 'detach obey')
      await launched.line('detached')
      await launched.line('run 2: obey')
      assert.ok(launched.keepalivedRuns())
    })

    it('does not end while keepalived runs: even bad configuration is tried again', async () => {
      await using launched = await launch(shell, 'detach exit:64 obey')
      await launched.line('code 64; starting it again')
      await launched.line('run 3: obey')
      assert.ok(launched.keepalivedRuns())
    })

    it('stops keepalived itself when the agent fails to', async () => {
      await using launched = await launch(shell, 'crash-when-told')
      await launched.line('run 1')
      launched.signal('SIGTERM')
      await launched.line('stopping it')
      assert.equal(await launched.exitCode, 70)
      assert.ok(!launched.keepalivedRuns())
    })

    it('is told to stop during a pause', async () => {
      await using launched = await launch(shell, 'exit:70')
      await launched.line('starting it again in 2 s')
      launched.signal('SIGTERM')
      assert.equal(await launched.exitCode, 70)
    })

    it('runs any other command in its own place', async () => {
      await using launched = await launch(shell, 'exit:1', ['status', '--json'])
      await launched.line('(status --json)')
      assert.equal(await launched.exitCode, 1)
    })
  })
}
