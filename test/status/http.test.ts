/** The status over HTTP, by real requests. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createBoard } from '../../src/status/board.ts'
import { createHttp } from '../../src/status/http.ts'
import { createJournal } from '../../src/status/journal.ts'
import type { StatusDocument } from '../../src/status/document.ts'
import { metricsOf } from '../../src/status/metrics.ts'
import { unreadyReasons } from '../../src/status/ready.ts'
import { documentOf as joined } from '../../src/status/document.ts'
import { facts, statusOf } from './sample.ts'

const documentOf = (given: Partial<StatusDocument>): StatusDocument => ({ ...joined(statusOf({}), facts), phase: 'active', waitingFor: null, agreed: true, ...given })

/** One for each test: `fetch` keeps connections that the next server has never seen. */
let port = 20_000 + process.pid % 10_000

const boardOf = (status: () => StatusDocument, measure = () => {}) => createBoard({ status, measure, journal: createJournal({ now: () => new Date() }) })

/** Gives where it is served. */
async function serve (t: TestContext, status: () => StatusDocument): Promise<string> {
  const http = await createHttp({ address: '127.0.0.1', port: ++port }, { status, board: boardOf(status) })
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

test('metrics: each has help, a type and a name by the conventions of Prometheus; states are one series each', async (t) => {
  const here = await serve(t, () => documentOf({}))
  const response = await fetch(`${here}/metrics`)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const lines = (await response.text()).trim().split('\n')
  const series = lines.filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of series) {
    const [, name = '', value = ''] = /^([a-z_]+)(?:\{[a-z]+="[^"]*"\})? (\d+(?:\.\d+)?)$/.exec(line) ?? []
    assert.match(name, /^keepalived_mesh_/, line)
    const type = name.endsWith('_total') ? 'counter' : 'gauge'
    assert.ok(lines.includes(`# TYPE ${name} ${type}`) && lines.some((help) => help.startsWith(`# HELP ${name} `)), line)
    assert.ok(Number(value) >= 0)
  }
  for (const line of ['keepalived_mesh_build_info{version="0.1.0"} 1', 'keepalived_mesh_phase{phase="active"} 1', 'keepalived_mesh_phase{phase="blocked"} 0', 'keepalived_mesh_vrrp_state{state="backup"} 1',
    'keepalived_mesh_members{state="active"} 3', 'keepalived_mesh_members{state="lost"} 0', 'keepalived_mesh_masters 1', 'keepalived_mesh_vip_held 0', 'keepalived_mesh_views_agreed 1',
    'keepalived_mesh_ready 1', 'keepalived_mesh_apiserver_check_passing 1', 'keepalived_mesh_keepalived_reloads_total{reason="members"} 2', 'keepalived_mesh_vrrp_transitions_total{state="master"} 1', 'keepalived_mesh_apiserver_check_results_total{result="failing"} 0',
    'keepalived_mesh_view_age_seconds 90', 'keepalived_mesh_view_changes_total 4', 'keepalived_mesh_agreement_lag_seconds 0.25', 'keepalived_mesh_several_masters_seconds_total 0.02', 'keepalived_mesh_no_master_seconds_total 3',
    'keepalived_mesh_member_lowered{address="10.10.0.21"} 0', 'keepalived_mesh_round_trip_seconds{address="10.10.0.23"} 0.0015']) assert.ok(series.includes(line), line)
})

test('metrics of a host without a check, and of one beside two holders', async () => {
  const { self } = documentOf({})
  const text = await metricsOf(documentOf({ check: null, members: [{ ...self, vrrpState: 'MASTER' }, { ...self, vrrpState: 'MASTER' }, { ...self, vrrpState: 'MASTER', state: 'lost' }] }))
  assert.doesNotMatch(text, /apiserver/)
  assert.match(text, /^keepalived_mesh_masters 2$/m)
})

test('what is not served is told with what is; nothing can be written', async (t) => {
  const here = await serve(t, () => documentOf({}))
  for (const path of ['/nothing', '/constructor', '/__proto__', '//healthz']) {
    const response = await fetch(`${here}${path}`)
    assert.deepEqual([response.status, await response.text()], [404, 'expected one of /, /healthz, /readyz, /metrics, /v1/status, /v1/events\n'], path)
  }
  const posted = await fetch(`${here}/v1/status`, { method: 'POST', body: 'x' })
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD'])
  const head = await fetch(`${here}/v1/status`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
})

test('a defect costs one answer, and no more', async (t) => {
  let isDefect = true
  const here = await serve(t, () => {
    if (isDefect) throw new RangeError('a defect')
    return documentOf({})
  })
  assert.equal((await fetch(`${here}/readyz`)).status, 500)
  isDefect = false
  assert.equal((await fetch(`${here}/readyz`)).status, 200)
})

test('whoever says nothing is cut when it closes; a port that is taken is told', async (t) => {
  const endpoint = { address: '127.0.0.1', port: ++port }
  const http = await createHttp(endpoint, { status: () => documentOf({}), board: boardOf(() => documentOf({})) })
  const silent = connect(endpoint.port, '127.0.0.1')
  t.after(() => silent.destroy())
  await once(silent, 'connect')
  await assert.rejects(createHttp(endpoint, { status: () => documentOf({}), board: boardOf(() => documentOf({})) }), { code: 'EADDRINUSE' })
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

/** What comes as server-sent events, until the test ends. */
async function listen (t: TestContext, url: string): Promise<{ readonly events: ReadonlyArray<readonly [name: string, data: unknown]>, readonly some: (count: number) => Promise<void> }> {
  const ending = new AbortController()
  t.after(() => { ending.abort() })
  const response = await fetch(url, { signal: ending.signal })
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  const events: Array<readonly [string, unknown]> = []
  const waiting: Array<() => void> = []
  void (async () => {
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const parts = (rest + Buffer.from(chunk).toString()).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(part) ?? []
        if (name !== undefined && data !== undefined) events.push([name, JSON.parse(data)])
      }
      waiting.splice(0).forEach((wake) => { wake() })
    }
  })().catch(() => {})
  return {
    events,
    async some (count) { while (events.length < count) await new Promise<void>((resolve) => waiting.push(resolve)) }
  }
}

test('events: the timeline and the document at once, then what is new, and round trips are measured while somebody looks on', async (t) => {
  let document = documentOf({})
  let measured = 0
  const board = boardOf(() => document, () => { measured++ })
  t.after(board.close)
  const http = await createHttp({ address: '127.0.0.1', port: ++port }, { status: () => document, board })
  t.after(http.close)
  board.stir()
  const { events, some } = await listen(t, `http://127.0.0.1:${port}/v1/events`)
  await some(3)
  assert.deepEqual(events.slice(0, 3).map(([name]) => name), ['timeline', 'status', 'status'])
  assert.deepEqual(events[0]?.[1], [])
  document = documentOf({ holder: null })
  board.stir()
  await some(5)
  assert.deepEqual(events.slice(3).map(([name]) => name), ['status', 'news'])
  assert.match(JSON.stringify(events[4]?.[1]), /nobody is known to hold/)
  assert.equal(measured, 1)
  const late = await listen(t, `http://127.0.0.1:${port}/v1/events`)
  await late.some(2)
  assert.match(JSON.stringify(late.events[0]?.[1]), /nobody is known to hold/, 'whoever comes late is told all of it')
})

test('the page is one file, with a policy that names its own script and style and lets nothing else in', async (t) => {
  const here = await serve(t, () => documentOf({}))
  const response = await fetch(`${here}/`)
  const [text, policy] = [await response.text(), response.headers.get('content-security-policy') ?? '']
  assert.match(policy, /^default-src 'none'/)
  assert.match(policy, /script-src 'sha256-[A-Za-z0-9+/=]{44}'; style-src 'sha256-[A-Za-z0-9+/=]{44}'$/)
  assert.doesNotMatch(text, /(?:src|href)="(?!data:|v1\/)/)
  assert.doesNotMatch(text, /https?:/)
})
