/** The control socket and its client, over real sockets in a directory of the test's own. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { askAgent } from '../../src/status/ask.ts'
import { createControl } from '../../src/status/control.ts'
import type { ControlAnswer, ControlRequest } from '../../src/status/request.ts'

const echo = async (request: ControlRequest): Promise<ControlAnswer> => ({ ok: true, result: request })

/** What the server says to `bytes`, up to its hanging up or one line. */
async function answerTo (path: string, bytes: string): Promise<string> {
  const socket = connect(path)
  socket.write(bytes)
  try {
    for await (const chunk of socket) return String(chunk)
    return ''
  } finally {
    socket.destroy()
  }
}

describe('control socket', () => {
  let dir = ''
  let count = 0
  const freshPath = () => join(dir, `run-${count += 1}`, 'control.sock')

  before(async () => { dir = await mkdtemp(join(tmpdir(), 'control-')) })
  after(async () => { await rm(dir, { recursive: true }) })

  it('answers each request, and is open to its owner only', async () => {
    const path = freshPath()
    const control = await createControl({ path }, { answer: echo })
    for (const request of [{ command: 'status' }, { command: 'leave' }, { command: 'detach' }, { command: 'forget', member: 'fd00::2' }] as const) {
      assert.deepEqual(await askAgent(request, { path, timeoutMs: 15_000 }), request)
    }
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal((await stat(join(path, '..'))).mode & 0o777, 0o700)
    await control.close()
    await assert.rejects(stat(path), { code: 'ENOENT' })
  })

  it('gives the words of a refusal', async () => {
    const path = freshPath()
    const control = await createControl({ path }, { answer: async () => ({ ok: false, error: 'no such member' }) })
    await assert.rejects(askAgent({ command: 'forget', member: 'x1' }, { path, timeoutMs: 15_000 }), { code: 'ERR_AGENT_REFUSED', message: 'no such member' })
    await control.close()
  })

  it('refuses a second agent, and leaves the first one alone', async () => {
    const path = freshPath()
    const control = await createControl({ path }, { answer: echo })
    await assert.rejects(createControl({ path }, { answer: echo }), { code: 'ERR_CONTROL_IN_USE', message: /another agent answers/ })
    assert.deepEqual(await askAgent({ command: 'status' }, { path, timeoutMs: 15_000 }), { command: 'status' })
    await control.close()
  })

  it('takes the place of an agent that was killed', async () => {
    const path = freshPath()
    spawnSync(process.execPath, ['-e', `
      require('node:fs').mkdirSync(${JSON.stringify(join(path, '..'))})
      require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))
    `])
    assert.ok((await stat(path)).isSocket())
    const control = await createControl({ path }, { answer: echo })
    assert.deepEqual(await askAgent({ command: 'status' }, { path, timeoutMs: 15_000 }), { command: 'status' })
    await control.close()
  })

  const faulty = [
    { name: 'no JSON', bytes: 'status\n', says: /not understood/ },
    { name: 'an unknown command', bytes: '{"command":"explode"}\n', says: /not understood/ },
    { name: 'a field too many', bytes: '{"command":"status","x":1}\n', says: /not understood/ },
    { name: 'a member that is no name', bytes: '{"command":"forget","member":"a b"}\n', says: /id or the address/ },
    { name: 'a line without an end', bytes: 'x'.repeat(5000), says: /of more than 4096 bytes/ },
    { name: 'nothing', bytes: '\n', says: /not understood/ }
  ]
  for (const { name, bytes, says } of faulty) {
    it(`refuses ${name} and lives`, async () => {
      const path = freshPath()
      const control = await createControl({ path }, { answer: echo })
      assert.match(await answerTo(path, bytes), says)
      assert.deepEqual(await askAgent({ command: 'status' }, { path, timeoutMs: 15_000 }), { command: 'status' })
      await control.close()
    })
  }

  it('survives clients that go away in the middle', async () => {
    const path = freshPath()
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
    const control = await createControl({ path }, { answer: async request => { await released; return await echo(request) } })
    const socket = connect(path)
    await once(socket, 'connect')
    socket.write('{"command":"status"}\n')
    socket.destroy()
    release(undefined)
    assert.deepEqual(await askAgent({ command: 'status' }, { path, timeoutMs: 15_000 }), { command: 'status' })
    await control.close()
  })

  it('does not open where it cannot, and says why', async () => {
    const file = join(dir, 'file')
    await writeFile(file, '')
    await assert.rejects(createControl({ path: join(file, 'control.sock') }, { answer: echo }), { code: 'ERR_CONTROL_UNUSABLE', message: /ENOTDIR|EEXIST/ })
    await assert.rejects(createControl({ path: join(dir, 'x'.repeat(200)) }, { answer: echo }), { code: 'ERR_CONTROL_UNUSABLE', message: /expected at most 107/ })
  })

  it('leaves a file that is no socket alone', async () => {
    const path = join(dir, 'a-file')
    await writeFile(path, 'precious')
    await createControl({ path }, { answer: echo }).then(control => control.close(), () => undefined)
    assert.ok((await stat(path)).isFile())
  })
})

describe('asking', () => {
  const path = join(tmpdir(), `ask-${process.pid}.sock`)

  async function against (behave: (socket: Socket) => void, code: string): Promise<void> {
    const server = createServer(socket => { behave(socket.resume()) }).listen(path)
    await once(server, 'listening')
    await assert.rejects(askAgent({ command: 'status' }, { path, timeoutMs: 300 }), { code })
    server.close()
    await once(server, 'close')
  }

  it('says that no agent answers, and where', async () => {
    await assert.rejects(askAgent({ command: 'status' }, { path: '/nonexistent/control.sock', timeoutMs: 300 }),
      { code: 'ERR_NO_AGENT', message: /no agent answers at \/nonexistent\/control.sock/ })
  })
  it('does not wait for ever', () => against(() => undefined, 'ERR_AGENT_SILENT'))
  it('notices an agent that hangs up', () => against(socket => socket.end(), 'ERR_AGENT_SILENT'))
  it('refuses an answer that is none', () => against(socket => socket.end('{"ok":"maybe"}\n'), 'ERR_ANSWER_UNREADABLE'))
  it('refuses an answer that is no JSON', () => against(socket => socket.end('hello\n'), 'ERR_ANSWER_UNREADABLE'))
})
