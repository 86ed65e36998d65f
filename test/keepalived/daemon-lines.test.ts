/** Tables of the pure parts: command lines, log lines, fifo lines, /proc, counters, waits. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBackoff, nextWaitMs } from '../../src/keepalived/backoff.ts'
import { optionOf } from '../../src/config/keepalived-argv.ts'
import { commandLineOf } from '../../src/keepalived/command-line.ts'
import { daemonFiles } from '../../src/keepalived/daemon-files.ts'
import { parseLogLine, type Meaning } from '../../src/keepalived/log-line.ts'
import { parseNotification } from '../../src/keepalived/notify-line.ts'
import { isKeepalived, isSame, parseStat, processOf } from '../../src/keepalived/process.ts'
import { parseStats } from '../../src/keepalived/stats.ts'

const files = daemonFiles('/run/x')

describe('commandLineOf', () => {
  const own = ['-p', '/run/x/keepalived.pid', '-r', '/run/x/vrrp.pid', '-c', '/run/x/checkers.pid']
  const table: ReadonlyArray<{ command: string, appended: readonly string[], pid?: string, console: boolean }> = [
    { command: 'keepalived -n -l -f /c', appended: own, console: true },
    { command: 'keepalived -nlf /c', appended: own, console: true },
    { command: 'keepalived --dont-fork --log-console --use-file=/c', appended: own, console: true },
    { command: 'keepalived -n -f /c', appended: own, console: false },
    { command: 'keepalived -f /c/-n-l', appended: [...own, '-n'], console: false },
    { command: 'keepalived -nl -p /a -r/b --checkers_pid /d', appended: [], pid: '/a', console: true },
    { command: 'keepalived -nl --pid=/a', appended: own.slice(2), pid: '/a', console: true },
    { command: 'keepalived -nlp /a', appended: own.slice(2), pid: '/a', console: true },
    { command: 'nice -n 5 keepalived -l -f /c', appended: [...own, '-n'], console: true },
    { command: '/my/script -nl', appended: own, console: true }
  ]
  for (const { command, appended, pid = files.pid, console } of table) {
    it(command, () => {
      const words = command.split(' ')
      const line = commandLineOf(words, files, true)
      assert.deepEqual(line.argv, [...words, ...appended])
      assert.deepEqual([line.pidFile, line.logsToConsole], [pid, console])
    })
  }

  it('keeps the log off a console that nobody reads', () => {
    assert.equal(commandLineOf(['keepalived', '-nl'], files, false).argv.at(-1), '-G')
    assert.ok(!commandLineOf(['keepalived', '-nl', '-S', '3'], files, false).argv.includes('-G'))
  })

  it('reads the last of an option that is given twice', () => {
    assert.equal(optionOf(['-f', '/a', '-f/b'], 'f', 'use-file'), '/b')
    assert.equal(optionOf(['-n'], 'f', 'use-file'), null)
  })
})

describe('parseLogLine', () => {
  const table: ReadonlyArray<readonly [string, 'info' | 'warn', Meaning | null]> = [
    ['Startup complete', 'info', { kind: 'started' }],
    ['Reload complete', 'info', { kind: 'reloaded' }],
    ['New config failed validation, see /tmp/x for details', 'warn', { kind: 'reloadRefused' }],
    ['daemon is already running', 'warn', { kind: 'alreadyRunning' }],
    ['VRRP child process(6896) died: Respawning', 'warn', { kind: 'childDied' }],
    ['Starting VRRP child process, pid=9029', 'info', { kind: 'childStarted', pid: 9029 }],
    ['(MAIN) Entering BACKUP STATE (init)', 'info', { kind: 'state', instance: 'MAIN', state: 'BACKUP' }],
    ['(MAIN) Entering FAULT STATE', 'warn', { kind: 'state', instance: 'MAIN', state: 'FAULT' }],
    ['VRRP_Script(chk) succeeded', 'info', { kind: 'check', script: 'chk', healthy: true }],
    ['VRRP_Script(chk) failed (exited with status 1)', 'warn', { kind: 'check', script: 'chk', healthy: false }],
    ['VRRP_Script(chk) considered unsuccessful on reload', 'warn', { kind: 'check', script: 'chk', healthy: false }],
    ['(MAIN) received an invalid passwd!', 'warn', { kind: 'foreignAdvert', difference: 'another password', from: null }],
    ['(MAIN) received a 0 auth, expecting 1!', 'warn', { kind: 'foreignAdvert', difference: 'a password on one side only', from: null }],
    ['(MAIN) ip address associated with VRID 1 not present in MASTER advert: 10.10.0.2', 'warn', { kind: 'foreignAdvert', difference: 'another VIP', from: null }],
    ['(MAIN) advertisement interval mismatch mine=1 sec rcv\'d=2 sec', 'warn', { kind: 'foreignAdvert', difference: 'another advert interval', from: null }],
    ['(MAIN) wrong version. Received 3 and expect 2', 'warn', { kind: 'foreignAdvert', difference: 'another VRRP version', from: null }],
    ['(MAIN) Received advert from 10.10.0.22 with lower priority 50, ours 150', 'warn', { kind: 'foreignAdvert', difference: null, from: '10.10.0.22' }],
    ['(MAIN) Master received advert from 10.10.0.22 with higher priority 200, ours 150', 'warn', { kind: 'foreignAdvert', difference: null, from: '10.10.0.22' }],
    ['(Line 8) Unknown keyword \'x\'', 'warn', null],
    ['(MAIN) Changing effective priority from 200 to 195', 'info', null]
  ]
  for (const [message, level, meaning] of table) {
    it(message, () => { assert.deepEqual(parseLogLine(`Mon Nov  3 09:22:46 2026: ${message}`), { message, level, meaning }) })
  }
})

describe('parseNotification', () => {
  it('reads states, priorities and the sign of a second MASTER', () => {
    assert.deepEqual(parseNotification('INSTANCE "MAIN" MASTER 200'), { kind: 'state', instance: 'MAIN', state: 'MASTER', priority: 200 })
    assert.deepEqual(parseNotification('INSTANCE "MAIN" BACKUP_PRIORITY 1'), { kind: 'priority', instance: 'MAIN', priority: 1 })
    assert.deepEqual(parseNotification('INSTANCE "a b" MASTER_RX_LOWER_PRI 150'), { kind: 'rivalMaster', instance: 'a b', priority: 150 })
  })

  it('passes over the rest', () => {
    for (const line of ['', 'GROUP "G" MASTER 0', 'INSTANCE "MAIN" {UNKNOWN} 200', 'VS [10.0.0.1]:tcp:80 UP']) assert.equal(parseNotification(line), null)
  })
})

describe('parseStats', () => {
  it('reads each instance', () => {
    assert.deepEqual(parseStats(section('A', 3) + section('B', 4)).map(({ instance, received }) => [instance, received]), [['A', 3], ['B', 4]])
    assert.deepEqual(parseStats(section('A', 3))[0], { instance: 'A', received: 3, sent: 5, becameMaster: 2, releasedMaster: 1 })
  })

  it('takes nothing from an unfinished text', () => {
    const text = section('A', 3)
    for (let length = 0; length < text.length; length++) assert.deepEqual(parseStats(text.slice(0, length)), [])
  })
})

describe('process', () => {
  it('reads names with spaces and parentheses', () => {
    const rest = '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 777 1 2'
    const found = parseStat(`12 (a) b (c)) S 1 12 11 ${rest}`, 'prog\0-f\0x\0')
    assert.deepEqual(found, { pid: 12, comm: 'a) b (c)', state: 'S', parent: 1, session: 11, startedAt: '777', argv: ['prog', '-f', 'x'] })
  })

  it('takes for keepalived what bears its name', () => {
    assert.ok(isKeepalived({ comm: 'keepalived', argv: ['/lib/ld.so', 'x'] }))
    assert.ok(isKeepalived({ comm: 'my-vrrp', argv: ['/usr/sbin/keepalived', '-n'] }))
    assert.ok(!isKeepalived({ comm: 'node', argv: ['node', '/keepalived'] }))
    assert.ok(!isKeepalived({ comm: 'sh', argv: [] }))
  })

  it('knows itself, and nobody of a former life', () => {
    const self = processOf(process.pid)
    assert.ok(self !== null && isSame(self))
    assert.ok(!isSame({ ...self, startedAt: '1' }))
    assert.equal(processOf(2 ** 30), null)
  })
})

describe('backoff', () => {
  it('doubles up to its end, and begins anew after a minute of health', () => {
    const options = { firstMs: 100, maxMs: 10_000, healthyMs: 60_000 }
    const waits: number[] = []
    for (let last: number | null = null; waits.length < 9;) waits.push(last = nextWaitMs(last, 0, options))
    assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
    assert.equal(nextWaitMs(10_000, 60_000, options), 100)
  })

  it('starts again after the wait, and not after stop', () => {
    const timers: Array<{ callback: () => void, ms: number, cancelled: boolean }> = []
    let [starts, clock] = [0, 0]
    const backoff = createBackoff({}, {
      start: () => { starts++ },
      now: () => clock,
      setTimer: (callback, ms) => {
        const timer = { callback, ms, cancelled: false }
        timers.push(timer)
        return { cancel: () => { timer.cancelled = true } }
      }
    })
    backoff.started()
    assert.equal(backoff.exited(), 100)
    timers[0]?.callback()
    assert.equal(starts, 1)
    backoff.started()
    clock = 60_000
    assert.equal(backoff.exited(), 100)
    backoff.stop()
    assert.equal(timers[1]?.cancelled, true)
  })
})

function section (name: string, received: number): string {
  return `VRRP Instance: ${name}
  Advertisements:
    Received: ${received}
    Sent: 5
  Became master: 2
  Released master: 1
  Packet Errors:
    Length: 0
  Priority Zero:
    Received: 9
    Sent: 8
`
}
