/** What keepalived says: through its notify fifo, in its statistics, and in its log. */
import assert from 'node:assert/strict'
import { parseLogLine } from '../../../src/keepalived/log-line.ts'
import { parseNotification } from '../../../src/keepalived/notify-line.ts'
import { parseStats } from '../../../src/keepalived/stats.ts'
import type { Target } from '../target.ts'

export const fifo: Target = {
  name: 'fifo',
  words: ['INSTANCE ', '"MAIN" ', 'GROUP ', 'MASTER', 'BACKUP', 'FAULT', 'STOP', 'DELETED', 'MASTER_PRIORITY', 'BACKUP_PRIORITY', 'MASTER_RX_LOWER_PRI', ' 200', ' 0', ' 255', ' 256', '\n'],
  seeds: ['INSTANCE "MAIN" MASTER 200\n', 'INSTANCE "MAIN" BACKUP_PRIORITY 127\nINSTANCE "MAIN" MASTER_RX_LOWER_PRI 254\n', 'INSTANCE "MAIN" DELETED 0\n'],
  run (input) {
    // As node:readline cuts it.
    for (const line of input.toString().split(/\r\n|[\n\r\u2028\u2029]/)) {
      const told = parseNotification(line)
      if (told === null) continue
      assert(Number.isInteger(told.priority) && told.priority >= 0 && told.priority <= 255, 'a priority that VRRP has not')
      assert(line.includes(`"${told.instance}"`) && line.includes(String(told.priority)))
    }
  }
}

const section = (received: string): string => `VRRP Instance: MAIN
  Advertisements:
    Received: ${received}
    Sent: 6
  Became master: 1
  Released master: 0
  Packet Errors:
    Length: 0
  Priority Zero:
    Received: 0
    Sent: 0
`

export const stats: Target = {
  name: 'stats',
  words: ['VRRP Instance: ', '\n  Advertisements:\n', '    Received: ', '    Sent: ', '  Became master: ', '  Released master: ', '  Priority Zero:\n', '99999999999999999999', '18446744073709551615', '\n'],
  seeds: [section('42'), section('0') + section('1'), section('42').slice(0, -12)],
  run (input) {
    const text = input.toString()
    const sections = parseStats(text)
    assert(sections.length <= text.length / 100, 'more sections than there is text')
    for (const { instance, ...counts } of sections) {
      assert(!instance.includes('\n') && text.includes(instance))
      for (const count of Object.values(counts)) assert(Number.isSafeInteger(count) && count >= 0, 'a count that is none')
    }
  }
}

export const log: Target = {
  name: 'log',
  words: ['Mon Nov 23 09:22:46 2026: ', '(MAIN) ', 'Entering MASTER STATE', 'Startup complete', 'Reload complete', 'VRRP_Script(chk) ', 'succeeded', 'timed out', 'Starting VRRP child process, pid=', '99999999999999999999', 'Received advert from ', ' with lower priority', 'received an invalid passwd!'],
  seeds: ['Mon Nov 23 09:22:46 2026: (MAIN) Entering MASTER STATE', 'VRRP_Script(chk_kube_apiserver) failed', '(MAIN) Master received advert from 10.0.0.7 with lower priority 10, ours 20', 'VRRP child process(12) died: Respawning'],
  run (input) {
    for (const line of input.toString().split('\n')) {
      const { message, level, meaning } = parseLogLine(line)
      assert(message.length <= line.length && (level === 'info' || level === 'warn'))
      if (meaning?.kind === 'childStarted') assert(meaning.pid > 0)
    }
  }
}
