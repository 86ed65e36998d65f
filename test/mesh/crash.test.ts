import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { startHost } from './host.ts'
import { run } from './program.ts'

test('a member killed with -9 is unlinked at once, and its port refuses', async (t) => {
  const host = await startHost()
  t.after(() => host.mesh.stop())
  const member = run(t, 'member.ts', ['127.0.0.5'])
  const { id, port } = await member.until(line => 'port' in line)
  assert(typeof port === 'number')
  host.mesh.perform({ kind: 'dial', address: '127.0.0.5', port })
  await host.until('linked')
  await member.until(({ kind }) => kind === 'linked')
  const killedAtMs = performance.now()
  const exited = once(member.child, 'exit')
  member.child.kill('SIGKILL')
  // 5 to 11 ms on an idle machine: long before any beat is missed, since nobody but the kernel tells.
  assert.equal((await host.until('unlinked')).id, id)
  t.diagnostic(`noticed after ${(performance.now() - killedAtMs).toFixed(1)} ms`)
  // The kernel closes one socket after the other: until it has done, the port may still take a connection and drop it.
  await exited
  host.mesh.perform({ kind: 'dial', address: '127.0.0.5', port })
  assert.equal((await host.until('dialFailed')).failure, 'refused')
})

test('a member that froze is not unlinked by us: whether silence is death is for the core', async (t) => {
  const host = await startHost()
  t.after(() => host.mesh.stop())
  const member = run(t, 'member.ts', ['127.0.0.6'])
  const { id, port } = await member.until(line => 'port' in line)
  assert(typeof port === 'number' && typeof id === 'string')
  host.mesh.perform({ kind: 'dial', address: '127.0.0.6', port })
  await host.until('linked')
  member.child.kill('SIGSTOP')
  host.mesh.perform({ kind: 'send', to: id, message: { kind: 'beat', digest: 'anyone' } })
  host.mesh.perform({ kind: 'verify', address: '127.0.0.66', port })
  assert.equal((await host.until('dialFailed')).address, '127.0.0.66')
  assert.deepEqual(host.all('unlinked'), [])
  host.mesh.perform({ kind: 'hangUp', id })
  await host.until('unlinked')
})

test('the last words before a stop still go out: gossip, a link, a table', async (t) => {
  const [leaver, stayer] = [await startHost(), await startHost()]
  t.after(() => stayer.mesh.stop())
  leaver.mesh.perform({ kind: 'dial', address: stayer.address, port: stayer.port })
  await Promise.all([leaver.until('linked'), stayer.until('linked')])
  leaver.mesh.perform({ kind: 'publish', claims: [leaver.claim({ phase: 'leaving' })] })
  leaver.mesh.perform({ kind: 'send', to: stayer.mesh.id, message: { kind: 'beat', digest: 'bye' } })
  await leaver.mesh.stop()
  await stayer.until('unlinked')
  assert(stayer.all('message').some(({ message }) => message.kind === 'beat' && message.digest === 'bye'))
  const told = leaver.told.length
  leaver.mesh.perform({ kind: 'dial', address: stayer.address, port: stayer.port })
  assert.equal(leaver.told.length, told)
})
