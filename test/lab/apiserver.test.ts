// The apiserver check moves the VIP to a healthy host, and back as configured.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApiserver } from './apiserver.ts'
import { formed, holderAmong, ONLY_THE_VIP, startMember, VIP } from './group.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

const env = {
  ...ONLY_THE_VIP,
  KEEPALIVED_KUBE_APISERVER_CHECK: 'true',
  KUBE_APISERVER_CHK_INTERVAL: '1',
  KUBE_APISERVER_CHK_FALL: '2',
  KUBE_APISERVER_CHK_RISE: '2'
}

for (const failure of [500, 'hang'] as const) {
  test(`an apiserver on the MASTER that answers ${failure} moves the VIP, and recovery brings it back`, async t => {
    const lab = await openLab()
    t.after(lab.close)
    const hosts: Host[] = []
    for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
    const apiservers = new Map(await Promise.all(hosts.map(async host => [host.name, await startApiserver(host, lab.changes)] as const)))
    const members = await Promise.all(hosts.map(host => startMember(lab, host, env)))
    await formed(lab, members)
    const master = holderAmong(lab, members).host.name
    const probe = await lab.probe(VIP)
    await probe.answers(20)

    const failedAtMs = Date.now()
    await apiservers.get(master)?.answer(failure)
    await lab.until(() => lab.timeline.holders(VIP).length === 1 && lab.timeline.holders(VIP)[0] !== master, { what: 'the VIP to move to a healthy host' })
    const moved = lab.timeline.of(VIP, failedAtMs)
    const movedAtMs = moved.find(({ event }) => event === 'added')?.atMs ?? Number.NaN
    // The two happen a few milliseconds apart on two hosts: less than what the order of their being told is worth.
    assert.deepEqual(moved.map(({ event }) => event).toSorted(), ['added', 'removed'], 'the VIP moved more than once')

    const recoveredAtMs = Date.now()
    await apiservers.get(master)?.answer(200)
    await lab.until(() => lab.timeline.holders(VIP).join() === master, { what: 'the VIP to return with the apiserver' })
    await probe.answers(20)
    const seen = await probe.stop()
    const back = lab.timeline.of(VIP, recoveredAtMs).find(({ event, host }) => event === 'added' && host === master)
    assert.equal(lab.timeline.of(VIP, failedAtMs).length, 4, 'the VIP moved more than there and back')
    await report(`apiserver answers ${failure}: until the VIP moved`, movedAtMs - failedAtMs)
    await report(`apiserver recovered from ${failure}: until the VIP returned`, (back?.atMs ?? Number.NaN) - recoveredAtMs)
    await report(`apiserver answers ${failure}, and recovers: lost probes`, seen.lost, 'count')
  })
}

test('a check that flaps is damped: the third time the VIP does not come back at once', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const hosts: Host[] = []
  for (const name of ['one', 'two']) hosts.push(await lab.addHost(name))
  const apiservers = new Map(await Promise.all(hosts.map(async host => [host.name, await startApiserver(host, lab.changes)] as const)))
  const members = await Promise.all(hosts.map(host => startMember(lab, host, { ...env, KUBE_APISERVER_CHK_FALL: '1', KUBE_APISERVER_CHK_RISE: '1' })))
  await formed(lab, members)
  const master = holderAmong(lab, members)
  const { name } = master.host
  for (let time = 1; time <= 3; time++) {
    await apiservers.get(name)?.answer(500)
    await lab.until(() => lab.timeline.holders(VIP).length === 1 && lab.timeline.holders(VIP)[0] !== name, { what: `the VIP to move, for the ${time}. time` })
    await apiservers.get(name)?.answer(200)
    if (time < 3) await lab.until(() => lab.timeline.holders(VIP).join() === name, { what: `the VIP to return, for the ${time}. time` })
  }
  await lab.until(async () => (await master.agent.status())?.check === 'passing', { what: 'the check to pass' })
  const events = lab.timeline.of(VIP).length
  // Longer than an election takes.
  const probe = await lab.probe(VIP)
  await probe.answers(700)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP came back at once')
  const status = await master.agent.status()
  assert.match(status?.alarms.join() ?? '', /the check has failed 3 times within 10 minutes/)
  assert.equal(status?.members.find(({ address }) => address === master.host.address)?.lowered, true)
})
