/** The process itself, as a user starts it: what it prints before it gives up. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { execPath } from 'node:process'
import { test } from 'node:test'

for (const command of ['run', 'render']) {
  test(`${command}: a misspelt name is told, before the fault that it is the reason of`, () => {
    const { status, stderr } = spawnSync(execPath, ['--import', './test/assets.js', 'src/main.ts', command], {
      encoding: 'utf8',
      env: { KEEPALIVED_VIRTUAL_IPADRESS_1: '10.10.0.2/24', KEEPALIVED_MESH: 'off' }
    })
    assert.equal(status, 64)
    const [warning, fault] = stderr.split('\n').filter(line => line.startsWith('KEEPALIVED'))
    assert.match(warning ?? '', /^KEEPALIVED_VIRTUAL_IPADRESS_1: Not used\. KEEPALIVED_VIRTUAL_IPADDRESS_1 is probably meant/)
    assert.match(fault ?? '', /^KEEPALIVED_VIRTUAL_IPADDRESS_###: received nothing, expected at least one VIP/)
  })
}
