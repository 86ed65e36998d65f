// The lab itself, with a bare keepalived: it must show what FACTS and RFC 9568 say before it is trusted with the product.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { startApiserver } from './apiserver.ts'
import { createChanges } from './changes.ts'
import type { Host } from './host.ts'
import { type BareKeepalived, startBareKeepalived } from './keepalived.ts'
import { type Lab, openLab } from './lab.ts'
import { report } from './report.ts'

const VIP = '10.10.0.2'

interface Pair {
  readonly lab: Lab
  readonly first: Host
  readonly second: Host
  readonly master: BareKeepalived
}

/** Two bare keepaliveds; the first one claims the VIP at once. */
async function openPair (t: TestContext): Promise<Pair> {
  const lab = await openLab()
  t.after(lab.close)
  const [first, second] = [await lab.addHost('first'), await lab.addHost('second')]
  const vip = `${VIP}/24`
  const master = await startBareKeepalived(first, { state: 'MASTER', priority: 255, peers: [second.address], vip })
  await lab.until(() => lab.timeline.holders(VIP)[0] === 'first', { what: 'the first to hold the VIP' })
  await master.reload({ priority: 254, peers: [second.address], vip })
  await startBareKeepalived(second, { priority: 252, peers: [first.address], vip })
  return { lab, first, second, master }
}

test('a pair: the VIP stays through a reload, and moves when the MASTER crashes', async t => {
  const { lab, first } = await openPair(t)
  const probe = await lab.probe(VIP)
  await probe.answers(400)
  assert.equal(probe.report().lost, 0)
  assert.equal(lab.timeline.of(VIP).length, 1)
  await first.crash()
  await lab.until(() => lab.timeline.holders(VIP)[0] === 'second', { what: 'the second to hold the VIP' })
  await probe.answers(20)
  const seen = await probe.stop()
  assert.equal(seen.gaps.length, 1)
  assert.deepEqual(lab.timeline.of(VIP).map(({ host, event }) => `${host} ${event}`), ['first added', 'first removed', 'second added'])
  assert.deepEqual(lab.timeline.overlaps(VIP), [])
  await report('bare keepalived, MASTER crashed: gap', seen.longestGapMs)
})

test('a cut cable makes two holders, a healed one makes one of them', async t => {
  const { lab, first } = await openPair(t)
  await first.cable.cut()
  await lab.until(() => lab.timeline.holders(VIP).length === 2, { what: 'both sides of the cut to hold the VIP' })
  await first.cable.heal()
  await lab.until(() => lab.timeline.holders(VIP).length === 1, { what: 'one of them to let go' })
  assert.deepEqual(lab.timeline.holders(VIP), ['first'])
})

test('an unplugged MASTER sees it and lets the VIP go', async t => {
  const { lab, first } = await openPair(t)
  first.cable.unplug()
  await lab.until(() => lab.timeline.holders(VIP).join() === 'second', { what: 'the VIP to move' })
  assert.deepEqual(lab.timeline.overlaps(VIP), [])
})

async function hears (host: Host, other: Host): Promise<boolean> {
  return (await host.exec('sh', '-c', `fping -q -r 0 -t 300 ${other.address} >&2 && echo heard || true`)).includes('heard')
}

test('a split segment: each side hears itself and not the other', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const [here, there, too] = [await lab.addHost('here'), await lab.addHost('there'), await lab.addHost('too')]
  for (const { cable } of [there, too]) await cable.moveApart()
  assert.deepEqual([await hears(there, too), await hears(there, here)], [true, false])
  for (const { cable } of [there, too]) await cable.heal()
  // The kernel remembers for a moment that nobody answered.
  await lab.until(() => hears(there, here), { what: 'both sides to hear each other' })
})

test('a paused host does nothing until it is resumed', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('host')
  await host.spawn(['sleep', 'infinity'])
  const stopped = async (): Promise<number> => Number(await host.exec('sh', '-c', 'cat /proc/[0-9]*/stat | grep -c ") T " || true'))
  await host.pause()
  assert.ok(await stopped() > 0)
  await host.resume()
  assert.equal(await stopped(), 0)
})

test('a wiped disk is empty, and only that of a host that is off can be', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('host')
  await host.write('/var/lib/state', 'kept')
  await assert.rejects(lab.wipe('host'), /host is on/)
  await host.crash()
  await lab.wipe('host')
  await assert.rejects((await lab.addHost('host')).read('/var/lib/state'), /ENOENT/)
})

test('a crash says goodbye to nobody, and the disk outlives it', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const [server, client] = [await lab.addHost('server'), await lab.addHost('client-1')]
  await startApiserver(server, lab.changes)
  const lines: string[] = []
  const connection = await client.spawn(['openssl', 's_client', '-connect', `${server.address}:6443`], {
    onLine: ({ text }) => { lines.push(text); lab.changes.notify() }
  })
  await lab.until(() => lines.some(line => line.includes('Verify return code')), { what: 'a connection' })
  await server.write('/var/lib/state', 'kept')
  await server.crash()
  const probe = await lab.probe(client.address)
  await probe.answers(50)
  assert.ok(existsSync(`/proc/${connection.pid}`), 'the client was told that the server is gone')
  assert.equal(await (await lab.addHost('server')).read('/var/lib/state'), 'kept')
})

test('an apiserver answers as told', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('host')
  const apiserver = await startApiserver(host, lab.changes)
  const ask = async (): Promise<string> => {
    const url = 'https://127.0.0.1:6443/livez'
    return host.exec('sh', '-c', `curl -sk -m 1 -o /dev/null -w '%{http_code}' ${url} || true`)
  }
  assert.equal(await ask(), '200')
  await apiserver.answer(500)
  assert.equal(await ask(), '500')
  await apiserver.answer('hang')
  assert.equal(await ask(), '000')
  await apiserver.kill()
  assert.equal(await ask(), '000')
})

test('the probe at rest loses nothing', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const probe = await lab.probe((await lab.addHost('host')).address)
  await probe.answers(300)
  const seen = await probe.stop()
  assert.equal(seen.lost, 0)
})

test('a wait that fails says what for, and how things stood', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const wait = lab.until(() => false, { what: 'a miracle', ceilingMs: 10, state: () => ({ holders: 0 }) })
  await assert.rejects(wait, /waited 10 ms in vain for: a miracle; last state: \{"holders":0\}/)
})

test('whoever owns a lab takes it along, even when killed', async () => {
  const owner = spawn(execPath, [join(import.meta.dirname, 'fixture/owns-a-lab.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { promise, resolve } = Promise.withResolvers<string>()
  createInterface({ input: owner.stdout }).once('line', resolve)
  const pid = await promise
  assert.ok(existsSync(`/proc/${pid}`))
  owner.kill('SIGKILL')
  await createChanges().until(() => !existsSync(`/proc/${pid}`), { what: 'the host of the lab to go with its owner' })
})
