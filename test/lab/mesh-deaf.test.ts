// Protocol 112 is dropped while the mesh passes, at a host that runs VRRP already: two MASTERs;
// the junior says so and stops, stays out with a reason, and is no second holder each time that it tries again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LabAgent } from './agent.ts'
import { macBehind } from './address-owner.ts'
import { drop, dropNothing, VRRP } from './firewall.ts'
import { formed, stateAt, VIP } from './group.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

/** How often it raised an alarm with these words. */
function alarms ({ log }: LabAgent, words: RegExp): number {
  return log.filter(({ msg, facts }) => msg === 'alarm' && words.test(String(facts['text']))).length
}

test('at a BACKUP: it is a second MASTER once, then blocked until VRRP passes', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const reloads = (await master.agent.status())?.keepalived.reloads ?? 0
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await drop(last.host, VRRP)
  await lab.until(async () => await stateAt(master, last.host) === 'blocked', { what: 'the deaf one to be blocked', ceilingMs: 60_000, state: () => last.agent.log.slice(-4) })
  assert.match((await last.agent.status())?.alarms.join() ?? '', /protocol 112/)
  // The one that lets go says why. The others do as well, unless they heard of it so late that it was over by then.
  const told = members.map(({ agent }) => ({ agent, times: alarms(agent, /MASTER.* for longer than VRRP needs/) }))
  for (const { agent, times } of told) assert.ok(times === 1 || (times === 0 && agent !== last.agent), `${agent.host.name} told ${times} times of two MASTERs`)
  assert.equal(next.agent.exit(), null)
  await lab.until(async () => await macBehind(lab, VIP) === master.host.mac, { what: 'the client to talk to the holder' })
  await probe.answers(500)
  const { lost, longestGapMs } = await probe.stop()
  await report('a BACKUP that was a second MASTER lets go: lost pings of a client', lost, 'count')
  await report('a BACKUP that was a second MASTER lets go: longest gap of a client', longestGapMs)
  await lab.until(() => alarms(last.agent, /protocol 112/) === 2, { what: 'it to try again', ceilingMs: 90_000 })
  const apart = lab.timeline.overlaps(VIP)
  assert.equal(apart.length, 1, `more than one time with two holders: ${JSON.stringify(apart)}`)
  assert.ok(((await master.agent.status())?.keepalived.reloads ?? 0) - reloads <= 3, 'each try costs the others reloads')
  await report('VRRP dropped at a BACKUP that runs: two holders', apart[0]?.lengthMs ?? 0)
  await dropNothing(last.host)
  await formed(lab, members)
  assert.equal(lab.timeline.overlaps(VIP).length, 1)
})

test('at the MASTER: it keeps the VIP, the others are blocked, and one of them follows at once when it crashes', async t => {
  const { lab, master, backups } = await openTrio(t)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await drop(master.host, VRRP)
  for (const { host } of backups) {
    await lab.until(async () => await stateAt(master, host) === 'blocked', { what: `${host.name} to be blocked`, ceilingMs: 60_000, state: () => lab.timeline.of(VIP) })
  }
  await lab.until(() => lab.timeline.holders(VIP).join() === master.host.name, { what: 'the MASTER alone to hold the VIP', state: () => lab.timeline.of(VIP) })
  await lab.until(async () => await macBehind(lab, VIP) === master.host.mac, { what: 'the client to talk to the holder' })
  await probe.answers(500)
  const gaps = probe.report().gaps
  await report('VRRP dropped at the MASTER: longest gap of a client', Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs)))
  await master.host.crash()
  await lab.until(() => lab.timeline.holders(VIP).length === 1, { what: 'another to follow', ceilingMs: 25_000, state: () => backups.map(({ agent }) => agent.log.slice(-4)) })
  await probe.answers(20)
  const [gap] = (await probe.stop()).gaps.slice(gaps.length)
  await report('a MASTER that nobody heard crashes: gap', gap?.lengthMs ?? 0)
})
