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

  it('writes readable lines for people', () => {
    const [line = ''] = linesWith(true, log => { log.warn({ address: '10.0.0.3' }, 'member lost') })
    assert.match(line, /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: member lost \{"address":"10\.0\.0\.3"\}\n$/)
  })
})
