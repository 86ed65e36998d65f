/** The status over HTTP, by real requests. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createHttp } from '../../src/status/http.ts'
import type { StatusDocument } from '../../src/status/document.ts'
import { unreadyReasons } from '../../src/status/ready.ts'
import { documentOf as joined } from '../../src/status/document.ts'
import { facts, statusOf } from './sample.ts'

const documentOf = (given: Partial<StatusDocument>): StatusDocument => ({ ...joined(statusOf({}), facts), phase: 'active', waitingFor: null, agreed: true, ...given })

/** One for each test: `fetch` keeps connections that the next server has never seen. */
let port = 20_000 + process.pid % 10_000

/** Gives where it is served. */
async function serve (t: TestContext, status: () => StatusDocument): Promise<string> {
  const http = await createHttp({ address: '127.0.0.1', port: ++port }, { status })
  t.after(http.close)
  return `http://127.0.0.1:${port}`
}

test('the agent runs; it is ready, or says why not; its status is the document', async (t) => {
  let document = documentOf({})
  const here = await serve(t, () => document)
  const healthy = await fetch(`${here}/healthz`)
  assert.deepEqual([healthy.status, await healthy.text()], [200, 'the agent runs\n'])
  assert.equal((await fetch(`${here}/readyz?verbose`)).status, 200)
  const told = await fetch(`${here}/v1/status`)
  assert.equal(told.headers.get('content-type'), 'application/json')
  assert.deepEqual(await told.json(), JSON.parse(JSON.stringify(document)))
  document = documentOf({ phase: 'blocked', waitingFor: 'protocol 112' })
  const unready = await fetch(`${here}/readyz`)
  assert.deepEqual([unready.status, await unready.text()], [503, 'blocked: waiting for protocol 112\n'])
  assert.equal((await fetch(`${here}/healthz`)).status, 200)
})

test('what is not served is told with what is; nothing can be written', async (t) => {
  const here = await serve(t, () => documentOf({}))
  for (const path of ['/', '/nothing', '/constructor', '/__proto__', '//healthz']) {
    const response = await fetch(`${here}${path}`)
    assert.deepEqual([response.status, await response.text()], [404, 'expected one of /healthz, /readyz, /v1/status\n'], path)
  }
  const posted = await fetch(`${here}/v1/status`, { method: 'POST', body: 'x' })
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD'])
  const head = await fetch(`${here}/v1/status`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
})

test('whoever says nothing is cut when it closes; a port that is taken is told', async (t) => {
  const endpoint = { address: '127.0.0.1', port: ++port }
  const http = await createHttp(endpoint, { status: () => documentOf({}) })
  const silent = connect(endpoint.port, '127.0.0.1')
  t.after(() => silent.destroy())
  await once(silent, 'connect')
  await assert.rejects(createHttp(endpoint, { status: () => documentOf({}) }), { code: 'EADDRINUSE' })
  silent.on('error', () => {})
  await Promise.all([once(silent, 'close'), http.close()])
})

test('ready: active with keepalived and one view, or standing by', () => {
  const keepalived = { ...documentOf({}).keepalived, pid: null }
  assert.deepEqual(unreadyReasons(documentOf({})), [])
  assert.deepEqual(unreadyReasons(documentOf({ phase: 'standby', keepalived })), [])
  assert.deepEqual(unreadyReasons(documentOf({ keepalived })), ['keepalived does not run'])
  assert.deepEqual(unreadyReasons(documentOf({ agreed: false })), ['the members have different views'])
  assert.deepEqual(unreadyReasons(documentOf({ phase: 'joining', waitingFor: null, agreed: false })), ['joining', 'the members have different views'])
})
