/** The log as a file that one side appends to and the other reads and cuts. */
import assert from 'node:assert/strict'
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { followLog } from '../../src/keepalived/log-tail.ts'

describe('followLog', () => {
  it('tells the past apart from what is new, and keeps half a line until it is whole', async t => {
    const path = pathFor(t)
    writeFileSync(path, 'old\nhal')
    const { promise, resolve } = Promise.withResolvers<void>()
    const [past, lines]: [string[], string[]] = [[], []]
    const tail = followLog(path, line => {
      lines.push(line)
      resolve()
    }, line => { past.push(line) })
    t.after(tail.close)
    appendFileSync(path, 'f\n')
    await promise
    assert.deepEqual([past, lines], [['old'], ['half']])
  })

  it('cuts a long file, and loses no line to whoever goes on appending', t => {
    const path = pathFor(t)
    const writer = openSync(path, 'a')
    t.after(() => { closeSync(writer) })
    let read = 0
    const tail = followLog(path, line => { assert.equal(Number(line.slice(0, 8)), read++) })
    t.after(tail.close)
    const count = 30_000
    for (let line = 0; line < count; line++) {
      writeSync(writer, `${line}`.padStart(8, '0') + ' is a line of keepalived as long as they come, more or less\n')
      if (line % 1_000 === 0) tail.read()
    }
    tail.read()
    assert.equal(read, count)
    assert.ok(statSync(path).size < 1024 * 1024)
  })

  it('goes on when somebody else cut the file', t => {
    const path = pathFor(t)
    const lines: string[] = []
    const tail = followLog(path, line => { lines.push(line) })
    t.after(tail.close)
    writeFileSync(path, 'first line\n')
    tail.read()
    writeFileSync(path, '2nd\n')
    tail.read()
    assert.deepEqual(lines, ['first line', '2nd'])
  })
})

function pathFor (t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'km-'))
  t.after(() => { rmSync(dir, { recursive: true }) })
  return join(dir, 'keepalived.log')
}
