// Addresses and interfaces that change while VRRP runs on them: a BACKUP's change is nobody's concern, a MASTER's costs one move.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formed, type Member, VIP } from './group.ts'
import { movedOnce } from './handover.ts'
import type { Host } from './host.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

/** The address that a host is to have: the hundredth after its own. */
const otherOf = ({ address }: Host): string => address.replace(/\d+$/, (byte) => String(Number(byte) + 100))

/** The member as it is after its address has changed. */
const renumbered = (member: Member): Member => ({ ...member, host: { ...member.host, address: otherOf(member.host) } })

async function inShell (host: Host, script: string): Promise<void> {
  await host.exec('sh', '-ec', script)
}

interface Change {
  readonly what: string
  readonly change: (host: Host) => Promise<void>
  /** It has another address then. */
  readonly renumbers: boolean
}

const CHANGES: readonly Change[] = [
  {
    what: 'has another address instead of its own',
    renumbers: true,
    change: host => inShell(host, `ip address delete ${host.address}/24 dev eth0; ip address add ${otherOf(host)}/24 dev eth0`)
  },
  {
    what: 'gets another address, and loses its own later',
    renumbers: true,
    change: async host => {
      await inShell(host, `ip address add ${otherOf(host)}/24 dev eth0`)
      await inShell(host, `sleep 1; ip address delete ${host.address}/24 dev eth0`)
    }
  },
  {
    what: 'has its interface put into a bridge, and the address with it',
    renumbers: false,
    change: host => inShell(host, `ip link add br0 type bridge; ip link set br0 up; ip address delete ${host.address}/24 dev eth0; ip link set eth0 master br0; ip address add ${host.address}/24 dev br0`)
  },
  {
    what: 'has its interface deleted and made anew',
    renumbers: false,
    change: host => host.cable.renew()
  }
]

for (const { what, change, renumbers } of CHANGES) {
  test(`a BACKUP ${what}: it is listed there, and nothing moves`, async t => {
    const { lab, members, backups: [next] } = await openTrio(t)
    const events = lab.timeline.of(VIP).length
    const before = (await next.agent.status())?.keepalived.pid
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    const changedAtMs = Date.now()
    await change(next.host)
    await lab.until(async () => {
      const pid = (await next.agent.status())?.keepalived.pid
      return typeof pid === 'number' && pid !== before
    }, { what: 'its keepalived to be another one', state: () => next.agent.log.slice(-6) })
    await formed(lab, members.map(member => member === next && renumbers ? renumbered(member) : member))
    await report(`BACKUP ${what}: until all is settled`, Date.now() - changedAtMs)
    // Longer than a BACKUP's timer.
    await probe.answers(450)
    assert.equal((await probe.stop()).lost, 0)
    assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
  })
}

test('the address of a BACKUP goes and is back within a second: its keepalived runs on, and nobody reloads', async t => {
  const { lab, members, backups: [next] } = await openTrio(t)
  const events = lab.timeline.of(VIP).length
  const keepaliveds = async (): Promise<string> => JSON.stringify((await Promise.all(members.map(({ agent }) => agent.status()))).map(status => status?.keepalived))
  const before = await keepaliveds()
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  await inShell(next.host, `ip address delete ${next.host.address}/24 dev eth0; sleep 0.2; ip address add ${next.host.address}/24 dev eth0`)
  await probe.answers(450)
  await formed(lab, members)
  assert.equal(await keepaliveds(), before)
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})

test('the MASTER gets another address, and loses its own later: the VIP moves once, to the next in order', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const changedAtMs = Date.now()
  await inShell(master.host, `ip address add ${otherOf(master.host)}/24 dev eth0`)
  await inShell(master.host, `ip address delete ${master.host.address}/24 dev eth0`)
  await lab.until(() => lab.timeline.holders(VIP).join() === next.host.name, { what: 'the next to hold the VIP', state: () => master.agent.log.slice(-6) })
  await formed(lab, [renumbered(master), next, last])
  await probe.answers(450)
  const seen = await probe.stop()
  const takers = lab.timeline.of(VIP, changedAtMs).filter(({ event, host }) => event === 'added' && host !== master.host.name).map(({ host }) => host)
  assert.deepEqual(takers, [next.host.name])
  assert.equal(members.length, 3)
  await report('MASTER renumbered: gap', seen.longestGapMs)
})

test('a whole group is renumbered host by host, BACKUPs first: the VIP moves once', async t => {
  const { lab, master, backups } = await openTrio(t)
  const events = lab.timeline.of(VIP).length
  let members: readonly Member[] = [master, ...backups]
  const renumber = async (member: Member): Promise<void> => {
    await inShell(member.host, `ip address delete ${member.host.address}/24 dev eth0; ip address add ${otherOf(member.host)}/24 dev eth0`)
    members = members.map(each => each === member ? renumbered(each) : each)
    await formed(lab, members)
  }
  for (const backup of backups) await renumber(backup)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
  await renumber(master)
  movedOnce(lab, events, master, backups[0])
})
