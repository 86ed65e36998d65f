/** `status`, against an agent's control socket in a directory of the test's own. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { showStatus } from '../../src/cli/status.ts'
import { tellAgent } from '../../src/cli/tell.ts'
import { createControl } from '../../src/status/control.ts'
import type { Control } from '../../src/status/control.ts'
import { meshDocument } from '../status/sample.ts'
import { createStage } from './stage.ts'

describe('status', () => {
  let dir = ''
  let path = ''
  let control: Control
  let shown: unknown = meshDocument

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'status-'))
    path = join(dir, 'control.sock')
    control = await createControl({ path }, {
      answer: async ({ command }) => command === 'status' ? { ok: true, result: shown } : { ok: false, error: `cannot ${command} now` }
    })
  })
  after(async () => {
    await control.close()
    await rm(dir, { recursive: true })
  })

  it('prints the table, without colours where nobody looks', async () => {
    const stage = createStage()
    assert.equal(await showStatus({ path, json: false, watch: false }, stage.terminal), 0)
    const { out, err } = await stage.printed()
    assert.equal(err, '')
    assert.match(out, /^keepalived-mesh 0\.1\.0 · mesh/)
    assert.equal(out, stripVTControlCharacters(out))
  })

  it('prints the document as it is, fields of a newer agent too', async () => {
    shown = { ...meshDocument, novelty: 1 }
    const stage = createStage()
    assert.equal(await showStatus({ path, json: true, watch: false }, stage.terminal), 0)
    assert.deepEqual(JSON.parse((await stage.printed()).out), shown)
    shown = meshDocument
  })

  it('says in one line that no agent answers, and ends with 1', async () => {
    const stage = createStage()
    assert.equal(await showStatus({ path: join(dir, 'none.sock'), json: false, watch: false }, stage.terminal), 1)
    const { out, err } = await stage.printed()
    assert.equal(out, '')
    assert.match(err, /^no agent answers at .*none\.sock \(ENOENT\): .*\n$/)
  })

  it('watches: draws a terminal anew, until interrupted', async () => {
    const stage = createStage({ isTTY: true })
    const ended = showStatus({ path, json: false, watch: true }, stage.terminal)
    assert.equal(await stage.next(), '\u001B[H\u001B[2J')
    assert.match(stripVTControlCharacters(await stage.next()), /^keepalived-mesh/)
    stage.interrupt()
    assert.equal(await ended, 0)
  })

  it('watches: writes a history of changes into a pipe', async () => {
    const stage = createStage()
    const ended = showStatus({ path, json: true, watch: true }, stage.terminal)
    assert.deepEqual(JSON.parse(await stage.next()), meshDocument)
    shown = { ...meshDocument, holder: null }
    assert.deepEqual(JSON.parse(await stage.next()), shown)
    stage.interrupt()
    assert.equal(await ended, 0)
    shown = meshDocument
  })

  it('passes on why the agent refused to do something', async () => {
    const stage = createStage()
    assert.equal(await tellAgent({ command: 'forget', member: '10.0.0.9' }, path, stage.terminal), 1)
    assert.deepEqual(await stage.printed(), { out: '', err: 'cannot forget now\n' })
  })
})
