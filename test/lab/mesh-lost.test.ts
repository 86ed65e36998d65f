// Hosts that are gone: lost at once in every status, out of every list when that is sure, and let in again when they come.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { allSay, formed, ONLY_THE_VIP, startMember } from './group.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

/** Seconds. */
const UNLIST = 8

test('a host that crashes is lost everywhere, and out of the lists after KEEPALIVED_MESH_UNLIST; with or without its disk it comes back', async t => {
  const env = { KEEPALIVED_MESH_UNLIST: String(UNLIST) }
  const { lab, master, backups: [next, last] } = await openTrio(t, env)
  const calm = await watchCalm(lab)
  for (const isWiped of [false, true]) {
    const others = [master, last]
    const { host } = isWiped ? { host: [...lab.hosts.values()].find(({ name }) => name === next.host.name) ?? next.host } : next
    const crashedAtMs = Date.now()
    await host.crash()
    await allSay(lab, others, 'lost', host)
    const lostAtMs = others.map(({ agent }) => agent.log.findLast(({ msg }) => msg.startsWith('member is lost'))?.atMs ?? Number.NaN)
    await report('a host crashed: lost in every status', Math.max(...lostAtMs) - crashedAtMs)
    await lab.until(() => others.every(({ lists: { now } }) => !now().includes(host.address)), { what: 'it to leave every list', ceilingMs: 90_000 })
    const unlistedAtMs = others.map(other => other.lists.unlistedAtMs(host.address) ?? Number.NaN)
    assert.ok(Math.min(...unlistedAtMs) - crashedAtMs > UNLIST * 1000, 'it was given up too early')
    await report('a host crashed: out of every list, beyond KEEPALIVED_MESH_UNLIST', Math.max(...unlistedAtMs) - crashedAtMs - UNLIST * 1000)
    await calm.lasts('a host is out')
    if (isWiped) await lab.wipe(host.name)
    const back = await startMember(lab, await lab.addHost(host.name), { ...ONLY_THE_VIP, ...env })
    const [status] = await formed(lab, [...others, back])
    assert.equal(status.members.at(-1)?.address, host.address, 'who comes back is not the last in the order')
    await calm.lasts('it is back')
  }
  await calm.ends()
})

for (const role of ['BACKUP', 'MASTER'] as const) {
  test(`a ${role} is stopped: it is out of every list soon`, async t => {
    const { lab, master, backups: [next, last] } = await openTrio(t)
    const [leaver, stayer] = role === 'MASTER' ? [master, next] : [next, master]
    const stoppedAtMs = Date.now()
    const exit = await leaver.agent.stop()
    assert.equal(exit.code, 0)
    await formed(lab, [stayer, last])
    const unlistedAtMs = [stayer, last].map(({ lists }) => lists.unlistedAtMs(leaver.host.address) ?? Number.NaN)
    await report(`${role} stopped: out of every list`, Math.max(...unlistedAtMs) - stoppedAtMs)
  })
}
