import assert from 'node:assert/strict'
import { it } from 'node:test'
import { masked } from '../../src/config/fault.ts'
import { faultLines } from '../../src/cli/faults.ts'

it('tells each fault in a line of its own, whatever the value holds', () => {
  assert.deepEqual(faultLines([
    { variable: 'KEEPALIVED_PRIORITY', received: 'abc', expected: 'a whole number from 1 to 255' },
    { variable: 'KEEPALIVED_VIRTUAL_IPADDRESS_1', received: null, expected: 'IP/MASK' },
    { variable: 'KEEPALIVED_INTERFACE', received: 'eth0\nforged: line\u001B[31m', expected: 'an interface name' },
    { variable: 'KEEPALIVED_AUTH_PASS', received: masked, expected: 'no line feed' },
    { variable: 'KEEPALIVED_STATE', received: 'x'.repeat(5000), expected: 'MASTER or BACKUP' }
  ]), [
    'KEEPALIVED_PRIORITY: received "abc", expected a whole number from 1 to 255',
    'KEEPALIVED_VIRTUAL_IPADDRESS_1: received nothing, expected IP/MASK',
    String.raw`KEEPALIVED_INTERFACE: received "eth0\nforged: line\u001b[31m", expected an interface name`,
    'KEEPALIVED_AUTH_PASS: received (hidden), expected no line feed',
    `KEEPALIVED_STATE: received "${'x'.repeat(120)}…", expected MASTER or BACKUP`
  ])
})
