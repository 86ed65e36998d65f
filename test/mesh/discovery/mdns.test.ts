/** mDNS between hosts in network namespaces on one switch. Needs root; says so and fails without. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { serviceTagOf } from '../../../src/mesh/group.ts'
import { run } from '../program.ts'

const ip = (...args: string[]): void => { execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] }) }

/** Names are of this process, so that tests beside it do not meet. */
const prefix = `kd-${process.pid}`

/** A switch with a namespace for each host, `10.93.0.N/24` and `fd93::N/64` on `eth0`, and no default route. */
function createSegment (t: TestContext, hosts: number): readonly string[] {
  assert.equal(process.getuid?.(), 0, 'these tests open network namespaces: run them as root')
  const names = ['switch', ...Array.from({ length: hosts }, (_, index) => `host${index + 1}`)].map(name => `${prefix}-${name}`)
  t.after(() => { for (const name of names) ip('netns', 'del', name) })
  for (const name of names) {
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  const [hub = '', ...members] = names
  ip('-n', hub, 'link', 'add', 'br0', 'type', 'bridge')
  ip('-n', hub, 'link', 'set', 'br0', 'up')
  for (const [index, name] of members.entries()) plug(hub, name, index + 1)
  return members
}

function plug (hub: string, name: string, number: number): void {
  ip('-n', hub, 'link', 'add', `port${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('-n', hub, 'link', 'set', `port${number}`, 'master', 'br0', 'up')
  ip('-n', name, 'addr', 'add', `10.93.0.${number}/24`, 'dev', 'eth0')
  ip('-n', name, 'addr', 'add', `fd93::${number}/64`, 'dev', 'eth0', 'nodad')
  ip('-n', name, 'link', 'set', 'eth0', 'up')
}

const finds = (address: string, port: number) => (line: Readonly<Record<string, unknown>>): boolean => line['address'] === address && line['port'] === port

test('hosts of one group find each other both ways; another group on the same segment stays unseen', async (t) => {
  const [one = '', two = '', three = ''] = createSegment(t, 3)
  const a = run(t, 'mdns.ts', ['blue', '11251', '10.93.0.1'], one)
  const stranger = run(t, 'mdns.ts', ['green', '11251', '10.93.0.3'], three)
  const b = run(t, 'mdns.ts', ['blue', '11252', '10.93.0.2'], two)
  await Promise.all([a.until(finds('10.93.0.2', 11252)), b.until(finds('10.93.0.1', 11251))])
  assert.deepEqual(stranger.lines, [])
  assert(a.lines.every(finds('10.93.0.2', 11252)))
})

test('a VIP on the same interface is never told; a new own address is', async (t) => {
  const [one = '', two = ''] = createSegment(t, 2)
  ip('-n', one, 'addr', 'add', '10.93.0.100/32', 'dev', 'eth0')
  const b = run(t, 'mdns.ts', ['blue', '11252', '10.93.0.2'], two)
  const a = run(t, 'mdns.ts', ['blue', '11251', '10.93.0.1'], one)
  await b.until(finds('10.93.0.1', 11251))
  ip('-n', one, 'addr', 'add', '10.93.0.11/24', 'dev', 'eth0')
  a.child.stdin?.write('10.93.0.11\n')
  await b.until(finds('10.93.0.11', 11251))
  assert(!b.lines.some(({ address }) => address === '10.93.0.100'))
})

test('hosts with IPv6 alone find each other', async (t) => {
  const [one = '', two = ''] = createSegment(t, 2)
  const a = run(t, 'mdns.ts', ['blue', '11251', 'fd93::1'], one)
  const b = run(t, 'mdns.ts', ['blue', '11252', 'fd93::2'], two)
  await Promise.all([a.until(finds('fd93::2', 11252)), b.until(finds('fd93::1', 11251))])
})

test('many who ask at once cost one answer a second: it is for all of them', async (t) => {
  const [one = '', two = ''] = createSegment(t, 2)
  const a = run(t, 'mdns.ts', ['blue', '11251', '10.93.0.1'], one)
  const b = run(t, 'mdns.ts', ['blue', '11252', '10.93.0.2'], two)
  await Promise.all([a.until(finds('10.93.0.2', 11252)), b.until(finds('10.93.0.1', 11251))])
  const beginMs = performance.now()
  const asker = run(t, 'mdns-asker.ts', [serviceTagOf({ name: 'blue', virtualRouterId: 51 }), '10.93.0.2', '60'], two)
  await asker.until(({ asked }) => asked === 60)
  const answers = asker.lines.filter(({ answered }) => answered !== undefined).length
  const seconds = (performance.now() - beginMs) / 1000
  assert.ok(answers > 0 && answers <= 2 * (2 + seconds), `${answers} answers of two hosts within ${seconds.toFixed(1)} s`)
})
