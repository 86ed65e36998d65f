/** The control socket: a line in which a command asks the agent for something. */
import assert from 'node:assert/strict'
import { requestBytesMax, requestIn } from '../../../src/status/request.ts'
import { ids } from '../signed.ts'
import type { Target } from '../target.ts'

export const control: Target = {
  name: 'control',
  words: ['"command":', '"status"', '"leave"', '"detach"', '"forget"', '"member":', ids[0] ?? '', '10.10.0.22', 'fd00::22', '{', '}', '"__proto__":'],
  seeds: ['status', 'leave', 'detach'].map((command) => JSON.stringify({ command })).concat(...[ids[0], '10.10.0.22'].map((member) => JSON.stringify({ command: 'forget', member }))),
  run (input) {
    for (const line of input.subarray(0, requestBytesMax).toString().split('\n')) {
      const read = requestIn(line)
      if (!read.ok) {
        assert(!/[\r\n]/.test(read.error) && read.error.length < 2 * requestBytesMax, 'a complaint of more than one line, or without bound')
        continue
      }
      const { command, ...rest } = read.request
      assert(['status', 'leave', 'detach', 'forget'].includes(command))
      assert(Object.keys(rest).every((key) => key === 'member') && ('member' in rest) === (command === 'forget'))
      if ('member' in rest) assert.match(rest.member, /^[0-9A-Za-z.:]{2,128}$/, 'a member that no member can be')
      assert.deepEqual(requestIn(JSON.stringify(read.request)), read, 'another request when it is read again')
    }
  }
}
