/** What the agent reads of a host and does to it, in network namespaces made for it. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { runCommand } from '../../src/host/command.ts'
import type { Ip } from '../../src/host/ip.ts'
import { parseArping, probeVip } from '../../src/host/probe-vip.ts'
import { hostFacts, parseDefaultRoute, parseInterfaces } from '../../src/host/read-facts.ts'
import { removeAddresses } from '../../src/host/remove-addresses.ts'
import { watchAddresses } from '../../src/host/watch-addresses.ts'

const [HERE, THERE] = [`km-a${process.pid}`, `km-b${process.pid}`]
const here: Ip = { command: ['ip', '-n', HERE] }
const MAC = '02:00:00:00:00:0b'

before(() => {
  for (const name of [HERE, THERE]) execFileSync('ip', ['netns', 'add', name])
  ip(HERE, 'link add eth0 type veth peer name eth1')
  ip(HERE, `link set eth1 netns ${THERE}`)
  ip(THERE, `link set eth1 address ${MAC}`)
  ip(THERE, 'link set eth1 up')
  ip(THERE, 'address add 10.10.0.2/24 dev eth1')
  ip(THERE, 'address add fd00::2/64 dev eth1 nodad')
  ip(HERE, 'link set eth0 up')
  ip(HERE, 'address add 10.10.0.21/24 dev eth0')
  ip(HERE, 'address add 10.10.0.7/24 dev eth0')
  ip(HERE, 'address add fd00::21/64 dev eth0 nodad')
  ip(HERE, 'route add default via 10.10.0.1 dev eth0')
})

after(() => { for (const name of [HERE, THERE]) execFileSync('ip', ['netns', 'delete', name]) })

describe('hostFacts', () => {
  it('reads interfaces, addresses and default routes', async () => {
    const result = await hostFacts(here)
    assert.ok(result.ok)
    const { interfaces, defaultRoute } = result.facts
    assert.deepEqual(defaultRoute, { ipv4: 'eth0', ipv6: null })
    const eth0 = interfaces.find(found => found.name === 'eth0')
    assert.match(eth0?.mac ?? '', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    assert.equal(eth0?.up, true)
    assert.equal(interfaces.find(found => found.name === 'lo')?.mac, null)
    assert.deepEqual(eth0.addresses.filter(({ scope }) => scope === 'global'), [
      { address: '10.10.0.21', prefixLength: 24, family: 'ipv4', secondary: false, scope: 'global' },
      { address: '10.10.0.7', prefixLength: 24, family: 'ipv4', secondary: true, scope: 'global' },
      { address: 'fd00::21', prefixLength: 64, family: 'ipv6', secondary: false, scope: 'global' }
    ])
  })

  it('is a value when ip fails', async () => {
    const gone = await hostFacts({ command: ['ip', '-n', 'km-nowhere'] })
    assert.ok(!gone.ok && gone.code === 'FAILED')
    const missing = await hostFacts({ command: ['/nowhere/ip'] })
    assert.ok(!missing.ok && missing.code === 'NOT_FOUND')
    const odd = await hostFacts({ command: ['echo', 'not JSON'] })
    assert.ok(!odd.ok && odd.code === 'FAILED')
  })

  it('takes the default route with the lowest metric, and empty lists in both spellings', () => {
    assert.equal(parseDefaultRoute('[{"dst":"default","dev":"b","metric":200},{"dst":"default","dev":"a","metric":100}]'), 'a')
    assert.equal(parseDefaultRoute('[{"dst":"default","nexthops":[]}]'), null)
    assert.equal(parseDefaultRoute(''), null)
    assert.deepEqual(parseInterfaces('[{}]'), [])
  })
})

describe('removeAddresses', () => {
  it('removes exactly those, and is content when they are not there', async () => {
    ip(HERE, 'address add 10.10.0.77/32 dev eth0')
    ip(HERE, 'address add fd00::77/64 dev eth0 nodad')
    const two = [{ address: '10.10.0.77', dev: 'eth0' }, { address: 'fd00::77', dev: 'eth0' }]
    const result = await removeAddresses([...two, { address: '10.10.0.2', dev: 'eth0' }, { address: '10.10.0.21', dev: 'eth9' }], here)
    assert.deepEqual(result, { ok: true, removed: two, kept: [] })
    assert.deepEqual(await removeAddresses(two, here), { ok: true, removed: [], kept: [] })
    assert.match(execFileSync('ip', ['-n', HERE, '-o', 'address'], { encoding: 'utf8' }), /10\.10\.0\.21\/24/)
  })

  it('takes hundreds off in less time than VRRP needs to notice', async t => {
    const many = Array.from({ length: 300 }, (_, i) => ({ address: `10.20.${Math.floor(i / 200)}.${i % 200 + 1}`, dev: 'eth0' }))
    execFileSync('ip', ['-n', HERE, '-batch', '-'], { input: many.map(({ address }) => `address add ${address}/32 dev eth0\n`).join('') })
    const from = performance.now()
    assert.deepEqual(await removeAddresses(many, here), { ok: true, removed: many, kept: [] })
    t.diagnostic(`300 addresses ${(performance.now() - from).toFixed(0)} ms`)
  })
})

describe('probeVip', () => {
  const within = ['ip', 'netns', 'exec', HERE]
  const probe = { vip: '10.10.0.2', interface: 'eth0', source: '10.10.0.21', ownMacs: [], within }

  it('finds who answers, with and without a source', async t => {
    const from = performance.now()
    assert.deepEqual(await probeVip(probe), { ok: true, mac: MAC })
    t.diagnostic(`answer ${(performance.now() - from).toFixed(1)} ms`)
    assert.deepEqual(await probeVip({ ...probe, source: null }), { ok: true, mac: MAC })
  })

  it('hears silence within two seconds', async () => {
    const from = performance.now()
    assert.deepEqual(await probeVip({ ...probe, vip: '10.10.0.3' }), { ok: true, mac: null })
    assert.deepEqual(await probeVip({ ...probe, vip: '10.10.0.3', source: null }), { ok: true, mac: null })
    // Two of them, and a ceiling that tells a hang from a busy machine.
    assert.ok(performance.now() - from < 15_000)
  })

  it('does not hear itself', async () => {
    assert.deepEqual(await probeVip({ ...probe, vip: '10.10.0.21' }), { ok: true, mac: null })
    assert.deepEqual(await probeVip({ ...probe, ownMacs: [MAC] }), { ok: true, mac: null })
  })

  it('takes no fault for silence', async () => {
    for (const [changed, code] of [[{ interface: 'eth9' }, 'FAILED'], [{ source: '10.10.0.99' }, 'FAILED'], [{ within: ['/nowhere/ip'] }, 'NOT_FOUND'],
      [{ vip: 'fd00::2', interface: 'lo' }, 'FAILED'], [{ vip: 'fd00::2', interface: 'eth9' }, 'FAILED'], [{ vip: 'fd00::21' }, 'HELD']] as const) {
      const result = await probeVip({ ...probe, ...changed })
      assert.ok(!result.ok, JSON.stringify(changed))
      assert.equal(result.code, code)
      assert.notEqual(result.message, '')
    }
  })

  it('finds who answers for an IPv6 VIP, and whether nobody does', async () => {
    assert.deepEqual(await probeVip({ ...probe, vip: 'fd00::2' }), { ok: true, mac: MAC })
    assert.deepEqual(await probeVip({ ...probe, vip: 'fd00::2' }), { ok: true, mac: MAC }, 'asked anew')
    assert.deepEqual(await probeVip({ ...probe, vip: 'fd00::3' }), { ok: true, mac: null })
    ip(THERE, 'address delete fd00::2/64 dev eth1')
    assert.deepEqual(await probeVip({ ...probe, vip: 'fd00::2' }), { ok: true, mac: null }, 'not from memory')
  })

  it('reads what busybox prints', () => {
    const text = `ARPING 10.10.0.2 from 10.10.0.21 eth0\nUnicast reply from 10.10.0.2 [02:00:00:00:00:0b] 0.036ms\nSent 1 probe(s) (1 broadcast(s))\nReceived 1 response(s) (0 request(s), 0 broadcast(s))\n`
    assert.deepEqual(parseArping(text), [MAC])
    assert.equal(parseArping('arping: eth9: No such device\n'), null)
  })
})

describe('watchAddresses', () => {
  it('tells once for a change of many parts, and goes on when the monitor is killed', async t => {
    const waiting: Array<() => void> = []
    const reasons: string[] = []
    let told = 0
    const watch = watchAddresses({ ip: here }, {
      onChange: () => {
        told++
        for (const resolve of waiting.splice(0)) resolve()
      },
      onRestart: reason => { reasons.push(reason) }
    })
    t.after(watch.close)
    const change = async (): Promise<void> => { await new Promise<void>(resolve => { waiting.push(resolve) }) }
    await change()
    const first = change()
    ip(HERE, 'address add 10.10.0.50/24 dev eth0')
    ip(HERE, 'address delete 10.10.0.50/24 dev eth0')
    await first
    assert.equal(told, 2)
    const second = change()
    process.kill(monitorOf(HERE), 'SIGKILL')
    await second
    assert.deepEqual(reasons, ['ended with SIGKILL'])
    const third = change()
    ip(HERE, 'link set eth0 down')
    await third
  })
})

describe('runCommand', () => {
  it('kills what does not end', async () => {
    const result = await runCommand('sleep', ['60'], 50)
    assert.ok(!result.ok && result.code === 'TIMEOUT')
  })
})

function ip (name: string, words: string): void {
  execFileSync('ip', ['-n', name, ...words.split(' ')])
}

/** The `ip monitor` in that namespace. */
function monitorOf (name: string): number {
  const found = readdirSync('/proc').find(pid => /^\d+$/.test(pid) && commandLineOf(pid).join(' ').includes(`${name} -o monitor`))
  assert.ok(found !== undefined, 'no monitor runs')
  return Number(found)
}

/** Empty for a process that is gone. */
function commandLineOf (pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}
