// The soak from end to end, with two faults of its own: whatever happens is in the report, under its cause.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reportOf, storyOf } from '../soak/report.ts'
import type { Fault } from '../soak/script.ts'
import { soak } from '../soak/soak.ts'

const FAULT: Fault = { kind: 'agent killed', role: 'BACKUP', lot: 0, afterS: 0, forS: 1, wiped: false, count: 1 }

test('a soak tells what each fault did to the VIP', async () => {
  const { record, timeline } = await soak({ seed: 0, hosts: 3, minutes: 5 }, [
    { quietS: 0, faults: [FAULT] },
    { quietS: 0, faults: [{ ...FAULT, kind: 'power loss', role: 'MASTER', forS: 5 }] }
  ], () => undefined)
  assert.deepEqual(record.played.map(({ cause, trouble }) => [cause, trouble]), [['BACKUP agent killed', null], ['MASTER power loss', null]])
  const report = reportOf(record)
  assert.match(report, /^VIP held \d+\.\d+ % of the time, by two hosts for 0\.00 s; moved 1 times$/m)
  assert.match(report, /^\d+ probes, \d+ lost \(\d+\.\d+ % answered\), longest gap \d\.\d\d s$/m)
  assert.match(report, /^BACKUP agent killed +1 +0 +0\.00 s +0\.00 s +0 +0\.00 s +\d+\.\d\d s \/ \d+\.\d\d s$/m)
  assert.match(report, /^MASTER power loss +1 +1 +\d\.\d\d s +0\.00 s +\d+ +\d\.\d\d s +\d+\.\d\d s \/ \d+\.\d\d s$/m)
  assert.match(report, /^h1 +\d+ +\d+\.\d +\d+ +\d+$/m)
  assert.match(report, /^machine: load average up to \d/m)
  assert.match(storyOf(record), /h\d MASTER power loss, \d+\.\d s; settled \d+\.\d\d s after\n.*(?:vacancy|loss) \d+ ms/)
  assert.match(timeline, /Z h\d removed\n.*Z h\d added\n/)
})
