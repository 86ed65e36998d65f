// Static hosts, as `arcts/keepalived` has them, become members one after the other while the rest stay static: each runs VRRP at the priority that it had, beside whoever holds the VIP. Then
// what they were told by hand is taken away, one after the other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { formed, ONLY_THE_VIP, startMember, VIP, type Member } from './group.ts'
import { lostNothing } from './handover.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'
import { report } from './report.ts'

const PRIORITIES = [200, 150, 100]

async function stateOf ({ agent }: Member): Promise<string> {
  const status = await agent.status()
  return `${status?.self.state} ${status?.self.vrrpState} ${status?.self.priority}`
}

test('three static hosts become members, the BACKUPs first: VRRP goes on throughout, and the VIP moves only with its holder', async (t) => {
  const lab = await openLab()
  t.after(lab.close)
  const hosts: Host[] = []
  for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
  const [one, two, three] = hosts
  assert.ok(one !== undefined && two !== undefined && three !== undefined)
  const staticEnv = (host: Host): Record<string, string> => ({
    ...ONLY_THE_VIP,
    ...Object.fromEntries(hosts.filter((other) => other !== host).map(({ address }, i) => [`KEEPALIVED_UNICAST_PEER_${i + 1}`, address])),
    KEEPALIVED_STATE: host === one ? 'MASTER' : 'BACKUP',
    KEEPALIVED_PRIORITY: String(PRIORITIES[hosts.indexOf(host)])
  })
  const members = new Map<Host, Member>()
  for (const host of hosts) members.set(host, await startMember(lab, host, staticEnv(host)))
  await lab.until(() => lab.timeline.holders(VIP).join() === 'one', { what: 'the static MASTER to hold the VIP' })

  const restartWith = async (host: Host, env: Record<string, string>): Promise<Member> => {
    assert.equal((await members.get(host)?.agent.stop())?.code, 0)
    const member = await startMember(lab, host, env)
    members.set(host, member)
    return member
  }
  const changeOver = async (host: Host): Promise<Member> => await restartWith(host, { ...staticEnv(host), KEEPALIVED_MESH: 'on' })
  const runs = async (member: Member, state: string): Promise<void> => {
    await lab.until(async () => await stateOf(member) === state, { what: `${member.host.name} to be ${state}`, ceilingMs: 90_000, state: () => member.agent.log.slice(-8) })
  }

  const calm = await watchCalm(lab)
  for (const host of [three, two]) {
    await runs(await changeOver(host), `active BACKUP ${PRIORITIES[hosts.indexOf(host)]}`)
    await calm.lasts(`${host.name} is a member beside the static MASTER`)
  }
  await calm.ends()

  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const events = lab.timeline.of(VIP).length
  const first = await changeOver(one)
  await runs(first, 'active MASTER 200')
  await formed(lab, [...members.values()])
  await probe.answers(400)
  const moves = lab.timeline.of(VIP).slice(events)
  assert.deepEqual(moves.map(({ host }) => host).toSorted(), ['one', 'one', 'two', 'two'], 'the VIP goes to the next, and back to whose pin is highest')
  await report('the last static host becomes a member: longest gap of a client', probe.report().longestGapMs)

  for (const host of [three, two]) {
    await restartWith(host, ONLY_THE_VIP)
    await formed(lab, [...members.values()])
  }
  assert.equal(lab.timeline.of(VIP).length, events + moves.length, 'the VIP moved while BACKUPs lost their pins')
  await restartWith(one, ONLY_THE_VIP)
  await formed(lab, [...members.values()])
  await probe.answers(400)
  const after = lab.timeline.of(VIP).slice(events)
  assert.equal(after.length, moves.length + 2, 'the VIP goes to the next, and stays there')
  await lostNothing((await probe.stop()).gaps, after)
  await report('from static hosts to a mesh: longest time with two holders', Math.max(0, ...lab.timeline.overlaps(VIP).map(({ lengthMs }) => lengthMs)))
})
