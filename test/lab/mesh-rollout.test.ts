// A new version, and new settings, are rolled out host by host: on hosts that stay, and on new ones that take their places. The VIP moves when its holder goes, and then once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backupsAmong, formed, holderAmong, type Member, ONLY_THE_VIP, VIP } from './group.ts'
import { lostNothing, movedOnce } from './handover.ts'
import type { Lab } from './lab.ts'
import { knownAsNewer, startNewer } from './newer.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

const CONF = '/etc/keepalived/keepalived.conf'
/** What the old hosts were started with, and what hosts that come later bring. */
const OLD_SETTINGS = { KEEPALIVED_ADVERT_INT: '2' }
const NEW_SETTINGS = { ...ONLY_THE_VIP, KEEPALIVED_ADVERT_INT: '1', KEEPALIVED_MESH_SPEC_REVISION: '1' }
/** Keeps a core busy for as long as the host is on. */
const BUSY = ['sh', '-c', 'while :; do :; done']

/** Lets a member go, which moves the VIP to the next if it was its holder's, and nowhere otherwise. */
async function letGo (lab: Lab, members: readonly Member[], going: Member): Promise<void> {
  const [told] = await formed(lab, members)
  const [before, master] = [lab.timeline.of(VIP).length, holderAmong(lab, members)]
  const [next = master] = backupsAmong(lab, members, told)
  assert.equal((await going.agent.stop()).code, 0)
  await formed(lab, members.filter((member) => member !== going))
  if (going === master) movedOnce(lab, before, master, next)
  else assert.equal(lab.timeline.of(VIP).length, before, 'a BACKUP that left moved the VIP')
}

/** The holder goes last. */
const holderLast = (members: readonly Member[], master: Member): readonly Member[] => [...members.filter((member) => member !== master), master]

async function reportOverlaps (lab: Lab, what: string, since: number): Promise<void> {
  const moves = lab.timeline.of(VIP).slice(since)
  const overlaps = lab.timeline.overlaps(VIP).filter(({ fromMs }) => fromMs >= (moves[0]?.atMs ?? Number.POSITIVE_INFINITY))
  await report(`${what}: longest time with two holders at a hand-over`, Math.max(0, ...overlaps.map(({ lengthMs }) => lengthMs)))
}

test('a rolling restart to a newer version under load: one hand-over, when the holder is restarted, and nothing lost beyond it', async (t) => {
  const { lab, members: old, master } = await openTrio(t)
  await (await lab.client()).spawn(BUSY)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const events = lab.timeline.of(VIP).length
  let members: readonly Member[] = old
  for (const member of holderLast(old, master)) {
    await letGo(lab, members, member)
    // As after `docker rm` and `docker run`: nothing but the state directory stays.
    await member.host.exec('sh', '-c', 'rm -rf /run/keepalived-mesh /etc/keepalived/*')
    const newer = await startNewer(lab, member.host)
    members = members.with(members.indexOf(member), newer)
    await formed(lab, members)
    await knownAsNewer(lab, members, newer)
  }
  await probe.answers(400)
  await lostNothing((await probe.stop()).gaps, lab.timeline.of(VIP).slice(events))
  await reportOverlaps(lab, 'rolling restart', events)
})

test('a pool is replaced host by host by new hosts with a newer version and new settings, which hold once most hosts bring them', async (t) => {
  const { lab, members: old, master } = await openTrio(t, OLD_SETTINGS)
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const events = lab.timeline.of(VIP).length
  let members = [...old]
  for (const member of holderLast(old, master)) {
    const newer = await startNewer(lab, await lab.addHost(`new-${member.host.name}`), NEW_SETTINGS)
    members.push(newer)
    await formed(lab, members)
    await letGo(lab, members, member)
    await member.host.crash()
    members = members.filter((other) => other !== member)
  }
  await lab.until(async () => (await Promise.all(members.map(async ({ host }) => host.read(CONF)))).every((conf) => conf.includes('advert_int 1\n')),
    { what: 'all confs to have the new interval', ceilingMs: 60_000, state: () => members.map(({ agent }) => agent.log.slice(-6)) })
  await formed(lab, members)
  await probe.answers(800)
  await lostNothing((await probe.stop()).gaps, lab.timeline.of(VIP).slice(events))
  assert.ok(members.every(({ host }) => host.name.startsWith('new-')))
  await reportOverlaps(lab, 'replaced pool', events)
})
