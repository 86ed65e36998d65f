/** What the log writes, read back from a sink in memory. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLog } from '../src/log.ts'

function linesWith (readable: boolean, use: (log: ReturnType<typeof createLog>) => void): readonly string[] {
  const lines: string[] = []
  use(createLog({ level: 'info', readable, colored: false }, { write: line => { lines.push(line) } }))
  return lines
}

describe('log', () => {
  it('writes one JSON object a line, with level and time for machines and people', () => {
    const [line = '', ...more] = linesWith(false, log => {
      log.debug('unheard')
      log.info({ address: '10.0.0.3' }, 'member joined')
    })
    assert.deepEqual(more, [])
    const { time, ...rest } = JSON.parse(line)
    assert.deepEqual(rest, { level: 'info', address: '10.0.0.3', msg: 'member joined' })
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(line.endsWith('\n'))
  })

  it('writes no secret, should one be handed to it', () => {
    const lines = linesWith(false, log => {
      log.info({ secret: 'hush', config: { authPass: 'hush', env: { KEEPALIVED_AUTH_PASS: 'hush' } }, env: { KEEPALIVED_MESH_SECRET: 'hush' } }, 'all')
    })
    assert.doesNotMatch(lines.join(''), /hush/)
    assert.match(lines.join(''), /\[redacted\]/)
  })

  it('leaves out what comes without end, of each address and of all, and says how many; a line of another kind is written', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lines = linesWith(false, log => {
      for (let times = 0; times < 100; times++) log.warn({ address: '10.0.0.3' }, 'it knocks')
      for (let last = 0; last < 250; last++) log.warn({ address: `10.0.1.${last}` }, 'it knocks')
      for (let times = 0; times < 100; times++) log.info({ member: `id${times}` }, 'member is out')
      log.warn({ address: '10.0.0.3' }, 'it leaves')
      t.mock.timers.tick(60_000)
    }).map(line => JSON.parse(line))
    const count = (holds: (line: Record<string, unknown>) => boolean): number => lines.filter(holds).length
    assert.deepEqual([count(({ msg, address }) => msg === 'it knocks' && address === '10.0.0.3'), count(({ msg }) => msg === 'it knocks'), count(({ msg }) => msg === 'member is out'), count(({ msg }) => msg === 'it leaves')], [12, 64, 64, 1])
    assert.deepEqual(lines.filter(({ msg }) => msg === 'lines like this one were left out').map(({ level, line, leftOut }) => [level, line, leftOut]),
      [['warn', 'it knocks', 286], ['info', 'member is out', 36]])
  })

  it('writes readable lines for people', () => {
    const [line = ''] = linesWith(true, log => { log.warn({ address: '10.0.0.3' }, 'member lost') })
    assert.match(line, /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: member lost \{"address":"10\.0\.0\.3"\}\n$/)
  })
})
