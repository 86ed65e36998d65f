/** What `doctor` prints, and which exit code it gives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { showFindings, type Shown } from '../../src/cli/doctor.ts'
import { createStage } from './stage.ts'

const well: Shown = { subject: 'port', level: 'ok', message: 'TCP 11201 is free', remedy: null }
const odd: Shown = { subject: 'mDNS', level: 'warning', message: 'not heard', remedy: 'open UDP port 5353' }
const ill: Shown = { subject: 'interface', level: 'fault', message: 'eth0 is down', remedy: 'ip link set eth0 up' }

test('faults first, then warnings, each with its remedy; then what is well, and a count', async () => {
  const stage = createStage()
  assert.equal(showFindings([well, odd, ill], { json: false }, stage.terminal), 1)
  assert.deepEqual((await stage.printed()).out.trimEnd().split('\n'), [
    '✗ interface: eth0 is down', '  → ip link set eth0 up', '! mDNS: not heard', '  → open UDP port 5353', '✓ port: TCP 11201 is free', '1 fault, 1 warning'
  ])
})

test('warnings alone are no reason to fail', async () => {
  const stage = createStage()
  assert.equal(showFindings([odd, odd], { json: false }, stage.terminal), 0)
  assert.match((await stage.printed()).out, /\n0 faults, 2 warnings\n$/)
})

test('as JSON: whether the host is healthy, and the findings as they are', async () => {
  const stage = createStage()
  assert.equal(showFindings([well, ill], { json: true }, stage.terminal), 1)
  assert.deepEqual(JSON.parse((await stage.printed()).out), { healthy: false, findings: [well, ill] })
})
