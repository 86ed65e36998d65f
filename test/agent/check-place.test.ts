/** A check that keepalived cannot run counts as passing there; so no conf with such a check is ever used. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { ALONE, createStation } from './station.ts'

test('a check that can be executed nowhere keeps keepalived from starting', async t => {
  const station = createStation(t)
  const nowhere = ['mount --bind /usr/lib /usr/lib', 'mount -o remount,bind,ro /usr/lib', `mkdir ${station.runDir}`, `mount -t tmpfs -o noexec,mode=700 none ${station.runDir}`].join(' && ')
  const agent = station.start({ ...ALONE, KEEPALIVED_KUBE_APISERVER_CHECK: 'true' }, nowhere)
  assert.match(await agent.line('the conf cannot be used'), /cannot be installed where keepalived would run it.*cannot be executed/)
  assert.ok(!existsSync(station.conf))
  agent.signal('SIGTERM')
  assert.equal(await agent.exit, 0)
})
