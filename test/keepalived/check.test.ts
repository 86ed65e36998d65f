/** The apiserver check against a real HTTPS server, in a network namespace whose addresses are known. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execPath } from 'node:process'
import { after, before, describe, it, type TestContext } from 'node:test'
import { installCheck } from '../../src/keepalived/check-install.ts'

const SCRIPT = resolve('src/keepalived/chk_kube_apiserver.sh')
const SERVER = resolve('test/fixture/apiserver.ts')
const NAMESPACE = `km-c${process.pid}`
const VIP = '10.10.0.2'
const VIP6 = 'fd00:10::2'

describe('chk_kube_apiserver.sh', () => {
  const dir = mkdtempSync(join(tmpdir(), 'km-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]

  before(() => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
      '-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'add', NAMESPACE])
    ip('link', 'set', 'lo', 'up')
    ip('address', 'add', '10.10.0.21/24', 'dev', 'lo')
  })

  after(() => {
    execFileSync('ip', ['netns', 'delete', NAMESPACE])
    rmSync(dir, { recursive: true })
  })

  async function serve (t: TestContext, status: number, ...addresses: readonly string[]): Promise<string> {
    const server = spawn('ip', ['netns', 'exec', NAMESPACE, execPath, SERVER, key, cert, `${status}`, ...addresses], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => { server.kill('SIGKILL') })
    const [line] = await once(server.stdout.setEncoding('utf8'), 'data')
    return String(line).trim()
  }

  it('takes 200 for healthy', async t => {
    assert.deepEqual(check([VIP, await serve(t, 200, '127.0.0.1')]), { code: 0, said: '' })
  })

  for (const status of [301, 401, 403, 500]) {
    it(`takes ${status} for unhealthy`, async t => {
      const { code, said } = check([VIP, await serve(t, status, '127.0.0.1')])
      assert.equal(code, 1)
      assert.match(said, new RegExp(`/livez answers ${status}$`))
    })
  }

  it('gives up on a server that hangs, within its time-out', async t => {
    const port = await serve(t, 0, '127.0.0.1')
    const from = performance.now()
    const { code, said } = check([VIP, port, 'localhost', '/livez', '0.5'])
    assert.equal(code, 1)
    assert.match(said, /does not answer \(curl: 28\)/)
    assert.ok(performance.now() - from < 15_000, 'it has waited for the server')
  })

  it('takes a refused connection for unhealthy', () => {
    assert.match(check([VIP, '1']).said, /does not answer \(curl: 7\)/)
  })

  it('asks another path', async t => {
    assert.match(check([VIP, await serve(t, 200, '127.0.0.1'), 'localhost', '/readyz']).said, /answers 404/)
  })

  it('puts IPv6 literals in brackets', async t => {
    assert.deepEqual(check([VIP, await serve(t, 200, '::1'), '::1']), { code: 0, said: '' })
  })

  it('does not ask the VIP of another host, whose address it begins', async t => {
    assert.equal(check([VIP, await serve(t, 200, '127.0.0.1')]).code, 0, '10.10.0.21 is here, 10.10.0.2 is not')
  })

  it('asks the VIP as well where it is', async t => {
    ip('address', 'add', `${VIP}/24`, 'dev', 'lo')
    t.after(() => { ip('address', 'delete', `${VIP}/24`, 'dev', 'lo') })
    assert.match(check([VIP, await serve(t, 200, '127.0.0.1')]).said, /https:\/\/10\.10\.0\.2:\d+\/livez does not answer/)
    assert.equal(check([VIP, await serve(t, 200, '127.0.0.1', VIP)]).code, 0)
  })

  it('asks an IPv6 VIP as well, however it is written', async t => {
    ip('address', 'add', `${VIP6}/64`, 'dev', 'lo', 'nodad')
    t.after(() => { ip('address', 'delete', `${VIP6}/64`, 'dev', 'lo') })
    assert.match(check(['fd00:10:0:0::2', await serve(t, 200, '127.0.0.1')]).said, /https:\/\/\[fd00:10:0:0::2\]:\d+\/livez does not answer/)
    assert.equal(check([VIP6, await serve(t, 200, '127.0.0.1', VIP6)]).code, 0)
  })

  it('verifies the certificate against a CA that is given', async t => {
    const port = await serve(t, 200, '127.0.0.1')
    assert.equal(check([VIP, port, 'localhost', '/livez', '2', cert]).code, 0)
    assert.match(check([VIP, port, '127.0.0.1', '/livez', '2', cert]).said, /curl: 60/)
  })

  it('asks directly whatever proxy is set', async t => {
    assert.equal(check([VIP, await serve(t, 200, '127.0.0.1')], { https_proxy: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' }).code, 0)
  })

  it('is unhealthy without curl, and says so', () => {
    const path = join(dir, 'bin')
    execFileSync('mkdir', ['-p', path])
    for (const tool of ['ip', 'sh', 'awk']) symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(path, tool))
    const { status, stderr } = spawnSync('/bin/sh', [SCRIPT, VIP, '1'], { encoding: 'utf8', env: { PATH: path } })
    assert.deepEqual([status, stderr.trim()], [1, 'chk_kube_apiserver: curl is not installed'])
  })

  it('says how it is used when it gets too little', () => {
    assert.match(check([VIP]).said, /usage/)
  })
})

describe('installCheck', () => {
  it('installs it for root alone to write, and leaves an equal one alone', async t => {
    const dir = mkdtempSync(join(tmpdir(), 'km-'))
    t.after(() => { rmSync(dir, { recursive: true }) })
    const path = join(dir, 'scripts', 'chk_kube_apiserver.sh')
    assert.deepEqual(await installCheck([join(dir, 'scripts')]), { ok: true, path, written: true })
    assert.equal(readFileSync(path, 'utf8'), readFileSync(SCRIPT, 'utf8'))
    assert.equal(statSync(path).mode & 0o777, 0o755)
    assert.deepEqual(await installCheck([join(dir, 'scripts')]), { ok: true, path, written: false })
    chmodSync(path, 0o777)
    assert.deepEqual(await installCheck([join(dir, 'scripts')]), { ok: true, path, written: true })
  })

  it('passes over a directory that cannot be written or that others may write', async t => {
    const dir = mkdtempSync(join(tmpdir(), 'km-'))
    t.after(() => { rmSync(dir, { recursive: true }) })
    const open = mkdtempSync(join(dir, 'open-'))
    chmodSync(open, 0o777)
    const file = join(dir, 'file')
    writeFileSync(file, '')
    const result = await installCheck([join(file, 'scripts'), open, join(dir, 'safe')])
    assert.deepEqual(result, { ok: true, path: join(dir, 'safe', 'chk_kube_apiserver.sh'), written: true })
    const none = await installCheck([join(file, 'scripts'), open])
    assert.ok(!none.ok)
    assert.equal(none.reasons.length, 2)
    assert.match(none.reasons[1] ?? '', /may be written by others/)
  })
})

function ip (...words: readonly string[]): void {
  execFileSync('ip', ['-n', NAMESPACE, ...words])
}

/** The exit code, with what it said. */
function check (words: readonly string[], env: NodeJS.ProcessEnv = {}): { readonly code: number | null, readonly said: string } {
  const { status, stderr, stdout } = spawnSync('ip', ['netns', 'exec', NAMESPACE, '/bin/sh', SCRIPT, ...words], { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } })
  assert.equal(stdout, '')
  return { code: status, said: stderr.trim() }
}
